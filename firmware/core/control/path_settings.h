/*
 * What follows from a measured path: where it begins, how long a model has to be, the step of
 * FxNLMS; and the engine's model of it. dsp-reference/src/identification/derive.ts is the same in
 * float64.
 */
#ifndef CONTROL_PATH_SETTINGS_H
#define CONTROL_PATH_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/engine.h"

typedef struct {
    uint16_t delaySamples; /* until the response begins, loop latency included */
    uint16_t modelTaps;    /* behind the delay, for 99.9 % of the energy, a multiple of 16 */
    uint16_t controlTaps;  /* of the control filter, a multiple of 16 */
    float stepSize;        /* of FxNLMS */
} path_settings_t;

path_settings_t path_settings(const float *path, size_t taps, float sampleRateHz);

/* All of the path that the engine's model holds from shortly before its beginning. false when
 * nothing is left of it or its gain does not fit. */
bool path_model(const float *path, size_t taps, anc_secondary_model_t *model);

#endif
