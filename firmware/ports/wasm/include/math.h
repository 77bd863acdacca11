/*
 * What the core uses of math.h; there is no C library in the module. Roots and roundings are
 * instructions. The others are imported from JavaScript's Math, which is not to the last bit what a
 * C library is: for set-up and control rate only.
 */
#ifndef ANC_WASM_MATH_H
#define ANC_WASM_MATH_H

#define ANC_MATH(name) __attribute__((import_module("Math"), import_name(#name)))

ANC_MATH(cos) double cos(double x);
ANC_MATH(sin) double sin(double x);
ANC_MATH(tan) double tan(double x);
ANC_MATH(cos) float cosf(float x);
ANC_MATH(sin) float sinf(float x);
ANC_MATH(exp) float expf(float x);
ANC_MATH(log) float logf(float x);
ANC_MATH(log2) float log2f(float x);
ANC_MATH(log10) float log10f(float x);
ANC_MATH(pow) float powf(float base, float exponent);

#define isfinite(x) __builtin_isfinite(x)

static inline double sqrt(double x) {
    return __builtin_sqrt(x);
}

static inline float sqrtf(float x) {
    return __builtin_sqrtf(x);
}

static inline float fabsf(float x) {
    return __builtin_fabsf(x);
}

static inline float floorf(float x) {
    return __builtin_floorf(x);
}

static inline float ceilf(float x) {
    return __builtin_ceilf(x);
}

/* To the nearest, ties to even. */
static inline long lrintf(float x) {
    return (long)__builtin_rintf(x);
}

static inline float fminf(float a, float b) {
    return a < b || b != b ? a : b;
}

static inline float fmaxf(float a, float b) {
    return a > b || b != b ? a : b;
}

/* x 2^exponent, for exponents of a few tens. */
static inline float ldexpf(float x, int exponent) {
    for (; exponent > 0; exponent--)
        x *= 2;
    for (; exponent < 0; exponent++)
        x /= 2;
    return x;
}

/* x = mantissa 2^exponent, magnitude of the mantissa 1/2 up to 1. */
static inline float frexpf(float x, int *exponent) {
    *exponent = 0;
    if (x == 0 || !isfinite(x)) return x;
    for (; fabsf(x) >= 1; ++*exponent)
        x /= 2;
    for (; fabsf(x) < 0.5f; --*exponent)
        x *= 2;
    return x;
}

#endif
