/*
 * Inner loops of fir.c and fxnlms.c for AVX2, where the compiler finds no good ones: it widens to
 * 64 bits before it multiplies. All results are integers, the same as those of the portable loops.
 * n is a multiple of 8.
 */
#ifndef ANC_AVX2_H
#define ANC_AVX2_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "dsp/fxnlms.h"

#define ANC_AVX2 __attribute__((target("avx2"))) static inline

/* Eight 16-bit values as 32-bit ones. */
ANC_AVX2 __m256i anc_avx2_widened(const int16_t *x) {
    return _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(const void *)x));
}

ANC_AVX2 __m256i anc_avx2_load(const int32_t *w) {
    return _mm256_loadu_si256((const __m256i *)(const void *)w);
}

ANC_AVX2 int64_t anc_avx2_total(__m256i sums) {
    const __m128i two =
        _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return _mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1);
}

/* 32 x 32 to 64 bits takes the even lanes: the odd ones are copied there. */
ANC_AVX2 int64_t anc_avx2_fir_wide(const int16_t *x, const int32_t *w, size_t n) {
    __m256i even = _mm256_setzero_si256(), odd = even;
    for (size_t i = 0; i < n; i += 8) {
        const __m256i x8 = anc_avx2_widened(x + i), w8 = anc_avx2_load(w + i);
        even = _mm256_add_epi64(even, _mm256_mul_epi32(x8, w8));
        const __m256i xOdd = _mm256_shuffle_epi32(x8, 0xf5), wOdd = _mm256_shuffle_epi32(w8, 0xf5);
        odd = _mm256_add_epi64(odd, _mm256_mul_epi32(xOdd, wOdd));
    }
    return anc_avx2_total(_mm256_add_epi64(even, odd));
}

/* shift 6..30, see fxnlms.h for the bounds. mantissa * x: both in the lower half of a lane, whose
 * upper half is the sign of x times 0. */
ANC_AVX2 void anc_avx2_update(int32_t *weights, const int16_t *x, size_t n, anc_gain_t gain) {
    const __m256i mantissa = _mm256_set1_epi32((uint16_t)gain.mantissa);
    const __m256i half = _mm256_set1_epi32(1 << (gain.shift - 1));
    const __m256i shift = _mm256_set1_epi32(gain.shift);
    const __m256i most = _mm256_set1_epi32(ANC_WEIGHT_MAX);
    const __m256i least = _mm256_set1_epi32(-ANC_WEIGHT_MAX);
    for (size_t i = 0; i < n; i += 8) {
        const __m256i product = _mm256_madd_epi16(anc_avx2_widened(x + i), mantissa);
        const __m256i step = _mm256_srav_epi32(_mm256_add_epi32(product, half), shift);
        const __m256i w8 = _mm256_add_epi32(anc_avx2_load(weights + i), step);
        const __m256i bounded = _mm256_max_epi32(_mm256_min_epi32(w8, most), least);
        _mm256_storeu_si256((__m256i *)(void *)(weights + i), bounded);
    }
}

#endif
