/*
 * The normalised LMS update in integers.
 *
 * Weights are Q28, +-7.94 (ANC_WEIGHT_MAX). Measured in-ear paths need up to 1.7 with a normal fit
 * and 5.6 with a loose one (512-tap causal Wiener solutions, noise recorded in trains and
 * helicopters); the least significant bit of 3.7e-9 stays below a tenth of the steps that FxNLMS
 * takes at -60 dBFS.
 *
 * One sample changes weight i by  -mu * e * x[i] / (P + floor).  Everything but x[i] is the gain,
 * computed once as a 15-bit mantissa and a shift, so that the loop over the taps is 16 x 16 bits, a
 * rounding shift and a clamp.
 */
#ifndef ANC_FXNLMS_H
#define ANC_FXNLMS_H

#include <stddef.h>
#include <stdint.h>

enum {
    ANC_UPDATE_MIN_SHIFT = 6, /* |mantissa * x| <= 2^30, so a step is at most 2^24 */
    ANC_UPDATE_MAX_SHIFT = 30,
    ANC_WEIGHT_MAX = INT32_MAX - (1 << 24), /* a weight and a step never overflow 32 bits */
};

/* A positive number as mantissa * 2^-exponent; mantissa 15 bits, or 0 for zero. */
typedef struct {
    int32_t mantissa;
    int32_t exponent;
} anc_scalar_t;

/* numerator / denominator, rounded down to a 15-bit mantissa; numerator 0..2^31-1,
 * denominator 1..2^31-1. */
anc_scalar_t anc_scalar_ratio(int32_t numerator, int32_t denominator);

/* What to add to weight i is shrRound32(mantissa * x[i], shift); mantissa 0: nothing. */
typedef struct {
    int16_t mantissa;
    int32_t shift;
} anc_gain_t;

/*
 * step:      mu
 * error:     the emphasised error in units of 2^-31, magnitude < 2^33
 * energy:    sum of squares of the filtered reference plus floor, >= 1, in units of 2^(2 * exponent
 * - 30) exponent:  of the filtered reference, value = x * 2^(exponent - 15) A gain too large for
 * the format saturates, one too small becomes zero.
 */
anc_gain_t anc_fxnlms_gain(anc_scalar_t step, int64_t error, int64_t energy, int32_t exponent);

/* The same for data of other widths: the shift of the gain stays within minShift..maxShift. */
anc_gain_t anc_nlms_gain(anc_scalar_t step, int64_t error, int64_t energy, int32_t exponent,
                         int32_t minShift, int32_t maxShift);

/* Adds the step to n weights, saturating at +-ANC_WEIGHT_MAX. n is a multiple of 16. */
void anc_fxnlms_update(int32_t *weights, const int16_t *x, size_t n, anc_gain_t gain);

/* One visit of the leakage to each of n weights: the weight less leak times the weight, rounded to
 * nearest. leak < 1. */
void anc_fxnlms_leak(int32_t *weights, size_t n, anc_scalar_t leak);

#endif
