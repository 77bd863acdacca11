/*
 * Weakens a filter that the loudspeaker cannot follow: a design minimises error + beta E[y^2], and
 * beta climbs while what the limiter cuts off the drive y is more, at the ear, than the sound that
 * is left there. A peak that is cut now and then costs next to nothing, and less drive would cost
 * more. What is cut off is another sound than the drive, so its way to the ear is measured apart: a
 * click in a band that the loudspeaker hardly plays may fill the drive, and nobody hears it. E[y^2]
 * = w' R_x w with the autocorrelation of the unfiltered reference, so that the system stays
 * Toeplitz. How loud w * x was is kept as counts by level; to another filter they are carried over
 * by the power of both. dsp-reference/src/controllers/normal-equations/effort.ts is the same in
 * float64. (Elliott, Signal Processing for Active Control, 2001, ch. 3.)
 */
#ifndef CONTROL_EFFORT_H
#define CONTROL_EFFORT_H

#include <stdbool.h>

#include "control/statistics.h"

enum { EFFORT_LEVELS = 80 }; /* of the drive over its limit, 1 dB each, from -44 dB */

typedef struct {
    float limitPower; /* square of the largest drive, full scale 1 */
    float weightDb;   /* of beta, relative to the power of f over that of x */
    float counts[EFFORT_LEVELS];
    float square;        /* sum of the squares of the same samples */
    float shiftDb;       /* of the counted levels, since when the filter has changed */
    float cut, cutHeard; /* energy of what the limiter cut off the drive, and of that at the ear */
    bool hasFilter;      /* before, the reference itself stands for the drive */
    float *x;            /* sum of the Hann-windowed power of x, bins 0..size/2 */
} effort_t;

void effort_init(effort_t *e, float outputLimit, arena_t *arena, size_t size);
void effort_clear(effort_t *e, size_t size);

/* The newest block, once it is at the end of context, `size` samples of x: its power, and what
 * `filter` makes of it. secondary: transform of the model. keep and share as in statistics_add.
 * Uses both scratch spectra. */
void effort_hear(effort_t *e, const statistics_t *s, const float *context, const float *filter,
                 complex_t secondary, float keep, float share);

/* beta R_x onto the correlations r, layout.taps of them. power: r[0] without a weighting. Uses
 * scratch a. */
void effort_load(const effort_t *e, const statistics_t *s, float *r, float power);

/* What a filter makes of a power, bins 0..size/2, from its spectrum. */
float effort_filtered_power(complex_t filter, const float *power, size_t size);

/* Another filter: the powers of the drive with the one before and with it, and of the sound that it
 * leaves. Moves the weight. */
void effort_move(effort_t *e, float before, float after, float left);

#endif
