#include "control/cholesky.h"

#include <math.h>

#include "control/dot.h"

bool cholesky_solve(float *a, float *b, size_t n, float floor) {
    for (size_t i = 0; i < n; i++) {
        float *row = a + cholesky_row(i);
        for (size_t j = 0; j < i; j++) {
            const float *other = a + cholesky_row(j);
            row[j] = (row[j] - dot_f32(row, other, j)) / other[j];
        }
        const float pivot = row[i] - dot_f32(row, row, i);
        if (!(pivot > floor)) return false;
        row[i] = sqrtf(pivot);
        b[i] = (b[i] - dot_f32(row, b, i)) / row[i];
    }
    for (size_t i = n; i-- > 0;) {
        const float *row = a + cholesky_row(i);
        b[i] /= row[i];
        for (size_t k = 0; k < i; k++)
            b[k] -= row[k] * b[i];
    }
    return true;
}
