/*
 * NLMS as an electrical canceller in single precision: e = d - w x, then w = (1 - leak) w + mu e x
 * / (eps + x'x). A priori error, zero initial state. (Haykin, Adaptive Filter Theory, ch. 6.)
 *
 * One pass over the weights a sample: the update that the last sample asked for and the filter of
 * this one are fused. The energy is a double and is summed afresh each time the history wraps, and
 * when it has fallen by 60 dB, so nothing drifts after a loud passage. What is not a number on its
 * way in, or 120 dB above full scale, counts as 0; a filter whose output leaves that range starts
 * again from zero.
 */
#ifndef ANC_NLMS_F32_H
#define ANC_NLMS_F32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NLMS_F32_MAX_TAPS = 4096, NLMS_F32_TAPS_STEP = 16 };

typedef struct {
    uint16_t taps; /* 16..4096, a multiple of 16 */
    float step;    /* mu, 0..2 */
    float epsilon; /* beside the energy; full scale is 1 */
    float leak;    /* share of each weight that is forgotten a sample, 0 up to 1 */
} nlms_f32_config_t;

typedef struct {
    nlms_f32_config_t config;
    double energy, loudest; /* of the window; its largest since it was last summed afresh */
    float gain;             /* of the update that is still to be made */
    uint32_t position;
    float *history; /* 2 * taps + 16, mirrored, newest first; the sample after the window is the one
                       before it */
    float *weights; /* taps, without the pending update: see nlms_f32_weights */
} nlms_f32_t;

/* Bytes of memory for so many taps. */
size_t nlms_f32_bytes(uint32_t taps);

/* false and no change when a setting is out of range. `memory` is aligned for float. */
bool nlms_f32_init(nlms_f32_t *n, const nlms_f32_config_t *config, void *memory);

/* count samples of reference x and primary d; e may be d. */
void nlms_f32_process(nlms_f32_t *n, const float *x, const float *d, float *e, size_t count);

/* The weights with the update that is pending, newest tap first, `taps` of them. */
void nlms_f32_weights(const nlms_f32_t *n, float *weights);

#endif
