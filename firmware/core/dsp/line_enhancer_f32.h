/*
 * Adaptive line enhancer for one microphone, in single precision: a canceller whose reference is
 * its own input some samples ago. What is periodic can be predicted from there and is taken out,
 * noise that is correlated for less than the delay is not. (Widrow et al., Proc. IEEE 63(12), 1975;
 * Treichler, IEEE TASSP 27(1), 1979.)
 *
 * The filter is nlms_f32 or, in blocks, fdaf_f32; errors are theirs to the last bit, and so is what
 * happens to samples that are not finite or 120 dB above full scale: they count as 0.
 */
#ifndef ANC_LINE_ENHANCER_F32_H
#define ANC_LINE_ENHANCER_F32_H

#include "dsp/fdaf_f32.h"
#include "dsp/nlms_f32.h"

enum { LINE_ENHANCER_MAX_DELAY = 48000 };

typedef struct {
    uint16_t delay; /* 1..48000 samples: longer than the noise is correlated */
    uint16_t taps;  /* as the filter takes them */
    uint16_t block; /* of fdaf_f32, 32..4096, a power of two; 0 is nlms_f32 */
    float step;     /* mu, 0..2 */
    float epsilon;  /* beside the energy; full scale is 1 */
    float leak;     /* share of each weight that is forgotten a sample, or a block */
} line_enhancer_f32_config_t;

typedef struct {
    line_enhancer_f32_config_t config;
    union {
        nlms_f32_t nlms;
        fdaf_f32_t fdaf;
    } filter;
    float *line; /* a ring of the last `delay` samples, the oldest at `position` */
    float *late; /* the reference of the piece in work */
    uint32_t position;
} line_enhancer_f32_t;

size_t line_enhancer_f32_bytes(const line_enhancer_f32_config_t *config);

/* false and no change when a setting is out of range. `memory` is aligned for float. */
bool line_enhancer_f32_init(line_enhancer_f32_t *l, const line_enhancer_f32_config_t *config,
                            void *memory);

/* count samples, with fdaf_f32 whole blocks. rest, which may be input, is the input without what is
 * periodic; periodic is what was taken out of it, or NULL. */
void line_enhancer_f32_process(line_enhancer_f32_t *l, const float *input, float *rest,
                               float *periodic, size_t count);

/* The filter behind the delay, `taps` values, newest first. */
void line_enhancer_f32_weights(const line_enhancer_f32_t *l, float *weights);

#endif
