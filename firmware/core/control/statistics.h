/*
 * Exponentially windowed correlations of the filtered reference f with itself and with the
 * disturbance d, and their spectra. The window is on the signals, sample by sample, and the oldest
 * and newest ends are cut: so the autocorrelation is that of one finite signal, and its matrix is
 * positive semidefinite however large the dynamic range of the spectrum.
 * dsp-reference/src/controllers/normal-equations/statistics.ts is the same in float64.
 */
#ifndef CONTROL_STATISTICS_H
#define CONTROL_STATISTICS_H

#include <stddef.h>

#include "control/arena.h"
#include "control/fft.h"

/* taps + 2 * margin + block <= size, a power of two */
typedef struct {
    size_t taps, margin, block, size;
} layout_t;

typedef struct {
    layout_t layout;
    float samples;                    /* that the sums are over, after forgetting */
    float decay;                      /* of the window in a sample, power */
    complex_t sums;                   /* of the correlations, as a transform */
    float *f, *d, *crossRe, *crossIm; /* Hann-windowed power of f, d and of d f*, bins 0..size/2 */
    float *contextF, *contextD;
    const float *cosine, *sine; /* fft_tables of layout.size */
    complex_t a, b;             /* scratch, size values each */
} statistics_t;

/* secondaryTaps: of the model, which goes through the same transforms */
layout_t statistics_layout(size_t taps, size_t secondaryTaps);

/* Takes its memory from the arena; tables and the two scratch spectra are shared with others. */
void statistics_init(statistics_t *s, layout_t layout, arena_t *arena, const float *cosine,
                     const float *sine, complex_t a, complex_t b);

/* Forgets everything. */
void statistics_clear(statistics_t *s);

/* layout.block samples of f and d. keep: what is left of the old sums; share: how much the new
 * block counts, 0..1, in power. */
void statistics_add(statistics_t *s, const float *f, const float *d, float keep, float share);

/* Lag k of the autocorrelation of f, even, in lags.re and of the correlation of d with f in
 * lags.im, -margin..taps+margin, negative ones from the end, zeros between; `size` values. Uses
 * scratch a. */
void statistics_correlations(statistics_t *s, complex_t lags);

#endif
