/*
 * Frequency-domain adaptation of a causal filter, preconditioned by the minimum-phase factors of
 * the power of the filtered reference, S = M M*:
 *     W = W - mu (1/M) {X* E / M*}+
 * {}+ keeps causal lags. 1/M* is anticausal and stands in front of the constraint, 1/M is causal
 * and stands behind it: so every frequency converges at one rate, and the filter settles at the
 * causal optimum. M comes from the folded cepstrum of S. (Elliott and Rafaely, IEEE Trans. Signal
 * Process. 48(5), 2000; the factor: Oppenheim and Schafer, ch. 13.)
 */
#include <math.h>
#include <string.h>

#include "controllers/block_controller.h"
#include "controllers/classes.h"
#include "controllers/hann_f32.h"
#include "dsp/simd_f32.h"
#include "dsp/vec_f32.h"

/* Share of the way to the optimum per block of half the taps. */
static const float STEP = 0.06f;
/* Of the smoothed power: what is left after a block. */
static const float KEEP_POWER = 0.9f;
/* Of the loudest bin: the factor's dynamic range. */
static const float SHARE_MIN = 1e-4f;
/* Mean square of the window. */
static const float HANN_POWER = 0.375f;
/* A last block of more than so many times the mean power of the frame has just got loud. */
static const float LOUDER = 8;

typedef struct {
    float *re, *im;
} spectrum_t;

typedef struct {
    block_controller_t blocks; /* first, for block_controller_play and its like */
    size_t bins;
    float *power, *signal; /* smoothed; scratch of a frame */
    spectrum_t reference, gradient, inverseFactor;
    float stepSize;
    uint32_t updates;
} preconditioned_t;
_Static_assert(sizeof(preconditioned_t) <= CONTROLLER_STATE_BYTES, "state");

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    preconditioned_t *s = state;
    size_t reach = CONTROLLER_MIN_TAPS;
    while (reach < o->taps)
        reach *= 2;
    /* colour is what the factors are for: pre-emphasis would only weigh the error */
    block_controller_lay_out(&s->blocks, o, (block_layout_t){reach / 2, 4 * reach, 0}, arena);
    s->bins = block_controller_bins(&s->blocks);
    s->stepSize = o->stepSize < 0 ? STEP : o->stepSize;
    float **spectra[] = {&s->power,           &s->reference.re, &s->reference.im,
                         &s->gradient.re,     &s->gradient.im,  &s->inverseFactor.re,
                         &s->inverseFactor.im};
    for (size_t i = 0; i < sizeof spectra / sizeof *spectra; i++)
        *spectra[i] = controller_take(arena, s->bins);
    s->signal = controller_take(arena, 4 * reach);
}

static void start(void *state, const controller_options_t *o) {
    block_controller_start(&((preconditioned_t *)state)->blocks, o);
}

static void smooth_power(preconditioned_t *s) {
    const size_t frame = s->blocks.layout.frame;
    const float sinceStart = 1 - 1 / (float)s->updates;
    const float keep = sinceStart < KEEP_POWER ? sinceStart : KEEP_POWER;
    hann_f32_power(s->reference.re, s->reference.im, frame, s->signal);
    for (size_t k = 0; k <= frame / 2; k++)
        s->power[k] = keep * s->power[k] + ((1 - keep) / HANN_POWER * s->signal[k] + LEAST_POWER);
}

static bool is_louder_at_end(const preconditioned_t *s) {
    const size_t block = s->blocks.layout.block, frame = s->blocks.layout.frame;
    const float *all = s->blocks.filtered, *end = all + frame - block;
    const float last = vec_f32_dot(end, end, block) / (float)block;
    return last * (float)frame > LOUDER * vec_f32_dot(all, all, frame) + 1e-12f;
}

