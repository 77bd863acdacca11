/*
 * Vectors of floats by the compiler's extension: SSE and AVX, NEON, WebAssembly SIMD, or plain
 * loops elsewhere. The order of all additions is in the source, so with -ffp-contract=off every
 * machine computes the same bits.
 */
#ifndef ANC_SIMD_F32_H
#define ANC_SIMD_F32_H

typedef float f32x4 __attribute__((vector_size(16)));
/* Only for local variables, in functions for AVX2: as parameters or results these would change the
 * calling convention, and elsewhere gcc takes them through the stack. */
typedef float f32x8 __attribute__((vector_size(32)));
/* The same where it lies in memory: at any float. */
typedef float f32x8_at __attribute__((vector_size(32), aligned(4), may_alias));
#define F32X8(p) (*(f32x8_at *)(p))
#define F32X8_CONST(p) (*(const f32x8_at *)(p))

typedef float f32x4_at __attribute__((vector_size(16), aligned(4), may_alias));

static inline f32x4 f32x4_load(const float *p) {
    return *(const f32x4_at *)p;
}

static inline void f32x4_store(float *p, f32x4 v) {
    *(f32x4_at *)p = v;
}

static inline f32x4 f32x4_all(float v) {
    return (f32x4){v, v, v, v};
}

/* The larger of each lane; b where they do not compare. */
static inline f32x4 f32x4_max(f32x4 a, f32x4 b) {
    typedef int i32x4 __attribute__((vector_size(16)));
    const i32x4 larger = (i32x4)(a > b);
    return (f32x4)(((i32x4)a & larger) | ((i32x4)b & ~larger));
}

#endif
