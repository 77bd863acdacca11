/*
 * A control filter w, its reference x, and xf = s * x with the pre-emphasis. One gradient step is
 *     w = w - mu e' xf / (P + P_floor),   P = xf'xf
 * Errors that go in have the pre-emphasis as well.
 */
#ifndef CONTROLLERS_CONTROL_FILTER_H
#define CONTROLLERS_CONTROL_FILTER_H

#include "controllers/controller.h"
#include "controllers/emphasis_f32.h"
#include "dsp/history_f32.h"

/* Power a sample beside that of the filtered reference: keeps a silent reference from making the
 * step endless. */
#define CONTROL_FILTER_POWER_FLOOR 1e-7
#define CONTROL_FILTER_LEAKAGE 0.01f /* 1/s */

/* What is left of a weight after so many samples of a leakage in 1/s. In double: of the difference
 * from 1 single precision keeps a digit. */
static inline float leakage_f32_keep(float leakage, float sampleRateHz, size_t samples) {
    double once = 1 - (double)leakage / (double)sampleRateHz, keep = 1;
    if (once < 0) once = 0;
    for (size_t i = 0; i < samples; i++)
        keep *= once;
    return (float)keep;
}

/* Sum of squares of the newest samples of a window. A second sum starts anew with every window, so
 * that nothing drifts. */
typedef struct {
    double running, fresh;
    size_t length, count;
} window_energy_t;

typedef struct {
    size_t taps, modelTaps;
    float *weights, *model;
    history_f32_t reference, filtered;
    window_energy_t energy;
    double meanPower, smoothing;
    float keep; /* of a weight each time it leaks */
    uint32_t leakIn;
} control_filter_t;

/* @param leakage 1/s, of the algorithm, when the options leave it open */
void control_filter_lay_out(control_filter_t *f, const controller_options_t *o, float leakage,
                            arena_t *arena);
void control_filter_start(control_filter_t *f, const controller_options_t *o);

/* Another model, for controllers that learn the path as they go; `taps` at most those of the
 * options. */
void control_filter_set_secondary(control_filter_t *f, const float *path, size_t taps);

/* The next sample of the reference; returns what the loudspeaker should play. */
float control_filter_next(control_filter_t *f, float reference);

/* What w makes of the filtered reference: the anti-noise as if w had always been what it is. */
float control_filter_filtered_output(const control_filter_t *f);

/* P + P_floor, P not below its mean. */
double control_filter_power(const control_filter_t *f);

void control_filter_descend(control_filter_t *f, float error, float stepSize);
void control_filter_leak(control_filter_t *f);

/* w = 0 */
void control_filter_clear(control_filter_t *f);

/* All but the model begins anew. */
void control_filter_reset(control_filter_t *f);

/* For classes whose state begins with the filter: play, reset and weights of controller_class_t. */
float control_filter_play(void *state, float reference);
void control_filter_forget(void *state);
const float *control_filter_weights(const void *state, size_t *taps);

/* The newest sample goes in, the oldest leaves. */
void window_energy_put(window_energy_t *e, float newest, float oldest);

#endif
