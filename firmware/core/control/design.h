/*
 * The best causal filter for given statistics: least mean square error subject to no octave from 63
 * Hz to 16 kHz getting audibly louder than without it, and to little of the drive being cut off.
 * The Lagrangian of that is a weighted error with one weight an octave, and an effort: a Toeplitz
 * system with weighted correlations, and a step of dual ascent on the weights each time.
 * dsp-reference/src/controllers/normal-equations/design.ts is the same in float64.
 */
#ifndef CONTROL_DESIGN_H
#define CONTROL_DESIGN_H

#include <stdbool.h>

#include "control/effort.h"
#include "control/multirate_solve.h"
#include "control/statistics.h"

enum { DESIGN_OCTAVES = 10 }; /* 31.5 Hz to 16 kHz */

typedef struct {
    float sampleRateHz;
    float weightsDb[DESIGN_OCTAVES]; /* of the error's power above the rest, >= 0 */
    float excessDb[DESIGN_OCTAVES];  /* predicted level with the last filter over what is allowed */
    float loading;
    effort_t effort;
    complex_t lags; /* scratch, size values each */
    /* scratch of as many values as taps, for a solution in double precision; NULL: in single */
    double *solution, *predictor;
    multirate_system_t multirate;
} design_t;

/* outputLimit: largest magnitude of the drive, full scale 1 */
void design_init(design_t *d, float sampleRateHz, float outputLimit, arena_t *arena, size_t size);
/* From now on systems are solved in double precision. */
void design_use_double(design_t *d, arena_t *arena, size_t taps);
void design_clear(design_t *d, size_t size);

/* layout.taps weights for the present octave weights; then moves those. false: nothing to solve for
 * (silence). `filter` holds the last one, and then the new one. Uses the statistics' scratch, in
 * which the multirate form's matrix may be. */
bool design_solve(design_t *d, statistics_t *s, float regularisation, float *filter);

#endif
