#include "dsp/block.h"

#include <stdbool.h>

#include "dsp/fixed.h"
#include "dsp/hot.h"
#ifdef ANC_X86_CLONES
#include "dsp/avx2.h"
#endif

enum { GAIN_BITS = 12 };

/* One coefficient with eight samples, of which the first is stored as it is (EVEN) or negative
 * (ODD). Spelled out so that every compiler keeps all of it in registers. */
#define EVEN(h, a, b, c, d, e, f, g, k)                                                            \
    s7 = add32(s7, mulHigh32(h, a)), s6 = sub32(s6, mulHigh32(h, b)),                              \
    s5 = add32(s5, mulHigh32(h, c)), s4 = sub32(s4, mulHigh32(h, d)),                              \
    s3 = add32(s3, mulHigh32(h, e)), s2 = sub32(s2, mulHigh32(h, f)),                              \
    s1 = add32(s1, mulHigh32(h, g)), s0 = sub32(s0, mulHigh32(h, k))
#define ODD(h, a, b, c, d, e, f, g, k)                                                             \
    s7 = sub32(s7, mulHigh32(h, a)), s6 = add32(s6, mulHigh32(h, b)),                              \
    s5 = sub32(s5, mulHigh32(h, c)), s4 = add32(s4, mulHigh32(h, d)),                              \
    s3 = sub32(s3, mulHigh32(h, e)), s2 = add32(s2, mulHigh32(h, f)),                              \
    s1 = sub32(s1, mulHigh32(h, g)), s0 = add32(s0, mulHigh32(h, k))

/* A row, the first one or added to the sums. A function of its own: all of its values have
 * registers then. */
static ANC_NOINLINE void sum_row(int64_t sums[ANC_BLOCK], const int32_t *x, const int32_t *h,
                                 const int32_t *end, bool isFirst) {
    int32_t x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3], x4 = x[4], x5 = x[5], x6 = x[6], x7;
    int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    do {
        x7 = x[7], EVEN(h[0], x0, x1, x2, x3, x4, x5, x6, x7);
        x0 = x[8], ODD(h[1], x1, x2, x3, x4, x5, x6, x7, x0);
        x1 = x[9], EVEN(h[2], x2, x3, x4, x5, x6, x7, x0, x1);
        x2 = x[10], ODD(h[3], x3, x4, x5, x6, x7, x0, x1, x2);
        x3 = x[11], EVEN(h[4], x4, x5, x6, x7, x0, x1, x2, x3);
        x4 = x[12], ODD(h[5], x5, x6, x7, x0, x1, x2, x3, x4);
        x5 = x[13], EVEN(h[6], x6, x7, x0, x1, x2, x3, x4, x5);
        x6 = x[14], ODD(h[7], x7, x0, x1, x2, x3, x4, x5, x6);
        h += ANC_BLOCK, x += ANC_BLOCK;
    } while (h < end);
    if (isFirst) {
        sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
        sums[4] = s4, sums[5] = s5, sums[6] = s6, sums[7] = s7;
        return;
    }
    sums[0] = add64(sums[0], s0), sums[1] = add64(sums[1], s1);
    sums[2] = add64(sums[2], s2), sums[3] = add64(sums[3], s3);
    sums[4] = add64(sums[4], s4), sums[5] = add64(sums[5], s5);
    sums[6] = add64(sums[6], s6), sums[7] = add64(sums[7], s7);
}

void anc_block_ahead(int64_t sums[ANC_BLOCK], const int32_t *x, const int32_t *h, size_t n,
                     size_t row) {
#ifdef ANC_X86_CLONES
    if (__builtin_cpu_supports("avx2")) {
        anc_avx2_ahead(sums, x, h, n, row);
        return;
    }
#endif
    const int32_t *const last = h + n;
    sum_row(sums, x, h, n > row ? h + row : last, true);
    for (h += row, x += row; h < last; h += row, x += row)
        sum_row(sums, x, h, (size_t)(last - h) > row ? h + row : last, false);
}

int32_t anc_block_rest(const int32_t *x, const int32_t *h) {
    int32_t sum = 0;
    for (int i = 0; i < ANC_BLOCK; i += 2) {
        sum = add32(sum, mulHigh32(h[i], x[i]));
        sum = sub32(sum, mulHigh32(h[i + 1], x[i + 1]));
    }
    return sum;
}

/* Brought to a width of at most 16 bits, by a shift of -14..16 to the right. */
static int32_t scaled(int32_t v, int32_t shift) {
    return shift > 0 ? shrRound32(v, shift) : narrow32(shl64(v, -shift));
}

