/*
 * Keeps a secondary model true while it plays: adds a probe far below what the error microphone
 * hears, and every two seconds fits what is left of that microphone's sound, after the present
 * model and after all that the reference explains, to the probe. What it finds is the error of the
 * model. Because the reference takes the noise out, the probe can be weak. (Eriksson and Allie, J.
 * Acoust. Soc. Am. 85, 1989, with the noise predicted as by Bao, Sas and van Brussel, J. Sound Vib.
 * 161, 1993; here by least squares over a window.)
 *
 * The window itself is not kept: both filters of the fit come from its correlations, which are
 * summed block by block as transforms, and once more for its first three quarters, to judge the
 * correction on the rest.
 */
#ifndef CONTROLLERS_ONLINE_IDENTIFICATION_H
#define CONTROLLERS_ONLINE_IDENTIFICATION_H

#include <stdbool.h>
#include <stdint.h>

#include "control/arena.h"
#include "control/fft.h"

enum {
    NOISE_TAPS = 1024,  /* of the filter that predicts the noise from the reference */
    NOISE_ADVANCE = 64, /* samples that the reference may lag by */
};

/* Correlations of probe p, what is left of the error microphone d, and reference x. */
typedef struct {
    float *pp, *dp; /* sum p[n] p[n-k] and d[n] p[n-k], lags 0..taps-1 */
    float *xx;      /* lags 0..max(taps, NOISE_TAPS)-1 */
    float *dx, *px; /* sum d[n] x[n-k] from lag -NOISE_ADVANCE, p[n] x[n-k] from lag -ahead */
    float dd;       /* sum d[n]^2 */
} probe_lags_t;

typedef struct {
    size_t taps, block, size, ahead, reach;
    float sampleRateHz, probe;
    float *secondary;                      /* impulse response, corrected so far */
    float *contextP, *contextX, *contextD; /* the last `size` samples, zeros before the window */
    float *cosine, *sine;
    complex_t pSums, xSums, xxSum; /* p + jd with p, p + jd with x, x with x */
    complex_t a, b;                /* scratch */
    probe_lags_t first, whole;     /* the first part of the window, and all of it */
    float *path, *trial, *noise, *right, *predictor; /* of the fit */
    float dd, pole, lowGain, low, amplitude, heardPower;
    uint32_t random, index, blocks, windowBlocks, firstBlocks;
    uint32_t corrections;
} online_identification_t;

void online_identification_lay_out(online_identification_t *o, size_t taps, size_t block,
                                   float sampleRateHz, uint32_t seed, arena_t *arena);
void online_identification_start(online_identification_t *o, const float *secondary);

/* The probe's next sample; the reference's of the same instant is kept with it. */
float online_identification_next(online_identification_t *o, float reference);

/* After each block of samples: d = e - s * y, the mean square of e, and whether no microphone
 * clipped. Returns whether the model has changed. */
bool online_identification_add(online_identification_t *o, const float *disturbance,
                               float errorPower, bool isClean);

#endif
