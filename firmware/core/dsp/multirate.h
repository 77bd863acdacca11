/*
 * The late part of a long control filter at an eighth of the sample rate: decimation filter, FIR,
 * interpolation filter. Both filters are the cubic B-spline, four boxes of eight samples: fourfold
 * zeros at the multiples of the low rate keep what is low free of images (at 48 kHz 83 dB below 500
 * Hz, 55 dB below 1 kHz). Their delay is part of the lag at which the branch begins, so nothing is
 * late. dsp-reference/src/algorithms/multirate-filter.ts is the same in float64.
 *
 * Every sample takes an eighth of all the work: there is none in which much is to do.
 */
#ifndef ANC_MULTIRATE_H
#define ANC_MULTIRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ANC_RATE_RATIO = 8,
    ANC_DIRECT_TAPS = 64,   /* of the filter beside the branch, at the full rate */
    ANC_LATE_OFFSET = 5,    /* low-rate samples before the first late weight: lag 40 and later */
    ANC_SPLINE_TAPS = 29,   /* values are integers, their sum is 8^4 */
    ANC_SPLINE_ROWS = 4,    /* of ANC_RATE_RATIO values, padded with zeros */
    ANC_LATE_HISTORY = 128, /* power of two; holds offset and most late weights */
    ANC_LATE_MAX = 120,     /* late weights, a multiple of ANC_RATE_RATIO */
    ANC_MULTIRATE_MIN_TAPS = 128,
    ANC_MULTIRATE_TAPS_STEP = 32,
};

extern const int16_t anc_spline[ANC_RATE_RATIO * ANC_SPLINE_ROWS];

/* Late weights of a filter that reaches over so many taps, a multiple of 4: the last one's response
 * ends with the reach. 40 + 8 (n - 1) + 57 <= taps, taps 128..1024 a multiple of 32. */
static inline size_t anc_late_count(size_t taps) {
    return taps / ANC_RATE_RATIO - 12;
}

typedef struct {
    uint32_t phase;                    /* 0..7 */
    uint32_t position;                 /* of the newest decimated sample */
    int64_t decimating, filtering;     /* sums under way */
    int32_t late_q30[ANC_SPLINE_ROWS]; /* output of the low-rate FIR, newest first */
    int16_t decimated_q15[2 * ANC_LATE_HISTORY];
} anc_multirate_t;

/*
 * One sample of the branch, Q31, |result| <= 2^35.
 * x_q27: the newest samples of the reference, newest first, 32 of them; every second one is negated
 * as in block.h, x_q27[0] if `odd`
 * weights: `count` <= ANC_LATE_MAX late weights, Q28, followed by zeros up to a multiple of 8. A
 * weight is about the tap that it stands for: with all of them 1 the gain for low sounds is 8
 * count.
 */
int64_t anc_multirate_step(anc_multirate_t *m, const int32_t *x_q27, bool odd,
                           const int32_t *weights, size_t count);

#endif
