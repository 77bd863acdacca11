/*
 * Sums over vectors of floats whose length is a multiple of 16. The order of all additions is fixed
 * (sixteen sums side by side, added 8 apart, 4 apart, then neighbours), so that every build gives
 * the same bits.
 */
#ifndef ANC_VEC_F32_H
#define ANC_VEC_F32_H

#include <stddef.h>

enum { VEC_F32_STEP = 16 };

/* Added to a power that is smoothed, so that what falls silent does not decay into subnormal
 * numbers, each of which takes some machines a hundred cycles. */
#define LEAST_POWER 1e-30f

/* n rounded up to what the functions below take. */
static inline size_t vec_f32_padded(size_t n) {
    return (n + VEC_F32_STEP - 1) / VEC_F32_STEP * VEC_F32_STEP;
}

/* sum of a[i] * b[i] */
float vec_f32_dot(const float *a, const float *b, size_t n);

/* w[i] += gain * x[i] */
void vec_f32_add_to(float *w, const float *x, float gain, size_t n);

/* w[i] *= factor */
void vec_f32_scale(float *w, float factor, size_t n);

#endif
