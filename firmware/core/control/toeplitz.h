/* Levinson's recursion (J. Math. Phys. 25, 1947). */
#ifndef CONTROL_TOEPLITZ_H
#define CONTROL_TOEPLITZ_H

#include <stdbool.h>
#include <stddef.h>

/*
 * w of sum_j r[|i-j|] w[j] = p[i], n unknowns, n^2 * 4 multiplications. `predictor` is scratch of n
 * values. `floor` is what every prediction error is at least when r was loaded by it and the rest
 * is positive semidefinite; false (and w unspecified) when one is below: r is no autocorrelation.
 */
bool toeplitz_solve(const float *r, const float *p, float *w, float *predictor, size_t n,
                    float floor);

/* The same with all sums in double precision, for machines that have it: a loading below 1e-4 of
 * r[0] is lost in the recursion's own rounding in single. */
bool toeplitz_solve_f64(const float *r, const float *p, double *w, double *predictor, size_t n,
                        float floor);

#endif
