#include "controllers/control_filter.h"

#include <string.h>

#include "dsp/vec_f32.h"

/* A filter shorter than a period of the noise sees little power at every zero crossing: its mean
 * over so long counts. */
static const double MEAN_POWER_S = 0.05;
/* Weights leak every so many samples at once. */
enum { LEAK_PERIOD = 64 };

void window_energy_put(window_energy_t *e, float newest, float oldest) {
    const double in = (double)newest * (double)newest, out = (double)oldest * (double)oldest;
    e->running += in - out;
    if (e->running < 0) e->running = 0;
    e->fresh += in;
    if (++e->count < e->length) return;
    e->running = e->fresh;
    e->fresh = 0;
    e->count = 0;
}

void control_filter_lay_out(control_filter_t *f, const controller_options_t *o, float leakage,
                            arena_t *arena) {
    const size_t taps = o->taps, modelTaps = vec_f32_padded(o->secondaryTaps + 1);
    f->taps = taps;
    f->modelTaps = modelTaps;
    f->weights = controller_take(arena, taps);
    f->model = controller_take(arena, modelTaps);
    f->reference.length = taps > modelTaps ? taps : modelTaps;
    f->reference.samples = controller_take(arena, history_f32_floats(f->reference.length));
    f->filtered.length = taps + 1; /* and the one that leaves the window */
    f->filtered.samples = controller_take(arena, history_f32_floats(f->filtered.length));
    f->energy.length = taps;
    f->smoothing = 1 / (MEAN_POWER_S * (double)o->sampleRateHz);
    f->keep = leakage_f32_keep(o->leakage < 0 ? leakage : o->leakage, o->sampleRateHz, LEAK_PERIOD);
    f->leakIn = LEAK_PERIOD;
}

void control_filter_start(control_filter_t *f, const controller_options_t *o) {
    control_filter_set_secondary(f, o->secondary, o->secondaryTaps);
}

void control_filter_set_secondary(control_filter_t *f, const float *path, size_t taps) {
    memset(f->model, 0, f->modelTaps * sizeof *f->model);
    emphasise_f32(f->model, path, taps, EMPHASIS_F32);
}

float control_filter_next(control_filter_t *f, float reference) {
    history_f32_put(&f->reference, reference);
    const float *x = history_f32_window(&f->reference);
    history_f32_put(&f->filtered, vec_f32_dot(x, f->model, f->modelTaps));
    const float *xf = history_f32_window(&f->filtered);
    window_energy_put(&f->energy, xf[0], xf[f->taps]);
    f->meanPower += f->smoothing * (f->energy.running - f->meanPower);
    return vec_f32_dot(x, f->weights, f->taps);
}

float control_filter_filtered_output(const control_filter_t *f) {
    return vec_f32_dot(history_f32_window(&f->filtered), f->weights, f->taps);
}

double control_filter_power(const control_filter_t *f) {
    const double power = f->energy.running > f->meanPower ? f->energy.running : f->meanPower;
    return power + (double)f->taps * CONTROL_FILTER_POWER_FLOOR;
}

void control_filter_descend(control_filter_t *f, float error, float stepSize) {
    const double gain = -(double)stepSize * (double)error / control_filter_power(f);
    vec_f32_add_to(f->weights, history_f32_window(&f->filtered), (float)gain, f->taps);
    control_filter_leak(f);
}

void control_filter_leak(control_filter_t *f) {
    if (--f->leakIn > 0) return;
    f->leakIn = LEAK_PERIOD;
    vec_f32_scale(f->weights, f->keep, f->taps);
}

void control_filter_clear(control_filter_t *f) {
    memset(f->weights, 0, f->taps * sizeof *f->weights);
}

void control_filter_reset(control_filter_t *f) {
    control_filter_clear(f);
    memset(f->reference.samples, 0, history_f32_floats(f->reference.length) * sizeof(float));
    memset(f->filtered.samples, 0, history_f32_floats(f->filtered.length) * sizeof(float));
    f->energy = (window_energy_t){.length = f->taps};
    f->meanPower = 0;
}

float control_filter_play(void *state, float reference) {
    return control_filter_next(state, reference);
}

void control_filter_forget(void *state) {
    control_filter_clear(state);
}

const float *control_filter_weights(const void *state, size_t *taps) {
    const control_filter_t *f = state;
    *taps = f->taps;
    return f->weights;
}
