/*
 * NLMS as an electrical canceller, integers only: e = d - w * x, then w += mu e x / (eps + x'x).
 * Zero initial state, a priori error. Weights are Q28 (fxnlms.h) and saturate.
 *
 * Two data formats with the same interface:
 *
 *   q15  a 16-bit view of the reference with a block exponent, so that a quiet reference has as
 * many significant bits as a loud one. The products are 16 x 32 and 16 x 16 bits: for small chips.
 *   q31  27 bits of the reference (24-bit converters fit with room), 64-bit products.
 *
 * Energy is exact in 64 bits: nothing drifts after a loud passage. The gain is an integer mantissa
 * and an exponent. The update rounds to nearest.
 */
#ifndef ANC_NLMS_H
#define ANC_NLMS_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/fxnlms.h"

enum {
    NLMS_MAX_TAPS = 1024,
    NLMS_Q15_MAX_UP = 12, /* of the block exponent: 2^-12 of full scale keeps 16 bits */
};

typedef struct {
    uint16_t taps;  /* 16..1024, a multiple of 16 */
    uint8_t ioBits; /* 16, 24 or 32: the error is rounded to it when it leaves */
    anc_scalar_t step;
} nlms_config_t;

typedef struct {
    nlms_config_t config;
    int32_t up;     /* value = view * 2^(-15 - up) */
    uint32_t quiet; /* samples since one that would not have fitted with two bits more */
    int64_t energy; /* sum of squares of the view over the window */
    uint32_t position;
    int16_t view[2 * NLMS_MAX_TAPS]; /* mirrored, newest first */
    int32_t weights[NLMS_MAX_TAPS];
} nlms_q15_t;

typedef struct {
    nlms_config_t config;
    int64_t energy;
    uint32_t position;
    int32_t x_q26[2 * NLMS_MAX_TAPS]; /* mirrored, newest first */
    int32_t weights[NLMS_MAX_TAPS];
} nlms_q31_t;

/* false and no change when taps or ioBits are out of range. */
bool nlms_q15_init(nlms_q15_t *n, const nlms_config_t *config);
bool nlms_q31_init(nlms_q31_t *n, const nlms_config_t *config);

/* One sample: reference and primary in, error out, Q31 with ioBits significant bits. */
int32_t nlms_q15_step(nlms_q15_t *n, int32_t x_q31, int32_t d_q31);
int32_t nlms_q31_step(nlms_q31_t *n, int32_t x_q31, int32_t d_q31);

#endif