anc_block_gains_t anc_block_gains(anc_scalar_t step, const int32_t errors[ANC_BLOCK],
                                  int64_t energy, int32_t exponent) {
    anc_block_gains_t gains = {{0}, 0};
    int32_t peak = 0;
    for (int k = 0; k < ANC_BLOCK; k++) {
        const int32_t magnitude = errors[k] < 0 ? sub32(0, errors[k]) : errors[k];
        if (magnitude > peak) peak = magnitude;
    }
    if (peak == 0 || step.mantissa == 0) return gains;

    const int32_t energyShift = bitLength64(energy) - 15; /* -14..48 */
    const int32_t low =
        narrow32(energyShift >= 0 ? shr64(energy, energyShift) : shl64(energy, -energyShift));
    /* 2^29..2^30 - 1 by 2^14..2^15 - 1: a rate of 2^13..2^15 */
    const int32_t rate = (div32(step.mantissa << 15, low) + 1) >> 1;
    const int32_t errorShift = bitLength64(peak) - 15; /* -14..16; errors then <= 2^15 */
    /* 2^30 at most, so 15..19 */
    const int32_t down = bitLength64(scaled(peak, errorShift) * rate) - GAIN_BITS;

    /* mantissa * 2^(down + errorShift - 14 - energyShift - step.exponent) = mu * e / energy; to
     * weights in Q28: 28 - 29 (error) - 15 (x) + 30 (energy) = 14, - exponent */
    const int32_t shift = energyShift + step.exponent + exponent - down - errorShift;
    if (shift > ANC_UPDATE_MAX_SHIFT) return gains;
    const int32_t lack = shift < ANC_UPDATE_MIN_SHIFT ? ANC_UPDATE_MIN_SHIFT - shift : 0;
    gains.shift = shift + lack;
    for (int k = 0; k < ANC_BLOCK; k++) {
        const int32_t mantissa = shrRound32(scaled(errors[k], errorShift) * rate, down);
        /* |mantissa| <= 2^12: full scale by 13 bits more */
        const int32_t limited =
            clamp32(mantissa * (1 << (lack < 13 ? lack : 13)), -ANC_GAIN_MAX, ANC_GAIN_MAX);
        gains.mantissas[k] = narrow16(-limited);
    }
    return gains;
}

#define STEP(at, a, b, c, d, e, f, g, k)                                                           \
    do {                                                                                           \
        /* |each| <= 2^27, the sum with half a unit < 2^31 */                                      \
        int32_t sum = add32(mul16(m7, a), mul16(m6, b));                                           \
        sum = add32(add32(sum, mul16(m5, c)), mul16(m4, d));                                       \
        sum = add32(add32(sum, mul16(m3, e)), mul16(m2, f));                                       \
        sum = add32(add32(sum, mul16(m1, g)), mul16(m0, k));                                       \
        /* |step| <= 2^24 and |weight| <= 2^31 - 1 - 2^24 */                                       \
        weights[at] =                                                                              \
            clamp32(add32(weights[at], shrRound32(sum, shift)), -ANC_WEIGHT_MAX, ANC_WEIGHT_MAX);  \
    } while (0)

void anc_block_update(int32_t *restrict weights, const int16_t *restrict x, size_t n,
                      const anc_block_gains_t *gains) {
    if (gains->shift == 0) return;
#ifdef ANC_X86_CLONES
    if (__builtin_cpu_supports("avx2")) {
        anc_avx2_block_update(weights, x, n, gains->mantissas, gains->shift);
        return;
    }
#endif
    const int16_t *const m = gains->mantissas;
    const int16_t m0 = m[0], m1 = m[1], m2 = m[2], m3 = m[3], m4 = m[4], m5 = m[5], m6 = m[6],
                  m7 = m[7];
    const int32_t shift = gains->shift;
    int16_t x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3], x4 = x[4], x5 = x[5], x6 = x[6], x7;
    for (const int32_t *const end = weights + n; weights < end;
         weights += ANC_BLOCK, x += ANC_BLOCK) {
        x7 = x[7];
        STEP(0, x0, x1, x2, x3, x4, x5, x6, x7);
        x0 = x[8];
        STEP(1, x1, x2, x3, x4, x5, x6, x7, x0);
        x1 = x[9];
        STEP(2, x2, x3, x4, x5, x6, x7, x0, x1);
        x2 = x[10];
        STEP(3, x3, x4, x5, x6, x7, x0, x1, x2);
        x3 = x[11];
        STEP(4, x4, x5, x6, x7, x0, x1, x2, x3);
        x4 = x[12];
        STEP(5, x5, x6, x7, x0, x1, x2, x3, x4);
        x5 = x[13];
        STEP(6, x6, x7, x0, x1, x2, x3, x4, x5);
        x6 = x[14];
        STEP(7, x7, x0, x1, x2, x3, x4, x5, x6);
    }
}
