/*
 * Finds sudden sounds at a microphone: a door that slams, a knock on the cup, a pop of a wire. What
 * they say of the paths is little and loud, so learning rests while they pass through the filters.
 *
 * A sample is a jump when its power is more than 18 dB above the running mean (time constant 2^13
 * samples). Stationary noise does not do that: eight standard deviations. The mean takes in no more
 * than the threshold, so a click hardly raises it, while a noise that begins or rises for good is
 * the new mean within some milliseconds, whatever the step. Who hammers all the time is no
 * exception but the noise: the freeze is limited to half of the time, in spells.
 */
#ifndef ANC_IMPULSE_H
#define ANC_IMPULSE_H

#include <stdbool.h>
#include <stdint.h>

enum { ANC_IMPULSE_HOLD_MS = 20, ANC_IMPULSE_BUDGET_MS = 500 };

typedef struct {
    int64_t reference_q13, disturbance_q13; /* running mean squares of Q15 samples */
    uint32_t holdSamples, budgetSamples;
    uint32_t left;  /* samples for which learning still rests */
    uint32_t spent; /* of the budget; comes back while learning goes on */
    bool isNoise;   /* the budget was used up: no freeze until it is whole again */
    uint32_t count; /* impulses since init */
} anc_impulse_t;

void anc_impulse_init(anc_impulse_t *i, uint32_t holdSamples, uint32_t budgetSamples);

/* One sample of each; whether learning rests. */
bool anc_impulse_step(anc_impulse_t *i, int16_t reference_q15, int16_t disturbance_q15);

#endif
