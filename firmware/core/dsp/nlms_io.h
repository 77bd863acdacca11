/* What both formats of nlms.h share. */
#ifndef ANC_NLMS_IO_H
#define ANC_NLMS_IO_H

#include "dsp/fixed.h"
#include "dsp/nlms.h"

static inline bool nlms_config_valid(const nlms_config_t *c) {
    return c->taps >= 16 && c->taps <= NLMS_MAX_TAPS && c->taps % 16 == 0 &&
           (c->ioBits == 16 || c->ioBits == 24 || c->ioBits == 32);
}

/* Rounds to ioBits, left-justified; the largest value stays the largest of that width. */
static inline int32_t nlms_round_io(int32_t e_q31, uint8_t ioBits) {
    const int32_t drop = 32 - ioBits;
    if (drop == 0) return e_q31;
    const int32_t most = narrow32(shr64(INT32_MAX, drop));
    int32_t kept = narrow32(shrRound64(e_q31, drop));
    if (kept > most) kept = most;
    return narrow32(shl64(kept, drop));
}

#endif
