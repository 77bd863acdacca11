#include "device/loop_latency.h"

#include <string.h>

enum {
    INTERVAL = 2048, /* samples; no multiple of a mains period at 48 kHz */
    PULSES = 1 << LOOP_LATENCY_PULSES_LOG2,
    HEARD =
        64, /* peak over mean of the tail, in power; the peak of 512 samples of noise: about 11 */
};

void loop_latency_start(loop_latency_t *l) {
    memset(l, 0, sizeof *l);
}

/* The sign alternates, so that an offset of the microphone adds up to nothing. */
static bool is_negative(const loop_latency_t *l) {
    return l->pulses % 2 == 0;
}

int32_t loop_latency_sound(loop_latency_t *l) {
    if (l->done || ++l->index < INTERVAL) return 0;
    if (l->pulses == PULSES) {
        l->done = true;
        return 0;
    }
    l->index = 0;
    l->pulses++;
    return is_negative(l) ? -LOOP_LATENCY_PULSE_Q31 : LOOP_LATENCY_PULSE_Q31;
}

void loop_latency_push(loop_latency_t *l, int32_t err_q31) {
    const int64_t before_q31 = l->last_q31;
    l->last_q31 = err_q31;
    if (l->done || l->pulses == 0 || l->index >= LOOP_LATENCY_SPAN) return;
    l->sum_q31[l->index] += is_negative(l) ? -(int64_t)err_q31 : err_q31;
    if (l->index == 0) l->before_q31 += is_negative(l) ? -before_q31 : before_q31;
}

/* The mean response, its second difference: what surrounds a headset is mostly low in frequency, a
 * pulse is not, and a symmetric filter moves no peak. |sums| <= 2^36, of four of them: <= 2^38. */
static int64_t sharp(const loop_latency_t *l, uint32_t i) {
    const int64_t before = i > 0 ? l->sum_q31[i - 1] : l->before_q31, after = l->sum_q31[i + 1];
    return (2 * l->sum_q31[i] - before - after) / (2 * PULSES);
}

loop_latency_result_t loop_latency_result(const loop_latency_t *l) {
    loop_latency_result_t result = {.heard = false};
    for (uint32_t i = 0; i < LOOP_LATENCY_SPAN - LOOP_LATENCY_TAIL; i++) {
        const int64_t magnitude = sharp(l, i) < 0 ? -sharp(l, i) : sharp(l, i);
        if (magnitude <= result.peak_q31) continue;
        result.peak_q31 = magnitude;
        result.delaySamples = i;
    }
    uint64_t sum = 0; /* <= 2^7 * 2^34 */
    for (uint32_t i = LOOP_LATENCY_SPAN - LOOP_LATENCY_TAIL; i < LOOP_LATENCY_SPAN - 1; i++) {
        const int64_t shifted = sharp(l, i) / (1 << 15);
        sum += (uint64_t)(shifted * shifted);
    }
    result.tailMeanSquare = sum / (LOOP_LATENCY_TAIL - 1);
    const int64_t peak = result.peak_q31 / (1 << 15);
    const uint64_t power = (uint64_t)(peak * peak); /* a unit of it is rounding, not sound */
    result.heard = l->done && power > HEARD * (result.tailMeanSquare + 1);
    return result;
}
