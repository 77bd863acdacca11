#include "control/toeplitz.h"

/* sum of a[i] * b[last - i], eight sums side by side: one would wait for each addition, and lose
 * more digits. */
static float dot_reversed(const float *a, const float *b, size_t n) {
    float sums[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (size_t k = 0; k < 8; k++)
            sums[k] += a[i + k] * b[n - 1 - i - k];
    }
    for (; i < n; i++)
        sums[i & 7] += a[i] * b[n - 1 - i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
           ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/* The predictor for the next order, in place from both ends. */
static float raise_order(float *predictor, const float *r, size_t order, float power) {
    const float reflection = -(r[order + 1] + dot_reversed(predictor, r + 1, order)) / power;
    if (order > 0) {
        for (size_t i = 0, j = order - 1; i <= j && j < order; i++, j--) {
            const float a = predictor[i], b = predictor[j];
            predictor[i] = a + reflection * b;
            predictor[j] = b + reflection * a;
        }
    }
    predictor[order] = reflection;
    return reflection;
}

bool toeplitz_solve(const float *r, const float *p, float *w, float *predictor, size_t n,
                    float floor) {
    float power = r[0];
    for (size_t order = 0; order < n; order++) {
        if (!(power > floor)) return false;
        const float gain = (p[order] - dot_reversed(w, r + 1, order)) / power;
        for (size_t i = 0; i < order; i++)
            w[i] += gain * predictor[order - 1 - i];
        w[order] = gain;
        if (order + 1 == n) break;
        const float reflection = raise_order(predictor, r, order, power);
        power *= 1.0f - reflection * reflection;
    }
    return true;
}
