/*
 * Delayless partitioned frequency-domain FxLMS. The filter runs in the time domain; once a block of
 * B samples the gradient of every partition of B taps comes from transforms of 2 B, each bin
 * normalised by its own power, constrained to the partition's taps.
 *     w_p = w_p - mu {IFFT(X*_p E / (P + P_floor))}_0..B-1
 * The spectrum of a block is that of the next partition a block later, and is kept. (Morgan and
 * Thi, IEEE Trans. Signal Process. 43(8), 1995; Yang, Guo and Yang, Appl. Sci. 8(11) 2313, 2018.)
 */
#include "controllers/block_controller.h"
#include "controllers/classes.h"
#include "controllers/emphasis_f32.h"
#include "dsp/simd_f32.h"
#include "dsp/vec_f32.h"

static const float STEP = 0.05f; /* shared among the partitions */
/* Of the smoothed power of a bin: what is left after a block. */
static const float KEEP_POWER = 0.95f;
/* Bins are normalised by at least this share of the mean power: what the reference hardly holds is
 * not worth a step. */
static const float SHARE_MIN = 1e-4f;

enum { BLOCK_MAX = 256 };

typedef struct {
    block_controller_t blocks; /* first, for block_controller_play and its like */
    size_t partitions, bins, newest;
    float *referenceRe, *referenceIm; /* spectra of the last blocks, a ring */
    float *power, *errorRe, *errorIm, *re, *im, *step;
    float stepSize;
    uint32_t updates;
} frequency_domain_t;
_Static_assert(sizeof(frequency_domain_t) <= CONTROLLER_STATE_BYTES, "state");

/* The largest power of two that divides the taps, up to BLOCK_MAX. */
static size_t block_for(size_t taps) {
    size_t block = CONTROLLER_TAPS_STEP;
    while (block < BLOCK_MAX && taps % (2 * block) == 0)
        block *= 2;
    return block;
}

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    frequency_domain_t *s = state;
    const size_t block = block_for(o->taps);
    block_controller_lay_out(&s->blocks, o, (block_layout_t){block, 2 * block, EMPHASIS_F32},
                             arena);
    s->partitions = o->taps / block;
    s->bins = block_controller_bins(&s->blocks);
    s->stepSize = o->stepSize < 0 ? STEP : o->stepSize;
    s->referenceRe = controller_take(arena, s->partitions * s->bins);
    s->referenceIm = controller_take(arena, s->partitions * s->bins);
    float **spectra[] = {&s->power, &s->errorRe, &s->errorIm, &s->re, &s->im};
    for (size_t i = 0; i < sizeof spectra / sizeof *spectra; i++)
        *spectra[i] = controller_take(arena, s->bins);
    s->step = controller_take(arena, 2 * block);
}

static void start(void *state, const controller_options_t *o) {
    block_controller_start(&((frequency_domain_t *)state)->blocks, o);
}

/* E = mu E / (P + floor), P smoothed; a sudden loud block is not divided by a quiet past. */
static void normalise(frequency_domain_t *s, const float *xRe, const float *xIm) {
    const size_t half = s->blocks.layout.block;
    s->updates++;
    const float sinceStart = 1 - 1 / (float)s->updates;
    const float keep = sinceStart < KEEP_POWER ? sinceStart : KEEP_POWER;
    float sum = 0; /* over both sides of the spectrum */
    for (size_t k = 0; k <= half; k++) {
        const float now = xRe[k] * xRe[k] + xIm[k] * xIm[k];
        s->power[k] = keep * s->power[k] + ((1 - keep) * now + LEAST_POWER);
        sum += k == 0 || k == half ? s->power[k] : 2 * s->power[k];
    }
    const float floor =
        SHARE_MIN * sum / (float)(2 * half) + block_controller_bin_floor(&s->blocks);
    const float step = s->stepSize / (float)s->partitions;
    for (size_t k = 0; k <= half; k++) {
        const float louder = (xRe[k] * xRe[k] + xIm[k] * xIm[k]) / 2;
        const float gain = step / ((louder > s->power[k] ? louder : s->power[k]) + floor);
        s->errorRe[k] *= gain;
        s->errorIm[k] *= gain;
    }
}

static void update(frequency_domain_t *s) {
    const size_t block = s->blocks.layout.block;
    fft_f32_forward(&s->blocks.fft, s->blocks.errors, s->errorRe, s->errorIm);
    normalise(s, s->referenceRe + s->newest * s->bins, s->referenceIm + s->newest * s->bins);
    for (size_t p = 0; p < s->partitions; p++) {
        const size_t at = (s->newest + p) % s->partitions * s->bins;
        block_controller_cross(s->re, s->im, s->referenceRe + at, s->referenceIm + at, s->errorRe,
                               s->errorIm, s->bins);
        fft_f32_inverse(&s->blocks.fft, s->re, s->im, s->step);
        float *weights = s->blocks.weights + p * block;
        for (size_t i = 0; i < block; i += 4)
            f32x4_store(weights + i, f32x4_load(weights + i) - f32x4_load(s->step + i));
    }
}

static void learn(void *state, float error, float played, bool isHeld) {
    frequency_domain_t *s = state;
    (void)played;
    const block_state_t at = block_controller_learn(&s->blocks, error, isHeld);
    if (at == BLOCK_GOES_ON) return;
    s->newest = (s->newest + s->partitions - 1) % s->partitions;
    fft_f32_forward(&s->blocks.fft, s->blocks.filtered, s->referenceRe + s->newest * s->bins,
                    s->referenceIm + s->newest * s->bins);
    if (at == BLOCK_READY) update(s);
}

const controller_class_t controller_frequency_domain = {
    .name = "frequency-domain",
    .title = "delayless partitioned frequency-domain FxLMS",
    .source = "Yang, Guo and Yang, Appl. Sci. 8(11) 2313, 2018; Morgan and Thi, IEEE Trans. Signal "
              "Process. 43(8), 1995",
    .lay_out = lay_out,
    .start = start,
    .play = block_controller_play,
    .learn = learn,
    .reset = block_controller_reset,
    .weights = block_controller_weights,
};
