/* Which algorithm learns, whether the model is kept true, and the control-rate half of both. */
#include "device/device_internal.h"
#include "dsp/fade.h"

enum {
    ALGORITHM_NORMAL_EQUATIONS = 1, /* of the parameter's values */
    APPLIED_AT_ONCE = 64, /* weights: few enough not to be late by them where the audio waits */
};

static size_t secondary_taps(const device_t *d) {
    const anc_secondary_model_t *model = anc_engine_secondary(&d->engine);
    return model ? (size_t)model->delaySamples + model->length : 0;
}

/* The path is followed in what memory the normal equations leave. Clearing that takes longer than
 * the audio can wait: it plays on meanwhile, with neither. */
static void start(device_t *d, bool solves, bool follows) {
    uint8_t *const memory = d->port.controlMemory;
    const size_t bytes = d->port.controlBytes;
    const size_t used = solves ? normal_equations_bytes(d->controlTaps, secondary_taps(d)) : 0;
    const bool controls =
        solves && memory && normal_equations_init(&d->control, &d->engine, memory, bytes);
    const bool followsPath = follows && memory && used <= bytes &&
                             online_init(&d->online, &d->engine, memory + used, bytes - used);
    device_lock(d, true);
    d->controls = controls;
    d->followsPath = followsPath;
    anc_engine_follow(&d->engine, controls);
    anc_engine_inject(&d->engine, 0);
    device_lock(d, false);
}

/* Afresh when filter or model have another shape. */
void device_choose_algorithm(device_t *d, bool isNewModel) {
    const bool isFree = !d->identification.runs; /* it has the memory */
    const bool solves = isFree && d->params.values[PARAM_ALGORITHM] == ALGORITHM_NORMAL_EQUATIONS;
    const bool follows = isFree && d->params.values[PARAM_FOLLOW_PATH] != 0;
    const uint16_t taps = d->engine.config.taps;
    const anc_form_t form = d->engine.config.filterForm;
    const bool isSame = solves == d->controls && follows == d->followsPath &&
                        taps == d->controlTaps && form == d->controlForm;
    if (isSame && !isNewModel) return;
    device_lock(d, true);
    d->controls = d->followsPath = false; /* the audio context leaves them alone */
    anc_engine_inject(&d->engine, 0);
    device_lock(d, false);
    d->controlTaps = taps;
    d->controlForm = form;
    start(d, solves, follows);
}

static bool learns(const device_t *d) {
    const supervisor_guard_t guard = d->supervisor.guard;
    return anc_engine_mode(&d->engine) == ANC_MODE_ANC && d->engine.config.adapt &&
           (guard == SUPERVISOR_NORMAL || guard == SUPERVISOR_ROLLED_BACK);
}

/* The weights go on with the better model until the algorithm has others. */
static void follow_path(device_t *d) {
    anc_secondary_model_t model;
    const bool plays = learns(d) && d->engine.fade_q24 == ANC_FADE_FULL_Q24;
    if (!online_work(&d->online, plays) || !online_model(&d->online, &model)) return;
    device_lock(d, true);
    const bool taken = anc_engine_correct_secondary(&d->engine, &model);
    device_lock(d, false);
    if (!taken) return;
    device_choose_algorithm(d, true);
    device_log(d, LINK_LOG_LEVEL_INFO, LINK_LOG_CODE_SECONDARY_MODEL_CHANGED, model.length);
}

/* What led to a divergence is nothing to go on with. */
void device_restart_control(device_t *d, uint32_t events) {
    if (d->controls && events & (SUPERVISOR_EVENT_DIVERGENCE | SUPERVISOR_EVENT_ROLLBACK))
        normal_equations_restart(&d->control);
}

/* The normal equations listen always, so that they know the noise when the mode becomes anc. */
void device_control_filter(device_t *d) {
    if (d->followsPath) follow_path(d);
    if (!d->controls) return;
    if (!normal_equations_work(&d->control, learns(d))) return;
    for (size_t at = 0; at < d->control.weightCount;) {
        device_lock(d, true);
        at = normal_equations_apply(&d->control, &d->engine, at, APPLIED_AT_ONCE);
        device_lock(d, false);
    }
}
