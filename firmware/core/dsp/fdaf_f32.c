#include "dsp/fdaf_f32.h"

#include <string.h>

#include "dsp/sane_f32.h"
#include "dsp/simd_f32.h"
#include "dsp/vec_f32.h"

enum { BLOCK_MIN = 32 };

/* Of the smoothed power: what is left of the old after a block. */
static const float SMOOTHING = 0.9f;

/* Spectra are padded to whole vectors. */
static uint32_t bins_of(uint32_t block) {
    return (block + 1 + 3) & ~3u;
}

static size_t floats_of(const fdaf_f32_config_t *c) {
    const size_t spectra = (size_t)(c->taps / c->block) * bins_of(c->block);
    return 4 * spectra + 5 * bins_of(c->block) + 4 * (size_t)c->block;
}

size_t fdaf_f32_bytes(const fdaf_f32_config_t *config) {
    return floats_of(config) * sizeof(float) + fft_f32_bytes(2u * config->block);
}

static bool is_valid(const fdaf_f32_config_t *c) {
    return c->block >= BLOCK_MIN && c->block <= FFT_F32_MAX / 2 &&
           (c->block & (c->block - 1)) == 0 && c->taps >= c->block && c->taps <= 4096 &&
           c->taps % c->block == 0 && c->step >= 0 && c->step <= 2 && c->epsilon >= 0 &&
           c->leak >= 0 && c->leak < 1;
}

bool fdaf_f32_init(fdaf_f32_t *f, const fdaf_f32_config_t *config, void *memory) {
    const fdaf_f32_config_t c = *config;
    if (!is_valid(&c)) return false;
    float *next = memory;
    memset(next, 0, floats_of(&c) * sizeof(float));
    *f = (fdaf_f32_t){
        .config = c, .partitions = (uint32_t)(c.taps / c.block), .bins = bins_of(c.block)};
    const size_t spectra = (size_t)f->partitions * f->bins;
    float **parts[] = {&f->referenceRe, &f->referenceIm, &f->weightsRe, &f->weightsIm};
    for (size_t i = 0; i < 4; i++, next += spectra)
        *parts[i] = next;
    float **vectors[] = {&f->power, &f->re, &f->im, &f->gradientRe, &f->gradientIm};
    for (size_t i = 0; i < 5; i++, next += f->bins)
        *vectors[i] = next;
    f->window = next;
    f->signal = next + 2 * c.block;
    return fft_f32_init(&f->fft, 2u * c.block, next + 4 * c.block);
}

static const float *ring(const fdaf_f32_t *f, const float *spectra, uint32_t age) {
    return spectra + (size_t)((f->newest + age) % f->partitions) * f->bins;
}

/* re + j im += a * b */
static void multiply_add(float *re, float *im, const float *ar, const float *ai, const float *br,
                         const float *bi, size_t bins) {
    for (size_t k = 0; k < bins; k += 4) {
        const f32x4 p = f32x4_load(ar + k), q = f32x4_load(ai + k);
        const f32x4 r = f32x4_load(br + k), s = f32x4_load(bi + k);
        f32x4_store(re + k, f32x4_load(re + k) + (p * r - q * s));
        f32x4_store(im + k, f32x4_load(im + k) + (p * s + q * r));
    }
}

/* re + j im = keep * (re + j im) + conj(a) * b */
static void add_gradient(float *re, float *im, float keep, const float *ar, const float *ai,
                         const float *br, const float *bi, size_t bins) {
    const f32x4 kept = f32x4_all(keep);
    for (size_t k = 0; k < bins; k += 4) {
        const f32x4 p = f32x4_load(ar + k), q = f32x4_load(ai + k);
        const f32x4 r = f32x4_load(br + k), s = f32x4_load(bi + k);
        f32x4_store(re + k, kept * f32x4_load(re + k) + (p * r + q * s));
        f32x4_store(im + k, kept * f32x4_load(im + k) + (p * s - q * r));
    }
}

/* Smooths the power and divides the error's spectrum by it. Since the start the mean, later with a
 * fixed memory. */
static void normalise(fdaf_f32_t *f, float keep) {
    const float *xr = ring(f, f->referenceRe, 0), *xi = ring(f, f->referenceIm, 0);
    const f32x4 old = f32x4_all(keep), fresh = f32x4_all(1.0f - keep);
    const f32x4 least = f32x4_all(LEAST_POWER);
    const float scale = (float)f->partitions;
    const f32x4 floor = f32x4_all(2.0f * (float)f->config.block * f->config.epsilon + 1e-30f);
    const f32x4 step = f32x4_all(f->config.step / scale);
    for (size_t k = 0; k < f->bins; k += 4) {
        const f32x4 r = f32x4_load(xr + k), i = f32x4_load(xi + k);
        const f32x4 now = r * r + i * i;
        f32x4 power = old * f32x4_load(f->power + k) + (fresh * now + least);
        f32x4_store(f->power + k, power);
        /* a sudden loud block must not be divided by a quiet past */
        const f32x4 louder = now * f32x4_all(0.5f);
        power = f32x4_max(louder, power);
        const f32x4 gain = step / (power + floor);
        f32x4_store(f->re + k, f32x4_load(f->re + k) * gain);
        f32x4_store(f->im + k, f32x4_load(f->im + k) * gain);
    }
}

