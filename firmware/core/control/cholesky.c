#include "control/cholesky.h"

#include <math.h>

/* Eight sums side by side: one would wait for each addition, and lose more digits. */
static float dot(const float *a, const float *b, size_t n) {
    float sums[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (size_t k = 0; k < 8; k++)
            sums[k] += a[i + k] * b[i + k];
    }
    for (; i < n; i++)
        sums[i & 7] += a[i] * b[i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
           ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

bool cholesky_solve(float *a, float *b, size_t n, float floor) {
    for (size_t i = 0; i < n; i++) {
        float *row = a + cholesky_row(i);
        for (size_t j = 0; j < i; j++) {
            const float *other = a + cholesky_row(j);
            row[j] = (row[j] - dot(row, other, j)) / other[j];
        }
        const float pivot = row[i] - dot(row, row, i);
        if (!(pivot > floor)) return false;
        row[i] = sqrtf(pivot);
        b[i] = (b[i] - dot(row, b, i)) / row[i];
    }
    for (size_t i = n; i-- > 0;) {
        const float *row = a + cholesky_row(i);
        b[i] /= row[i];
        for (size_t k = 0; k < i; k++)
            b[k] -= row[k] * b[i];
    }
    return true;
}
