/* From the detectors of howling and wind to the engine, the supervisor and the log. */
#include <math.h>

#include "device/device_internal.h"
#include "dsp/fade.h"

void device_guards_init(device_t *d) {
    guards_t *g = d->port.guards;
    if (!g) return;
    listener_init(&g->listener, d->info.sampleRateHz);
    howling_init(&g->howling, d->info.sampleRateHz);
    wind_init(&g->wind, d->info.sampleRateHz);
}

static int16_t to_q15(int32_t sample_q31) {
    return (int16_t)(sample_q31 >> 16);
}

void device_guards_push(device_t *d, int32_t err_q31) {
    if (!d->port.guards) return;
    const anc_engine_t *e = &d->engine;
    const listener_sample_t sample = {
        .reference = to_q15(e->referenceSample_q31),
        .output = to_q15(e->output_q31),
        .error = to_q15(err_q31),
        .disturbance = to_q15(anc_engine_disturbance(e)),
    };
    listener_push(&d->port.guards->listener, sample, e->limiting);
}

/* Only where it cancels: in transparency mode the wind is to be heard, or the listener mutes. */
static void control_wind(device_t *d, guards_t *g) {
    const bool blew = d->engine.ducked;
    const bool blows =
        wind_step(&g->wind, &g->listener) && anc_engine_mode(&d->engine) == ANC_MODE_ANC;
    if (blows == blew) return;
    /* what was learned while it rose is not worth keeping: the next filter takes 0.15 s */
    if (blows && d->controls) normal_equations_restart(&d->control);
    device_lock(d, true);
    anc_engine_duck(&d->engine, blows);
    device_lock(d, false);
    device_log(d, LINK_LOG_LEVEL_INFO,
               blows ? LINK_LOG_CODE_WIND_STARTED : LINK_LOG_CODE_WIND_ENDED,
               (int32_t)lrintf(100 * g->wind.coherence));
}

static void apply_notches(device_t *d, const howling_actions_t *actions) {
    device_lock(d, true);
    for (uint32_t i = 0; i < ANC_NOTCHES; i++) {
        if (!actions->changed[i]) continue;
        if (actions->on[i])
            anc_engine_set_notch(&d->engine, i, actions->k1_q20[i], actions->k2_q20[i]);
        else
            anc_engine_release_notch(&d->engine, i);
    }
    device_lock(d, false);
}

static void control_howling(device_t *d, guards_t *g) {
    const anc_engine_t *e = &d->engine;
    const howling_situation_t situation = {
        .plays = e->source != ANC_MODE_OFF && e->fade_q24 == ANC_FADE_FULL_Q24,
        .hasModel = e->source == ANC_MODE_ANC && e->secondaryValid,
    };
    const howling_actions_t actions = howling_step(&g->howling, &g->listener, situation);
    apply_notches(d, &actions);
    if (actions.howlsHz > 0)
        device_log(d, LINK_LOG_LEVEL_WARNING, LINK_LOG_CODE_HOWLING,
                   (int32_t)lrintf(actions.howlsHz));
    if (actions.persistsHz <= 0) return;
    device_log(d, LINK_LOG_LEVEL_ERROR, LINK_LOG_CODE_HOWLING_PERSISTS,
               (int32_t)lrintf(actions.persistsHz));
    device_lock(d, true);
    const uint32_t events = supervisor_trip(&d->supervisor, &d->engine);
    device_lock(d, false);
    device_log_supervisor(d, events);
    device_restart_control(d, events);
}

void device_guards_control(device_t *d) {
    guards_t *g = d->port.guards;
    if (!g || !listener_work(&g->listener)) return;
    control_wind(d, g);
    control_howling(d, g);
}
