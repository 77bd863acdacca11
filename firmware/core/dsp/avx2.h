/*
 * Inner loops of fir.c, fxnlms.c and block.c for AVX2, where the compiler finds no good ones: it
 * widens to 64 bits before it multiplies. All results are integers, the same as those of the
 * portable loops. n is a multiple of 8.
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

/* The upper halves of eight products. */
ANC_AVX2 __m256i anc_avx2_high(__m256i x8, int32_t h) {
    const __m256i h8 = _mm256_set1_epi32(h);
    const __m256i even = _mm256_srli_epi64(_mm256_mul_epi32(x8, h8), 32);
    const __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(x8, 32), h8);
    return _mm256_blend_epi32(even, odd, 0xaa);
}

/* See block.h. The lanes are the samples x[i] .. x[i + 7] and so the outputs from the last to the
 * first. Rows fit 32 bits. */
ANC_AVX2 void anc_avx2_ahead(int64_t sums[8], const int32_t *x, const int32_t *h, size_t n,
                             size_t row) {
    const __m256i signs = _mm256_setr_epi32(1, -1, 1, -1, 1, -1, 1, -1);
    __m256i high = _mm256_setzero_si256(), low = high;
    for (size_t at = 0; at < n; at += row) {
        __m256i sum = _mm256_setzero_si256();
        for (size_t i = at; i < n && i < at + row; i += 2) {
            sum = _mm256_add_epi32(sum, anc_avx2_high(anc_avx2_load(x + i), h[i]));
            sum = _mm256_sub_epi32(sum, anc_avx2_high(anc_avx2_load(x + i + 1), h[i + 1]));
        }
        sum = _mm256_sign_epi32(sum, signs);
        low = _mm256_add_epi64(low, _mm256_cvtepi32_epi64(_mm256_castsi256_si128(sum)));
        high = _mm256_add_epi64(high, _mm256_cvtepi32_epi64(_mm256_extracti128_si256(sum, 1)));
    }
    /* four lanes each, in reverse */
    _mm256_storeu_si256((__m256i *)(void *)sums, _mm256_permute4x64_epi64(high, 0x1b));
    _mm256_storeu_si256((__m256i *)(void *)(sums + 4), _mm256_permute4x64_epi64(low, 0x1b));
}

/* Two samples and two mantissas at a time: see block.h for the bounds. */
ANC_AVX2 void anc_avx2_block_update(int32_t *weights, const int16_t *x, size_t n,
                                    const int16_t mantissas[8], int32_t rightShift) {
    __m256i pairs[4];
    for (int k = 0; k < 4; k++) {
        const uint32_t newer = (uint16_t)mantissas[7 - 2 * k],
                       older = (uint16_t)mantissas[6 - 2 * k];
        pairs[k] = _mm256_set1_epi32((int32_t)(newer | older << 16));
    }
    const __m256i half = _mm256_set1_epi32(1 << (rightShift - 1));
    const __m256i shift = _mm256_set1_epi32(rightShift);
    const __m256i most = _mm256_set1_epi32(ANC_WEIGHT_MAX);
    const __m256i least = _mm256_set1_epi32(-ANC_WEIGHT_MAX);
    for (size_t i = 0; i < n; i += 8) {
        __m256i sum = half;
        for (size_t k = 0; k < 4; k++) {
            const int16_t *at = x + i + 2 * k;
            const __m128i now = _mm_loadu_si128((const __m128i *)(const void *)at);
            const __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(at + 1));
            const __m256i both =
                _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_unpacklo_epi16(now, next)),
                                        _mm_unpackhi_epi16(now, next), 1);
            sum = _mm256_add_epi32(sum, _mm256_madd_epi16(both, pairs[k]));
        }
        const __m256i step = _mm256_srav_epi32(sum, shift);
        const __m256i w8 = _mm256_add_epi32(anc_avx2_load(weights + i), step);
        const __m256i bounded = _mm256_max_epi32(_mm256_min_epi32(w8, most), least);
        _mm256_storeu_si256((__m256i *)(void *)(weights + i), bounded);
    }
}

#endif
