/*
 * The inner loops of the engine, for ANC_BLOCK samples at once: a weight and a sample are loaded
 * once and serve eight products, which is what a chip without wide registers has time for.
 *
 * Nothing is late because of it. Of eight outputs to come, anc_block_ahead sums at the block's
 * start what meets samples that are there already, and anc_block_rest adds the newest taps in each
 * sample.
 *
 * Samples are Q27 and coefficients have 32 bits. Of each product the upper 32 bits count, rounded
 * down. So that this adds up to no offset, every second sample is stored negative and its products
 * are subtracted, which rounds them up. Exact as defined, in any order of the additions;
 * dsp-reference/src/model/block.ts has the same results.
 */
#ifndef ANC_BLOCK_H
#define ANC_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "dsp/fxnlms.h"

enum {
    ANC_BLOCK = 8,
    ANC_BLOCK_FRACTION_BITS = 27,
    ANC_BLOCK_WEIGHT_ROW = 32, /* of upper halves below 2^26 */
    ANC_GAIN_MAX = 1 << 12,    /* eight products of it and a 16-bit sample are at most 2^30 */
};

/*
 * sums[k] = upper halves of h[i] * x[i + ANC_BLOCK - 1 - k] over i < n, those of x[0], x[2], ...
 * added and those of x[1], x[3], ... subtracted. n is a multiple of ANC_BLOCK, 8..1024.
 *
 * row: so many taps, a multiple of ANC_BLOCK, fit 32 bits whatever the samples (|x| <= 2^27) are:
 * ANC_BLOCK_WEIGHT_ROW for weights, |sum| <= 2^10 * 2^26; all for the kernels of kernel.h.
 */
void anc_block_ahead(int64_t sums[ANC_BLOCK], const int32_t *x, const int32_t *h, size_t n,
                     size_t row);

/* The same of h[i] * x[i] over i < ANC_BLOCK. */
int32_t anc_block_rest(const int32_t *x, const int32_t *h);

/* What to add to weight i is shrRound32(sum of mantissa[k] * x[i + ANC_BLOCK - 1 - k], shift). */
typedef struct {
    int16_t mantissas[ANC_BLOCK];
    int32_t shift; /* 0: nothing to add */
} anc_block_gains_t;

/*
 * The NLMS gains of a block's errors, oldest first. As anc_fxnlms_gain, but errors are in units of
 * 2^-29, magnitude <= 2^30; energy is the largest of the block, >= 1; gains too large saturate,
 * ones too small become zero. The largest error's mantissa has 12 bits.
 */
anc_block_gains_t anc_block_gains(anc_scalar_t step, const int32_t errors[ANC_BLOCK],
                                  int64_t energy, int32_t exponent);

/* Adds the steps to n weights, saturating at +-ANC_WEIGHT_MAX. n is a multiple of ANC_BLOCK. */
void anc_block_update(int32_t *weights, const int16_t *x, size_t n, const anc_block_gains_t *gains);

#endif
