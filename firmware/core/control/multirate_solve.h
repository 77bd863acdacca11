/*
 * The normal equations for a control filter of the multirate form (dsp/multirate.h): w = Phi c,
 * unit impulses for the direct taps, then copies of the late kernel every eight lags.
 * (Phi' R Phi + r[0] T) c = Phi' p by Cholesky's factorisation; T is the power of all aliases and
 * images for white noise, which keeps the branch from frequencies near half its rate.
 * dsp-reference/src/controllers/normal-equations/multirate-form.ts is the same in float64.
 */
#ifndef CONTROL_MULTIRATE_SOLVE_H
#define CONTROL_MULTIRATE_SOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/multirate.h"

enum { MULTIRATE_COEFFICIENTS = ANC_DIRECT_TAPS + ANC_LATE_MAX }; /* at most */

typedef struct {
    float *matrix;       /* scratch, multirate_floats(taps) */
    float *coefficients; /* the solution, direct taps first; NULL: the filter is an FIR */
} multirate_system_t;

/* Of the matrix; for 1024 taps 16,290. */
size_t multirate_floats(size_t taps);

/* r, p: `taps` lags each, 128..1024 in steps of 32. Writes the coefficients and, into `filter`, the
 * FIR of `taps` that they stand for. floor and false as in toeplitz_solve. */
bool multirate_solve(const multirate_system_t *m, const float *r, const float *p, float *filter,
                     size_t taps, float floor);

#endif
