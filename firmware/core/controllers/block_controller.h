/*
 * A control filter that runs sample by sample in the time domain, without delay, and learns once a
 * block from transforms of the filtered reference and the error.
 */
#ifndef CONTROLLERS_BLOCK_CONTROLLER_H
#define CONTROLLERS_BLOCK_CONTROLLER_H

#include "controllers/controller.h"
#include "dsp/fft_f32.h"
#include "dsp/history_f32.h"

typedef struct {
    size_t block;   /* samples between two updates, a power of two */
    size_t frame;   /* samples of filtered reference that an update sees, a power of two */
    float emphasis; /* c of the pre-emphasis 1 - c z^-1 of error and filtered reference */
} block_layout_t;

typedef enum {
    BLOCK_GOES_ON,
    BLOCK_HELD, /* full, but a block counts as a whole or not at all */
    BLOCK_READY
} block_state_t;

typedef struct {
    block_layout_t layout;
    size_t taps, modelTaps, index;
    float *weights, *model;
    history_f32_t reference;
    /* `frame` samples, oldest first; of the errors all but the last `block` are zeros */
    float *filtered, *errors;
    float before, keep, keepHeld;
    bool wasHeld;
    fft_f32_t fft; /* of a frame */
    float *tables;
} block_controller_t;

/* Bins of a frame's transform, in whole vectors. */
static inline size_t block_controller_bins(const block_controller_t *b) {
    return (b->layout.frame / 2 + 1 + 3) / 4 * 4;
}

/* Power a sample beside that of the filtered reference, as power of a bin. */
static inline float block_controller_bin_floor(const block_controller_t *b) {
    return 1e-7f * (float)b->layout.frame;
}

void block_controller_lay_out(block_controller_t *b, const controller_options_t *o,
                              block_layout_t layout, arena_t *arena);
void block_controller_start(block_controller_t *b, const controller_options_t *o);

/* play, reset and weights of controller_class_t, for states that begin with the controller. */
float block_controller_play(void *state, float reference);
void block_controller_reset(void *state);
const float *block_controller_weights(const void *state, size_t *taps);

/* BLOCK_READY: one step of descent on the weights is due, from `filtered` and `errors`. */
block_state_t block_controller_learn(block_controller_t *b, float error, bool isHeld);

/* re + j im = conj(a) * b, the transform of the correlation sum_n a[n] b[n + k]; may be b. */
void block_controller_cross(float *re, float *im, const float *aRe, const float *aIm,
                            const float *bRe, const float *bIm, size_t bins);

#endif
