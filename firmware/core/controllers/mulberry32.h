/* mulberry32 (T. Ettinger, public domain): one u32 of state, the same numbers as
 * dsp-reference/src/noise/random.ts. */
#ifndef CONTROLLERS_MULBERRY32_H
#define CONTROLLERS_MULBERRY32_H

#include <stdint.h>

#define MULBERRY32_SQRT_3 1.7320508075688772

static inline uint32_t mulberry32_bits(uint32_t *state) {
    uint32_t t = *state += 0x6d2b79f5u;
    t = (t ^ (t >> 15)) * (t | 1u);
    t ^= t + (t ^ (t >> 7)) * (t | 61u);
    return t ^ (t >> 14);
}

/* Uniform in 0..1, 32 bits. */
static inline double mulberry32_uniform(uint32_t *state) {
    return (double)mulberry32_bits(state) / 4294967296.0;
}

/* Uniform white noise of RMS 1. */
static inline double mulberry32_white(uint32_t *state) {
    return MULBERRY32_SQRT_3 * (2 * mulberry32_uniform(state) - 1);
}

#endif
