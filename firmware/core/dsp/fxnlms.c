#include "dsp/fxnlms.h"

#include "dsp/fixed.h"
#ifdef ANC_X86_CLONES
#include "dsp/avx2.h"
#endif

anc_scalar_t anc_scalar_ratio(int32_t numerator, int32_t denominator) {
    if (numerator == 0) return (anc_scalar_t){0, 0};
    /* numerator < 2^31 goes to 62 bits; the quotient then has at least 62 - 31 bits */
    int32_t up = 62 - bitLength64(numerator);
    int64_t quotient = shl64(numerator, up) / denominator;
    int32_t down = bitLength64(quotient) - 15;
    return (anc_scalar_t){narrow32(shr64(quotient, down)), up - down};
}

anc_gain_t anc_fxnlms_gain(anc_scalar_t step, int64_t error, int64_t energy, int32_t exponent) {
    return anc_nlms_gain(step, error, energy, exponent, ANC_UPDATE_MIN_SHIFT, ANC_UPDATE_MAX_SHIFT);
}

anc_gain_t anc_nlms_gain(anc_scalar_t step, int64_t error, int64_t energy, int32_t exponent,
                         int32_t minShift, int32_t maxShift) {
    int64_t magnitude = error < 0 ? sub64(0, error) : error;
    int64_t product = mul64(magnitude, step.mantissa); /* < 2^33 * 2^15 = 2^48 */
    if (product == 0) return (anc_gain_t){0, maxShift};

    int32_t productShift = bitLength64(product) - 30; /* -29..18 */
    int32_t energyShift = bitLength64(energy) - 15;   /* -14..48 */
    int32_t high = narrow32(productShift >= 0 ? shr64(product, productShift)
                                              : shl64(product, -productShift)); /* 2^29..2^30-1 */
    int32_t low = narrow32(energyShift >= 0 ? shr64(energy, energyShift)
                                            : shl64(energy, -energyShift)); /* 2^14..2^15-1 */
    int32_t mantissa = (div32(high, low) + 1) >> 1;                         /* 2^13..2^15 */

    /* mantissa * 2^(1 + productShift - energyShift) = error * step.mantissa / energy; to weights in
     * Q28: 28 - 31 (error) - 15 (x) + 30 (energy) = 12, - step.exponent, + exponent - 2 * exponent.
     */
    int32_t shift = energyShift - productShift + step.exponent + exponent - 13;
    if (shift > maxShift) return (anc_gain_t){0, maxShift};
    if (shift < minShift) {
        int32_t lack = minShift - shift;
        mantissa <<= lack < 3 ? lack : 3; /* saturates below: 2^13 << 2 is full scale already */
        shift = minShift;
    }
    int16_t saturated = sat16(mantissa);
    return (anc_gain_t){error < 0 ? saturated : (int16_t)-saturated, shift};
}

void anc_fxnlms_update(int32_t *restrict weights, const int16_t *restrict x, size_t n,
                       anc_gain_t gain) {
    if (gain.mantissa == 0) return;
#ifdef ANC_X86_CLONES
    if (__builtin_cpu_supports("avx2")) {
        anc_avx2_update(weights, x, n, gain);
        return;
    }
#endif
    for (size_t i = 0; i < n; i++) {
        /* |product| <= 32767 * 2^15 < 2^30, + 2^29 for rounding < 2^31 */
        int32_t step = shrRound32(mul16(gain.mantissa, x[i]), gain.shift);
        /* |step| <= 2^24 and |weight| <= 2^31 - 1 - 2^24 */
        weights[i] = clamp32(add32(weights[i], step), -ANC_WEIGHT_MAX, ANC_WEIGHT_MAX);
    }
}

void anc_fxnlms_leak(int32_t *weights, size_t n, anc_scalar_t leak) {
    if (leak.mantissa == 0 || leak.exponent > 46) return;
    const int32_t factor = leak.mantissa << 16, shift = leak.exponent - 16; /* -1..30 */
    for (size_t i = 0; i < n; i++) {
        const int32_t high = mulHigh32(weights[i], factor); /* weight * mantissa / 2^16 */
        /* What goes is no more than the weight. */
        const int32_t lost = shift > 0 ? shrRound32(high, shift) : high * (1 << -shift);
        weights[i] = sub32(weights[i], lost);
    }
}
