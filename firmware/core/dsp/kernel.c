#include "dsp/kernel.h"

#include <string.h>

#include "dsp/emphasis.h"
#include "dsp/fixed.h"

enum { ROW = 8, MANTISSA_BITS = 26, HEADROOM_BITS = 2 };

bool anc_secondary_valid(const anc_secondary_model_t *m) {
    return m->delaySamples <= ANC_MAX_SECONDARY_DELAY && m->length >= 1 &&
           m->length <= ANC_MAX_SECONDARY_TAPS && m->exponent >= -16 && m->exponent <= 16;
}

/* Scales values so that the largest magnitude has 26 bits: 520 upper halves
 * of products with Q27 then fit 32 bits; the values are h * 2^(15 - exponent). */
static void normalise(anc_kernel_t *k, const int32_t *values, uint32_t length, int32_t exponent) {
    int64_t peak = 0;
    for (uint32_t i = 0; i < length; i++)
        if (absW(values[i]) > peak) peak = absW(values[i]);
    int32_t shift = peak == 0 ? 15 - MANTISSA_BITS : bitLength64(peak) - MANTISSA_BITS;
    memset(k->taps, 0, sizeof k->taps);
    /* Rounding may carry into the 27th bit, which there is room for. */
    for (uint32_t i = 0; i < length; i++)
        k->taps[i] = narrow32(scaleRound64(values[i], shift));
    k->length = (uint16_t)(length <= ROW ? 2 * ROW : (length + ROW - 1) / ROW * ROW);
    k->exponent = narrow16(add32(add32(exponent, shift), MANTISSA_BITS - 15));
}

void anc_kernel_from_model(anc_kernel_t *k, const anc_secondary_model_t *m) {
    int32_t values[ANC_MAX_SECONDARY_TAPS];
    for (uint32_t i = 0; i < m->length; i++)
        values[i] = m->taps_q15[i];
    normalise(k, values, m->length, m->exponent);
    k->delaySamples = m->delaySamples;
}

void anc_kernel_emphasised(anc_kernel_t *k, const anc_secondary_model_t *m) {
    int32_t values[ANC_MAX_SECONDARY_TAPS + 1];
    for (uint32_t i = 0; i <= m->length; i++) {
        int32_t direct = i < m->length ? m->taps_q15[i] : 0;
        int32_t before = i > 0 ? m->taps_q15[i - 1] : 0;
        /* |direct| * 2^15 + |before| * 29491 < 2^31, in units of 2^-30: kept to 2^-29 so that it
         * fits */
        int64_t sum = add64(shl64(direct, 15), mulW(before, ANC_EMPHASIS_1_Q15));
        values[i] = narrow32(shrRound64(sum, 1));
    }
    normalise(k, values, m->length + 1U, m->exponent - 14);
    k->delaySamples = m->delaySamples;
}

int32_t anc_kernel_output_exponent(const anc_kernel_t *k) {
    int64_t sum = 0; /* <= 520 * 2^26 < 2^36 */
    for (uint32_t i = 0; i < k->length; i++)
        sum = add64(sum, absW(k->taps[i]));
    int32_t growth = bitLength64(sum) - MANTISSA_BITS - HEADROOM_BITS;
    return add32(k->exponent, growth > 0 ? growth : 0);
}
