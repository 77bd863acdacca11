#include <string.h>

#include "dsp/hot.h"
#include "dsp/nlms_io.h"

enum {
    MIN_SHIFT = 17, /* |mantissa * x| <= 2^15 * 2^26 = 2^41, so a step is at most 2^24 */
    MAX_SHIFT = 42, /* beyond it every step rounds to zero */
    ENERGY_EXPONENT = -11,
};

bool nlms_q31_init(nlms_q31_t *n, const nlms_config_t *config) {
    if (!nlms_config_valid(config)) return false;
    memset(n, 0, sizeof *n);
    n->config = *config;
    return true;
}

ANC_HOT static int64_t fir(const int32_t *x_q26, const int32_t *w, uint32_t taps) {
    int64_t sum = 0;
    /* |w * x| <= 2^31 * 2^26 = 2^57, >> 5 = 2^52, times 2^10 taps = 2^62 */
    for (uint32_t i = 0; i < taps; i++)
        sum = add64(sum, shr64(mulW(w[i], x_q26[i]), 5));
    return sum;
}

ANC_HOT static void update(int32_t *w, const int32_t *x_q26, uint32_t taps, anc_gain_t gain) {
    if (gain.mantissa == 0) return;
    for (uint32_t i = 0; i < taps; i++) {
        /* |product| <= 2^41, + 2^41 for rounding */
        const int32_t step = narrow32(shrRound64(mulW(gain.mantissa, x_q26[i]), gain.shift));
        /* |step| <= 2^24 and |weight| <= 2^31 - 1 - 2^24 */
        w[i] = clamp32(add32(w[i], step), -ANC_WEIGHT_MAX, ANC_WEIGHT_MAX);
    }
}

int32_t nlms_q31_step(nlms_q31_t *n, int32_t x_q31, int32_t d_q31) {
    const uint16_t taps = n->config.taps;
    n->position = n->position == 0 ? taps - 1U : n->position - 1U;
    const int32_t oldest = n->x_q26[n->position];
    const int32_t newest = narrow32(shrRound64(x_q31, 5));
    /* squares <= 2^52, 2^10 of them <= 2^62 */
    n->energy = add64(sub64(n->energy, mulW(oldest, oldest)), mulW(newest, newest));
    n->x_q26[n->position] = n->x_q26[n->position + taps] = newest;

    const int32_t *x = n->x_q26 + n->position;
    const int32_t y_q31 = sat32(shrRound64(fir(x, n->weights, taps), 18)); /* Q49 to Q31 */
    const int64_t e = sub64(d_q31, y_q31);                                 /* 33 bits */
    const anc_gain_t gain = anc_nlms_gain(n->config.step, sub64(0, e), add64(n->energy, 1),
                                          ENERGY_EXPONENT, MIN_SHIFT, MAX_SHIFT);
    update(n->weights, x, taps, gain);
    return nlms_round_io(sat32(e), n->config.ioBits);
}
