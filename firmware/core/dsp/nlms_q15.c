#include <string.h>

#include "dsp/fir.h"
#include "dsp/nlms_io.h"

bool nlms_q15_init(nlms_q15_t *n, const nlms_config_t *config) {
    if (!nlms_config_valid(config)) return false;
    memset(n, 0, sizeof *n);
    n->config = *config;
    return true;
}

static void put_view(nlms_q15_t *n, uint32_t at, int16_t v) {
    n->view[at] = n->view[at + n->config.taps] = v;
}

/* Gives the whole window another exponent: `down` bits fewer (rounded), or -down bits more. */
static void rescale(nlms_q15_t *n, int32_t down) {
    n->up -= down;
    n->energy = 0;
    for (uint32_t i = 0; i < n->config.taps; i++) {
        const int16_t v = sat16(scaleRound64(n->view[i], down));
        put_view(n, i, v);
        n->energy = mac16W(n->energy, v, v); /* < 2^10 * 2^30 */
    }
}

/* Whether x fits 16 bits with the exponent `up`. */
static bool fits(int32_t x_q31, int32_t up) {
    return absW(x_q31) <= shl64(INT16_MAX, 16 - up);
}

static void choose_exponent(nlms_q15_t *n, int32_t x_q31) {
    int32_t up = n->up;
    while (up > 0 && !fits(x_q31, up))
        up--;
    if (up < n->up) {
        rescale(n, n->up - up);
        n->quiet = 0;
        return;
    }
    if (n->up + 2 > NLMS_Q15_MAX_UP || !fits(x_q31, n->up + 2)) {
        n->quiet = 0;
    } else if (++n->quiet > n->config.taps) {
        /* The whole window would fit with two bits more: take one of them, keep one as headroom. */
        rescale(n, -1);
        n->quiet = 0;
    }
}

int32_t nlms_q15_step(nlms_q15_t *n, int32_t x_q31, int32_t d_q31) {
    const uint16_t taps = n->config.taps;
    choose_exponent(n, x_q31);
    n->position = n->position == 0 ? taps - 1U : n->position - 1U;
    const int16_t oldest = n->view[n->position];
    const int16_t newest = sat16(shrRound64(x_q31, 16 - n->up));
    n->energy = add64(sub64(n->energy, mul16(oldest, oldest)), mul16(newest, newest));
    put_view(n, n->position, newest);

    const int16_t *x = n->view + n->position;
    /* |sum| <= 2^56 (fir.h), Q(28 + 15 + up) to Q31 */
    const int32_t y_q31 = sat32(shrRound64(anc_fir_wide(x, n->weights, taps), 12 + n->up));
    const int64_t e = sub64(d_q31, y_q31); /* 33 bits */
    const anc_gain_t gain =
        anc_fxnlms_gain(n->config.step, sub64(0, e), add64(n->energy, 1), -n->up);
    anc_fxnlms_update(n->weights, x, taps, gain);
    return nlms_round_io(sat32(e), n->config.ioBits);
}
