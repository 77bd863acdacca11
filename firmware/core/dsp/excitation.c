#include "dsp/excitation.h"

#include "dsp/fixed.h"

/* x^16 + x^14 + x^13 + x^11 + 1: primitive, so the register runs through all 65,535 states. */
#define MLS_FEEDBACK 0xb400U
#define ONE_Q30 (1 << 30)
/* peak of uniform noise and of a sine of RMS 1 */
#define SQRT_3_Q30 1859775393
#define SQRT_2_Q30 1518500250
/* ln(1000) */
#define SWEEP_LOG_Q40 7595157251072ULL
/* sin(z pi / 2) = z (A - z^2 (B - z^2 C)) to 2e-4 for |z| <= 1 */
#define SINE_A_Q30 1686447685
#define SINE_B_Q30 690662094
#define SINE_C_Q30 78071983

enum { SWEEP_FROM_HZ = 20, SWEEP_TO_HZ = 20000 };

void excitation_init(excitation_t *x, excitation_kind_t kind, uint32_t sampleRateHz) {
    const uint64_t perHz_q48 = ((uint64_t)1 << 48) / sampleRateHz;
    const uint64_t most_q48 = ((uint64_t)45 << 48) / 100, top_q48 = SWEEP_TO_HZ * perHz_q48;
    *x = (excitation_t){.kind = kind,
                        .state = 1,
                        .firstStep_q48 = SWEEP_FROM_HZ * perHz_q48,
                        .lastStep_q48 = top_q48 < most_q48 ? top_q48 : most_q48,
                        .growth_q40 = SWEEP_LOG_Q40 / sampleRateHz};
    x->step_q48 = x->firstStep_q48;
}

/* a b for a in Q30 and |b| <= 2 in Q30, |result| <= 2: |product| <= 2^62 */
static int32_t times_q30(int32_t a, int32_t b_q30) {
    return narrow32(shrRound64(mulW(a, b_q30), 30));
}

/* Numerical Recipes' generator; its high bits are the good ones. */
static int32_t white(excitation_t *x) {
    x->state = x->state * 1664525U + 1013904223U;
    const int32_t uniform_q30 = (int32_t)(x->state >> 1) - ONE_Q30;
    return times_q30(uniform_q30, SQRT_3_Q30);
}

static int32_t maximum_length(excitation_t *x) {
    const uint32_t bit = x->state & 1;
    x->state >>= 1;
    if (bit) x->state ^= MLS_FEEDBACK;
    return bit ? ONE_Q30 : -ONE_Q30;
}

/* turns: 2^32 are one */
static int32_t sine_q30(uint32_t turns) {
    /* z = 4 * turns, folded at a quarter of a turn */
    uint32_t folded = turns & 0x7fffffffU;
    if (folded > 0x40000000U) folded = 0x80000000U - folded;
    const int32_t z = (int32_t)folded, square = times_q30(z, z);
    const int32_t inner = SINE_B_Q30 - times_q30(square, SINE_C_Q30);
    const int32_t sine = times_q30(z, SINE_A_Q30 - times_q30(square, inner));
    return turns & 0x80000000U ? -sine : sine;
}

/* step * growth: 2^32 * 2^30 < 2^63 */
static int32_t sweep(excitation_t *x) {
    const int32_t sample = times_q30(sine_q30((uint32_t)(x->phase_q48 >> 16)), SQRT_2_Q30);
    x->phase_q48 += x->step_q48;
    x->step_q48 += ((x->step_q48 >> 16) * x->growth_q40) >> 24;
    if (x->step_q48 >= x->lastStep_q48) {
        x->step_q48 = x->firstStep_q48;
        x->phase_q48 = 0;
    }
    return sample;
}

int32_t excitation_next(excitation_t *x) {
    if (x->kind == EXCITATION_SWEEP) return sweep(x);
    return x->kind == EXCITATION_MLS ? maximum_length(x) : white(x);
}
