#include "dsp/impulse.h"

#include "dsp/fixed.h"

enum {
    MEAN_SHIFT = 13,
    CREST_SHIFT = 6,   /* 18 dB */
    FAINT_SQUARE = 107 /* -70 dBFS: a jump to less than -52 dBFS disturbs nothing */
};

/* Moves the mean on and says whether the sample jumps out of it. square <= 2^30, so the mean in Q13
 * is <= 2^43 + 2^30, and a mean that is jumped out of below 2^24. */
static bool jumps(int64_t *mean_q13, int16_t sample_q15) {
    const int32_t square = mul16(sample_q15, sample_q15);
    const int32_t mean = narrow32(shr64(*mean_q13, MEAN_SHIFT));
    const int32_t least = mean > FAINT_SQUARE ? mean : FAINT_SQUARE;
    /* square > least * 2^CREST_SHIFT, whose product may need more than 32 bits */
    const bool isJump = (sub32(square, 1) >> CREST_SHIFT) >= least;
    const int32_t taken = isJump ? least * (1 << CREST_SHIFT) : square;
    *mean_q13 = add64(*mean_q13, sub32(taken, mean));
    return isJump;
}

void anc_impulse_init(anc_impulse_t *i, uint32_t holdSamples, uint32_t budgetSamples) {
    *i = (anc_impulse_t){.holdSamples = holdSamples, .budgetSamples = budgetSamples};
}

bool anc_impulse_step(anc_impulse_t *i, int16_t reference_q15, int16_t disturbance_q15) {
    const bool atReference = jumps(&i->reference_q13, reference_q15);
    const bool atError = jumps(&i->disturbance_q13, disturbance_q15);
    if ((atReference || atError) && !i->isNoise) {
        if (i->left == 0) i->count++;
        i->left = i->holdSamples;
    }
    if (i->left > 0) {
        i->left--;
        if (++i->spent >= i->budgetSamples) {
            i->isNoise = true;
            i->left = 0;
        }
        return true;
    }
    if (i->spent > 0) i->spent--;
    if (i->spent == 0) i->isNoise = false;
    return false;
}
