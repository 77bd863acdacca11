/* Cholesky's factorisation of a symmetric matrix, its lower triangle packed row by row. */
#ifndef CONTROL_CHOLESKY_H
#define CONTROL_CHOLESKY_H

#include <stdbool.h>
#include <stddef.h>

/* First element of a row; of row n: what n rows take. */
static inline size_t cholesky_row(size_t row) {
    return row * (row + 1) / 2;
}

/*
 * x of A x = b, n unknowns, n^3 / 6 multiplications; a becomes the factor, b the solution. `floor`
 * is what every pivot is above when A is positive definite and was loaded by more; false (and both
 * unspecified) when one is not.
 */
bool cholesky_solve(float *a, float *b, size_t n, float floor);

#endif
