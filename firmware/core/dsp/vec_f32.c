#include "dsp/vec_f32.h"

#include "dsp/simd_f32.h"

static float dot_4(const float *a, const float *b, size_t n) {
    f32x4 sum[4] = {{0}, {0}, {0}, {0}};
    for (size_t i = 0; i < n; i += 16) {
        for (size_t k = 0; k < 4; k++)
            sum[k] += f32x4_load(a + i + 4 * k) * f32x4_load(b + i + 4 * k);
    }
    const f32x4 s = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    return (s[0] + s[1]) + (s[2] + s[3]);
}

static void add_to_4(float *w, const float *x, float gain, size_t n) {
    for (size_t i = 0; i < n; i += 4)
        f32x4_store(w + i, f32x4_load(w + i) + gain * f32x4_load(x + i));
}

#ifdef ANC_X86_CLONES
__attribute__((target("avx2"))) static float dot_8(const float *a, const float *b, size_t n) {
    f32x8 low = {0}, high = {0};
    for (size_t i = 0; i < n; i += 16) {
        low += F32X8_CONST(a + i) * F32X8_CONST(b + i);
        high += F32X8_CONST(a + i + 8) * F32X8_CONST(b + i + 8);
    }
    low += high;
    return ((low[0] + low[4]) + (low[1] + low[5])) + ((low[2] + low[6]) + (low[3] + low[7]));
}

__attribute__((target("avx2"))) static void add_to_8(float *w, const float *x, float gain,
                                                     size_t n) {
    for (size_t i = 0; i < n; i += 8)
        F32X8(w + i) = F32X8(w + i) + gain * F32X8_CONST(x + i);
}
#endif

float vec_f32_dot(const float *a, const float *b, size_t n) {
#ifdef ANC_X86_CLONES
    if (__builtin_cpu_supports("avx2")) return dot_8(a, b, n);
#endif
    return dot_4(a, b, n);
}

void vec_f32_add_to(float *w, const float *x, float gain, size_t n) {
#ifdef ANC_X86_CLONES
    if (__builtin_cpu_supports("avx2")) {
        add_to_8(w, x, gain, n);
        return;
    }
#endif
    add_to_4(w, x, gain, n);
}

void vec_f32_scale(float *w, float factor, size_t n) {
    for (size_t i = 0; i < n; i += 4)
        f32x4_store(w + i, factor * f32x4_load(w + i));
}
