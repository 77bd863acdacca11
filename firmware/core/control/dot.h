/* Sum of products at control rate. */
#ifndef CONTROL_DOT_H
#define CONTROL_DOT_H

#include <stddef.h>

/* Eight sums side by side: one would wait for each addition, and lose more digits. */
static inline float dot_f32(const float *a, const float *b, size_t n) {
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

#endif