/* What is left of a spectrum of two blocks when only its first block is a filter. */
static void make_causal(const fdaf_f32_t *f, float *re, float *im) {
    const size_t block = f->config.block;
    fft_f32_inverse(&f->fft, re, im, f->signal);
    memset(f->signal + block, 0, block * sizeof(float));
    fft_f32_forward(&f->fft, f->signal, re, im);
}

/* Each update on its own is made causal: the filter always is. */
static void update_constrained(fdaf_f32_t *f, uint32_t age) {
    const size_t at = (size_t)age * f->bins, bytes = f->bins * sizeof(float);
    const float keep = 1.0f - f->config.leak;
    memset(f->gradientRe, 0, bytes);
    memset(f->gradientIm, 0, bytes);
    add_gradient(f->gradientRe, f->gradientIm, 0, ring(f, f->referenceRe, age),
                 ring(f, f->referenceIm, age), f->re, f->im, f->bins);
    make_causal(f, f->gradientRe, f->gradientIm);
    for (size_t k = 0; k < f->bins; k++) {
        f->weightsRe[at + k] = keep * f->weightsRe[at + k] + f->gradientRe[k];
        f->weightsIm[at + k] = keep * f->weightsIm[at + k] + f->gradientIm[k];
    }
}

/* The filter itself is made causal, some partitions a block: two transforms each instead of two for
 * every partition. */
static void update_in_turn(fdaf_f32_t *f) {
    for (uint32_t age = 0; age < f->partitions; age++) {
        const size_t at = (size_t)age * f->bins;
        add_gradient(f->weightsRe + at, f->weightsIm + at, 1.0f - f->config.leak,
                     ring(f, f->referenceRe, age), ring(f, f->referenceIm, age), f->re, f->im,
                     f->bins);
    }
    for (uint32_t i = 0; i < f->config.constrained; i++) {
        const size_t at = (size_t)f->turn * f->bins;
        make_causal(f, f->weightsRe + at, f->weightsIm + at);
        f->turn = (f->turn + 1) % f->partitions;
    }
}

static void update(fdaf_f32_t *f) {
    const uint32_t constrained = f->config.constrained;
    if (constrained > 0 && constrained < f->partitions) {
        update_in_turn(f);
    } else {
        for (uint32_t age = 0; age < f->partitions; age++)
            update_constrained(f, age);
    }
}

static void take_reference(fdaf_f32_t *f, const float *x) {
    const size_t block = f->config.block;
    memcpy(f->window, f->window + block, block * sizeof(float));
    for (size_t i = 0; i < block; i++)
        f->window[block + i] = sane_f32(x[i]);
    f->newest = (f->newest + f->partitions - 1) % f->partitions;
    const size_t at = (size_t)f->newest * f->bins;
    fft_f32_forward(&f->fft, f->window, f->referenceRe + at, f->referenceIm + at);
}

static bool is_sane(const float *values, size_t n) {
    int wrong = 0;
    for (size_t i = 0; i < n; i++)
        wrong |= sane_f32(values[i]) != values[i];
    return !wrong;
}

/* A filter whose output no sample can be forgets everything. */
static void start_again(fdaf_f32_t *f) {
    const size_t spectra = (size_t)f->partitions * f->bins;
    memset(f->weightsRe, 0, spectra * sizeof(float));
    memset(f->weightsIm, 0, spectra * sizeof(float));
    memset(f->signal, 0, 2 * (size_t)f->config.block * sizeof(float));
}

void fdaf_f32_process(fdaf_f32_t *f, const float *x, const float *d, float *e) {
    const size_t block = f->config.block;
    take_reference(f, x);
    memset(f->re, 0, f->bins * sizeof(float));
    memset(f->im, 0, f->bins * sizeof(float));
    for (uint32_t p = 0; p < f->partitions; p++)
        multiply_add(f->re, f->im, ring(f, f->referenceRe, p), ring(f, f->referenceIm, p),
                     f->weightsRe + (size_t)p * f->bins, f->weightsIm + (size_t)p * f->bins,
                     f->bins);
    fft_f32_inverse(&f->fft, f->re, f->im, f->signal);
    if (!is_sane(f->signal + block, block)) start_again(f);
    for (size_t i = 0; i < block; i++) {
        e[i] = sane_f32(d[i]) - f->signal[block + i];
        f->signal[block + i] = e[i];
    }
    memset(f->signal, 0, block * sizeof(float));
    fft_f32_forward(&f->fft, f->signal, f->re, f->im);
    f->blocks += f->blocks < 65536;
    const float mean = 1.0f - 1.0f / (float)f->blocks;
    normalise(f, mean < SMOOTHING ? mean : SMOOTHING);
    update(f);
}

void fdaf_f32_weights(const fdaf_f32_t *f, float *weights) {
    const size_t block = f->config.block;
    for (uint32_t p = 0; p < f->partitions; p++) {
        const size_t at = (size_t)p * f->bins;
        fft_f32_inverse(&f->fft, f->weightsRe + at, f->weightsIm + at, f->signal);
        memcpy(weights + p * block, f->signal, block * sizeof(float));
    }
}
