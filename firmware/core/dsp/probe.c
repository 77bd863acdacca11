#include "dsp/probe.h"

#include "dsp/fixed.h"

/* 2 pi 150 */
#define LOW_RADIANS_Q20 988259597ULL
#define SQRT_HALF_Q30 759250125

static uint32_t root(uint64_t v) {
    uint64_t r = 0;
    for (uint64_t bit = 1ULL << 31; bit > 0; bit >>= 1)
        if ((r | bit) * (r | bit) <= v) r |= bit;
    return (uint32_t)r;
}

void probe_init(probe_t *p, uint32_t sampleRateHz) {
    *p = (probe_t){.low_q30 = 0};
    excitation_init(&p->white, EXCITATION_WHITE, sampleRateHz);
    /* 1 - exp(-w) by two terms, w < 0.12; what is left out makes the corner 0.2 % lower */
    const uint64_t w_q30 = (LOW_RADIANS_Q20 << 10) / sampleRateHz;
    p->pole_q30 = (int32_t)(w_q30 - ((w_q30 * w_q30) >> 31));
    /* sqrt((2 - pole) / pole) makes its RMS 1; below 46 at 192 kHz */
    const uint64_t pole_q30 = (uint64_t)p->pole_q30;
    const uint64_t ratio_q24 = ((((uint64_t)2 << 30) - pole_q30) << 24) / pole_q30;
    p->lowGain_q24 = (int32_t)(root(ratio_q24 << 16) << 4);
}

int32_t probe_next(probe_t *p, int32_t amplitude_q31) {
    const int32_t white_q30 = excitation_next(&p->white);
    /* |low| <= max |white| < 2^31 */
    const int64_t difference = sub64(white_q30, p->low_q30); /* < 2^32 */
    p->low_q30 = add64(p->low_q30, shrRound64(mul64(difference, p->pole_q30), 30));
    /* |low * gain| < 2^31 * 2^30 */
    const int64_t low_q30 = shrRound64(mul64(p->low_q30, p->lowGain_q24), 24);
    const int32_t both_q26 = narrow32(shrRound64(add64(white_q30, low_q30), 4));
    const int32_t scaled_q25 = narrow32(shrRound64(mulW(both_q26, SQRT_HALF_Q30), 31));
    return sat32(shrRound64(mulW(scaled_q25, amplitude_q31), 25));
}
