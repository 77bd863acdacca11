#include "dsp/notch.h"

#include "dsp/fixed.h"

enum { GAIN_FULL_Q15 = 1 << 15, GAIN_STEP_Q15 = 1 << 6, TO_Q26 = 31 - 26, FROM_Q15 = 26 - 15 };

/* sqrt(1 - k^2) in Q20, rounded down, so that k^2 + c^2 <= 1. k^2 <= 2^40. */
static int32_t complement(int32_t k_q20) {
    const int64_t one = ANC_NOTCH_ONE_Q20;
    const int64_t square = sub64(mul64(one, one), mulW(k_q20, k_q20));
    int64_t root = 0;
    for (int64_t bit = one; bit > 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= square) root += bit;
    return narrow32(root);
}

void anc_notch_set(anc_notch_t *n, int32_t k1_q20, int32_t k2_q20) {
    if (n->gain_q15 == 0) n->output = n->update = (anc_notch_state_t){0, 0};
    n->k1_q20 = clamp32(k1_q20, -ANC_NOTCH_ONE_Q20, ANC_NOTCH_ONE_Q20);
    n->k2_q20 = clamp32(k2_q20, -ANC_NOTCH_ONE_Q20, ANC_NOTCH_ONE_Q20);
    n->c1_q20 = complement(n->k1_q20);
    n->c2_q20 = complement(n->k2_q20);
    n->on = true;
}

void anc_notch_release(anc_notch_t *n) {
    n->on = false;
}

/* a * x + b * y in Q20, towards zero. |a|, |b| <= 2^20 and |x|, |y| <= 2^31: |sum| <= 2^52. */
static int32_t combine(int32_t a_q20, int32_t x, int32_t b_q20, int32_t y) {
    return sat32(shrZero64(add64(mulW(a_q20, x), mulW(b_q20, y)), 20));
}

/* x - A(x), twice of what the notch takes away: |x| <= 2^26 and |A(x)| <= 2^31. */
static int64_t removed_twice(const anc_notch_t *n, anc_notch_state_t *s, int32_t x_q26) {
    const int32_t middle = combine(n->c2_q20, x_q26, -n->k2_q20, s->outer_q26);
    const int32_t passed = combine(n->k2_q20, x_q26, n->c2_q20, s->outer_q26);
    s->outer_q26 = combine(n->k1_q20, middle, n->c1_q20, s->inner_q26);
    s->inner_q26 = combine(n->c1_q20, middle, -n->k1_q20, s->inner_q26);
    return sub64(x_q26, passed);
}

int32_t anc_notches_output(anc_notch_t *notches, int32_t sample_q31) {
    for (anc_notch_t *n = notches; n < notches + ANC_NOTCHES; n++) {
        const int32_t step = n->on ? GAIN_STEP_Q15 : -GAIN_STEP_Q15;
        n->gain_q15 = clamp32(add32(n->gain_q15, step), 0, GAIN_FULL_Q15);
        if (n->gain_q15 == 0) continue;
        const int32_t x_q26 = narrow32(shrRound64(sample_q31, TO_Q26));
        /* |removed| < 2^15 * 2^32 = 2^47 */
        const int64_t removed = mul64(n->gain_q15, removed_twice(n, &n->output, x_q26));
        sample_q31 = sat32(sub64(sample_q31, shrRound64(removed, 16 - TO_Q26)));
    }
    return sample_q31;
}

int16_t anc_notches_update(anc_notch_t *notches, int16_t sample) {
    for (anc_notch_t *n = notches; n < notches + ANC_NOTCHES; n++) {
        if (n->gain_q15 == 0) continue;
        const int32_t x_q26 = narrow32(shl64(sample, FROM_Q15));
        const int64_t removed = mul64(n->gain_q15, removed_twice(n, &n->update, x_q26));
        sample = sat16(sub64(sample, shrRound64(removed, 16 + FROM_Q15)));
    }
    return sample;
}

void anc_notches_restart_update(anc_notch_t *notches) {
    for (int i = 0; i < ANC_NOTCHES; i++)
        notches[i].update = (anc_notch_state_t){0, 0};
}