/* 1/M for the power of a block: exp of the causal half of the cepstrum of -log(S) / 2. */
static void find_inverse_factor(preconditioned_t *s) {
    const size_t block = s->blocks.layout.block, frame = s->blocks.layout.frame, half = frame / 2;
    const float share = (float)block / (float)frame;
    const spectrum_t z = s->inverseFactor;
    float loudest = 0;
    for (size_t k = 0; k <= half; k++)
        if (s->power[k] > loudest) loudest = s->power[k];
    const float floor = SHARE_MIN * loudest + block_controller_bin_floor(&s->blocks);
    for (size_t k = 0; k <= half; k++)
        z.re[k] = -0.5f * logf(share * (s->power[k] + floor));
    memset(z.im, 0, s->bins * sizeof(float));
    fft_f32_inverse(&s->blocks.fft, z.re, z.im, s->signal);
    for (size_t n = 1; n < half; n++)
        s->signal[n] *= 2;
    memset(s->signal + half + 1, 0, (half - 1) * sizeof(float));
    fft_f32_forward(&s->blocks.fft, s->signal, z.re, z.im);
    for (size_t k = 0; k <= half; k++) {
        const float magnitude = expf(z.re[k]), angle = z.im[k];
        z.re[k] = magnitude * cosf(angle);
        z.im[k] = magnitude * sinf(angle);
    }
}

/* b = a b */
static void multiply(spectrum_t a, spectrum_t b, size_t bins) {
    for (size_t k = 0; k < bins; k += 4) {
        const f32x4 p = f32x4_load(a.re + k), q = f32x4_load(a.im + k);
        const f32x4 r = f32x4_load(b.re + k), i = f32x4_load(b.im + k);
        f32x4_store(b.re + k, p * r - q * i);
        f32x4_store(b.im + k, p * i + q * r);
    }
}

static void cross(spectrum_t a, spectrum_t b, size_t bins) {
    block_controller_cross(b.re, b.im, a.re, a.im, b.re, b.im, bins);
}

static void update(preconditioned_t *s) {
    const fft_f32_t *fft = &s->blocks.fft;
    const size_t block = s->blocks.layout.block, frame = s->blocks.layout.frame;
    const size_t taps = s->blocks.taps;
    s->updates++;
    fft_f32_forward(fft, s->blocks.filtered, s->reference.re, s->reference.im);
    smooth_power(s);
    /* the window fades out what is new: a frame that is not full yet, or just got loud, has no
     * spectrum to divide by */
    if (s->updates < 2 * frame / block || is_louder_at_end(s)) return;
    find_inverse_factor(s);
    fft_f32_forward(fft, s->blocks.errors, s->gradient.re, s->gradient.im);
    cross(s->reference, s->gradient, s->bins);
    cross(s->inverseFactor, s->gradient, s->bins);
    fft_f32_inverse(fft, s->gradient.re, s->gradient.im, s->signal);
    /* lags that wrapped around are behind frame - block */
    memset(s->signal + taps, 0, (frame - taps) * sizeof(float));
    fft_f32_forward(fft, s->signal, s->gradient.re, s->gradient.im);
    multiply(s->inverseFactor, s->gradient, s->bins);
    fft_f32_inverse(fft, s->gradient.re, s->gradient.im, s->signal);
    vec_f32_add_to(s->blocks.weights, s->signal, -s->stepSize, taps);
}

static void learn(void *state, float error, float played, bool isHeld) {
    preconditioned_t *s = state;
    (void)played;
    if (block_controller_learn(&s->blocks, error, isHeld) == BLOCK_READY) update(s);
}

const controller_class_t controller_preconditioned = {
    .name = "preconditioned",
    .title = "frequency-domain FxLMS preconditioned by minimum-phase factors",
    .source = "Elliott and Rafaely, IEEE Trans. Signal Process. 48(5), 2000",
    .lay_out = lay_out,
    .start = start,
    .play = block_controller_play,
    .learn = learn,
    .reset = block_controller_reset,
    .weights = block_controller_weights,
};
