/* Which algorithm learns, and the control-rate half of the normal equations. */
#include "device/device_internal.h"

enum { ALGORITHM_NORMAL_EQUATIONS = 1 }; /* of the parameter's values */

/* Starts or stops the normal equations, afresh when the filter or the model has another shape. */
void device_choose_algorithm(device_t *d, bool isNewModel) {
    /* an identification has the memory */
    const bool wanted =
        d->params.values[PARAM_ALGORITHM] == ALGORITHM_NORMAL_EQUATIONS && !d->identification.runs;
    const uint16_t taps = d->engine.config.taps;
    if (wanted && d->controls && taps == d->controlTaps && !isNewModel) return;
    d->controls = false; /* the audio context leaves it alone */
    device_lock(d, true);
    const bool possible =
        wanted && d->port.controlMemory &&
        normal_equations_init(&d->control, &d->engine, d->port.controlMemory, d->port.controlBytes);
    anc_engine_follow(&d->engine, possible);
    d->controlTaps = taps;
    d->controls = possible;
    device_lock(d, false);
}

/* The normal equations listen always, so that they know the noise when the mode becomes anc. */
void device_control_filter(device_t *d, uint32_t events) {
    if (!d->controls) return;
    if (events & (SUPERVISOR_EVENT_DIVERGENCE | SUPERVISOR_EVENT_ROLLBACK))
        normal_equations_restart(&d->control);
    const supervisor_guard_t guard = d->supervisor.guard;
    const bool learns = anc_engine_mode(&d->engine) == ANC_MODE_ANC && d->engine.config.adapt &&
                        (guard == SUPERVISOR_NORMAL || guard == SUPERVISOR_ROLLED_BACK);
    if (!normal_equations_work(&d->control, learns)) return;
    device_lock(d, true);
    normal_equations_apply(&d->control, &d->engine);
    device_lock(d, false);
}
