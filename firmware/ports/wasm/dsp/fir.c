/*
 * The inner loops of dsp/fir.h for SIMD128, in place of dsp/fir.c: what the compiler makes of that
 * one widens to 64 bits before it multiplies, which no machine below has an instruction for. Sums
 * of integers are exact in any order.
 */
#include "dsp/fir.h"

#include <wasm_simd128.h>

static int64_t total(v128_t sums) {
    return wasm_i64x2_extract_lane(sums, 0) + wasm_i64x2_extract_lane(sums, 1);
}

int64_t anc_fir_wide(const int16_t *x, const int32_t *w, size_t n) {
    v128_t low = wasm_i64x2_const(0, 0), high = low;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const v128_t x4 = wasm_i32x4_load16x4(x + i);
        const v128_t w4 = wasm_v128_load(w + i);
        low = wasm_i64x2_add(low, wasm_i64x2_extmul_low_i32x4(x4, w4));
        high = wasm_i64x2_add(high, wasm_i64x2_extmul_high_i32x4(x4, w4));
    }
    int64_t sum = total(wasm_i64x2_add(low, high));
    for (; i < n; i++)
        sum += (int64_t)x[i] * w[i];
    return sum;
}
