/*
 * Partitioned-block frequency-domain adaptive filter in single precision: an electrical canceller
 * whose work a sample grows with the logarithm of the length. Overlap-save, gradient constrained to
 * causal filters, step normalised in every bin by the smoothed power of the reference. (Soo and
 * Pang, IEEE TASSP 38, 1990; Haykin, Adaptive Filter Theory, ch. 7.) What is not finite on its way
 * in, or 120 dB above full scale, counts as 0; a filter whose output leaves that
 * range starts again from zero.
 */
#ifndef ANC_FDAF_F32_H
#define ANC_FDAF_F32_H

#include "dsp/fft_f32.h"

typedef struct {
    uint16_t taps;  /* a multiple of block, at most 4096 */
    uint16_t block; /* 32..4096, a power of two */
    float step;     /* mu, 0..2 */
    float epsilon;  /* beside the power of the reference a sample; full scale is 1 */
    float leak;     /* share of each weight that is forgotten a block, 0 up to 1 */
    /* Partitions made causal a block, in turn; between its turns a partition takes the whole
     * gradient. 0, or as many as there are: every gradient is made causal. */
    uint16_t constrained;
} fdaf_f32_config_t;

typedef struct {
    fdaf_f32_config_t config;
    fft_f32_t fft; /* of 2 * block */
    uint32_t partitions, bins, newest;
    uint32_t turn;                    /* the next partition to be made causal */
    uint32_t blocks;                  /* processed, stops at 2^16 */
    float *referenceRe, *referenceIm; /* partitions * bins, a ring of the newest spectra of x */
    float *weightsRe, *weightsIm;     /* partitions * bins */
    float *power;                     /* bins, smoothed |X|^2 */
    float *re, *im;                   /* bins */
    float *gradientRe, *gradientIm;   /* bins */
    float *window, *signal;           /* 2 * block: the last two blocks of x; scratch */
} fdaf_f32_t;

size_t fdaf_f32_bytes(const fdaf_f32_config_t *config);

/* false and no change when a setting is out of range. `memory` is aligned for float. */
bool fdaf_f32_init(fdaf_f32_t *f, const fdaf_f32_config_t *config, void *memory);

/* `block` samples of reference x and primary d; e may be d. */
void fdaf_f32_process(fdaf_f32_t *f, const float *x, const float *d, float *e);

/* The filter in the time domain, `taps` values, newest tap first. */
void fdaf_f32_weights(const fdaf_f32_t *f, float *weights);

#endif
