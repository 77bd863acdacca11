/*
 * Levinson's recursion in the precision REAL, as the function TOEPLITZ_SOLVE: toeplitz.c includes
 * it once for each. No include guard.
 */

/* sum of a[i] * b[last - i], eight sums side by side: one would wait for each addition, and lose
 * more digits. */
static REAL DOT_REVERSED(const REAL *a, const float *b, size_t n) {
    REAL sums[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (size_t k = 0; k < 8; k++)
            sums[k] += a[i + k] * (REAL)b[n - 1 - i - k];
    }
    for (; i < n; i++)
        sums[i & 7] += a[i] * (REAL)b[n - 1 - i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
           ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/* The predictor for the next order, in place from both ends. */
static REAL RAISE_ORDER(REAL *predictor, const float *r, size_t order, REAL power) {
    const REAL reflection = -((REAL)r[order + 1] + DOT_REVERSED(predictor, r + 1, order)) / power;
    if (order > 0) {
        for (size_t i = 0, j = order - 1; i <= j && j < order; i++, j--) {
            const REAL a = predictor[i], b = predictor[j];
            predictor[i] = a + reflection * b;
            predictor[j] = b + reflection * a;
        }
    }
    predictor[order] = reflection;
    return reflection;
}

bool TOEPLITZ_SOLVE(const float *r, const float *p, REAL *w, REAL *predictor, size_t n,
                    float floor) {
    REAL power = (REAL)r[0];
    for (size_t order = 0; order < n; order++) {
        if (!(power > (REAL)floor)) return false;
        const REAL gain = ((REAL)p[order] - DOT_REVERSED(w, r + 1, order)) / power;
        for (size_t i = 0; i < order; i++)
            w[i] += gain * predictor[order - 1 - i];
        w[order] = gain;
        if (order + 1 == n) break;
        const REAL reflection = RAISE_ORDER(predictor, r, order, power);
        power *= 1 - reflection * reflection;
    }
    return true;
}
