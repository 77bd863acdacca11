#include "controllers/block_controller.h"

#include <math.h>
#include <string.h>

#include "controllers/control_filter.h"
#include "controllers/emphasis_f32.h"
#include "dsp/simd_f32.h"
#include "dsp/vec_f32.h"

/* A filter that always reaches the limit would never be allowed to learn: it shrinks, with this
 * time constant. */
static const float SHRINK_S = 0.2f;

void block_controller_lay_out(block_controller_t *b, const controller_options_t *o,
                              block_layout_t layout, arena_t *arena) {
    const size_t taps = o->taps, modelTaps = vec_f32_padded(o->secondaryTaps + 1);
    b->layout = layout;
    b->taps = taps;
    b->modelTaps = modelTaps;
    b->weights = controller_take(arena, taps);
    b->model = controller_take(arena, modelTaps);
    b->reference.length = taps > modelTaps ? taps : modelTaps;
    b->reference.samples = controller_take(arena, history_f32_floats(b->reference.length));
    b->filtered = controller_take(arena, layout.frame);
    b->errors = controller_take(arena, layout.frame);
    b->tables = controller_take(arena, fft_f32_bytes((uint32_t)layout.frame) / sizeof(float));
    b->keep = leakage_f32_keep(o->leakage < 0 ? CONTROL_FILTER_LEAKAGE : o->leakage,
                               o->sampleRateHz, layout.block);
    b->keepHeld = expf(-(float)layout.block / (SHRINK_S * o->sampleRateHz));
}

void block_controller_start(block_controller_t *b, const controller_options_t *o) {
    emphasise_f32(b->model, o->secondary, o->secondaryTaps, b->layout.emphasis);
    fft_f32_init(&b->fft, (uint32_t)b->layout.frame, b->tables);
}

float block_controller_play(void *state, float reference) {
    block_controller_t *b = state;
    history_f32_put(&b->reference, reference);
    return vec_f32_dot(history_f32_window(&b->reference), b->weights, b->taps);
}

block_state_t block_controller_learn(block_controller_t *b, float error, bool isHeld) {
    const size_t block = b->layout.block, frame = b->layout.frame;
    if (b->index == 0) {
        memmove(b->filtered, b->filtered + block, (frame - block) * sizeof(float));
        b->wasHeld = false;
    }
    const size_t at = frame - block + b->index;
    b->filtered[at] = vec_f32_dot(history_f32_window(&b->reference), b->model, b->modelTaps);
    b->errors[at] = error - b->layout.emphasis * b->before;
    b->before = error;
    b->wasHeld = b->wasHeld || isHeld;
    if (++b->index < block) return BLOCK_GOES_ON;
    b->index = 0;
    vec_f32_scale(b->weights, b->wasHeld ? b->keepHeld : b->keep, b->taps);
    return b->wasHeld ? BLOCK_HELD : BLOCK_READY;
}

void block_controller_reset(void *state) {
    block_controller_t *b = state;
    memset(b->weights, 0, b->taps * sizeof *b->weights);
}

const float *block_controller_weights(const void *state, size_t *taps) {
    const block_controller_t *b = state;
    *taps = b->taps;
    return b->weights;
}

void block_controller_cross(float *re, float *im, const float *aRe, const float *aIm,
                            const float *bRe, const float *bIm, size_t bins) {
    for (size_t k = 0; k < bins; k += 4) {
        const f32x4 p = f32x4_load(aRe + k), q = f32x4_load(aIm + k);
        const f32x4 r = f32x4_load(bRe + k), s = f32x4_load(bIm + k);
        f32x4_store(re + k, p * r + q * s);
        f32x4_store(im + k, p * s - q * r);
    }
}
