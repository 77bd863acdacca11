/* The output's fade: linear ramps between silence and full gain, so that nothing clicks. */
#ifndef ANC_FADE_H
#define ANC_FADE_H

#include <stdbool.h>

#include "dsp/fixed.h"

enum { ANC_FADE_FULL_Q24 = 1 << 24, ANC_FADE_MS = 8 };

/* One step towards full gain or silence. fade_q24 and step_q24 are 0..2^24, so the sum is <= 2^25.
 */
static inline int32_t anc_fade_step(int32_t fade_q24, int32_t step_q24, bool up) {
    int32_t next = up ? add32(fade_q24, step_q24) : sub32(fade_q24, step_q24);
    return clamp32(next, 0, ANC_FADE_FULL_Q24);
}

/* sample * fade with the gain in 15 bits: |product| <= 2^31 * 2^15 = 2^46. */
static inline int32_t anc_fade_apply(int32_t sample_q31, int32_t fade_q24) {
    if (fade_q24 == ANC_FADE_FULL_Q24) return sample_q31;
    const int32_t gain_q15 = fade_q24 >> 9;
    return narrow32(shrRound64(mulW(sample_q31, gain_q15), 15));
}

#endif
