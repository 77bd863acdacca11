#include "controllers/online_identification.h"

#include <math.h>
#include <string.h>

#include "control/toeplitz.h"
#include "controllers/controller.h"
#include "controllers/mulberry32.h"

/* At the error microphone, relative to what that hears: -16 dB. */
static const float PROBE_GAIN = 0.158489319f;
static const float WINDOW_S = 2;
static const float FIRST_SHARE = 0.75f;
/* On sound that it was not fitted to, a correction must explain so many times what as many taps
 * explain by chance. */
static const double SIGNIFICANT = 1.5;
/* What a correction makes of the reference, over what the model makes of it, power; less is not
 * worth a fresh start. */
static const double NOTICEABLE = 0.001;
/* Half the probe's power is white, half below this: models go wrong at low frequencies, where the
 * fit leaks. */
static const float LOW_HZ = 150;
/* Of the level that the probe follows: slowly up, quickly down. */
static const float RISE = 0.1f;
static const float FALL = 0.5f;
/* Mean square at the error microphone below which there is nothing to hide a probe under: -80 dBFS.
 */
static const float FAINT = 1e-8f;
/* White loading beside the power of what goes in. Less, and the rounding of single precision shows.
 */
static const float LOADING = 1e-5f;
enum { ROUNDS = 3, SEED_OFFSET = 1000 };

static size_t most(size_t a, size_t b) {
    return a > b ? a : b;
}

static void lay_out_lags(const online_identification_t *o, probe_lags_t *l, arena_t *arena) {
    l->pp = controller_take(arena, o->taps);
    l->dp = controller_take(arena, o->taps);
    l->xx = controller_take(arena, o->reach);
    l->dx = controller_take(arena, NOISE_TAPS);
    l->px = controller_take(arena, o->ahead + NOISE_TAPS);
}

void online_identification_lay_out(online_identification_t *o, size_t taps, size_t block,
                                   float sampleRateHz, uint32_t seed, arena_t *arena) {
    o->taps = taps;
    o->block = block;
    o->ahead = NOISE_ADVANCE + taps;
    o->reach = most(taps, NOISE_TAPS);
    o->size = 1;
    while (o->size < block + o->ahead + o->reach)
        o->size *= 2;
    o->sampleRateHz = sampleRateHz;
    o->random = seed + SEED_OFFSET;
    o->windowBlocks = (uint32_t)(WINDOW_S * sampleRateHz / (float)block + 0.5f);
    if (o->windowBlocks < 4) o->windowBlocks = 4;
    o->firstBlocks = (uint32_t)(FIRST_SHARE * (float)o->windowBlocks + 0.5f);
    o->pole = 1 - expf(-6.28318531f * LOW_HZ / sampleRateHz);
    o->lowGain = sqrtf((2 - o->pole) / o->pole);
    float **arrays[] = {&o->contextP, &o->contextX, &o->contextD, &o->pSums.re, &o->pSums.im,
                        &o->xSums.re, &o->xSums.im, &o->xxSum.re, &o->xxSum.im, &o->a.re,
                        &o->a.im,     &o->b.re,     &o->b.im};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = controller_take(arena, o->size);
    o->cosine = controller_take(arena, o->size / 2);
    o->sine = controller_take(arena, o->size / 2);
    lay_out_lags(o, &o->first, arena);
    lay_out_lags(o, &o->whole, arena);
    o->secondary = controller_take(arena, taps);
    o->path = controller_take(arena, taps);
    o->trial = controller_take(arena, taps);
    o->noise = controller_take(arena, NOISE_TAPS);
    o->right = controller_take(arena, o->reach);
    o->predictor = controller_take(arena, o->reach);
}

void online_identification_start(online_identification_t *o, const float *secondary) {
    if (o->taps > 0) memcpy(o->secondary, secondary, o->taps * sizeof *secondary);
    fft_tables(o->cosine, o->sine, o->size);
}

float online_identification_next(online_identification_t *o, float reference) {
    const float white = (float)mulberry32_white(&o->random);
    o->low += o->pole * (white - o->low);
    o->probe = o->amplitude * (white + o->lowGain * o->low) * 0.707106781f;
    const size_t at = o->size - o->block + o->index++;
    o->contextP[at] = o->probe;
    o->contextX[at] = reference;
    return o->probe;
}

static void begin_window(online_identification_t *o) {
    const size_t bytes = o->size * sizeof(float);
    float *arrays[] = {o->contextP, o->contextX, o->contextD, o->pSums.re, o->pSums.im,
                       o->xSums.re, o->xSums.im, o->xxSum.re, o->xxSum.im};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        memset(arrays[i], 0, bytes);
    o->dd = 0;
    o->blocks = 0;
}

/* sums += part * conj(whole), whole the first or the second of two real signals whose transform as
 * one complex signal is z. */
static void add_products(complex_t sums, complex_t part, complex_t z, size_t size, bool second) {
    for (size_t k = 0; k < size; k++) {
        const size_t m = (size - k) & (size - 1);
        const float evenRe = (z.re[k] + z.re[m]) / 2, oddIm = (z.im[k] - z.im[m]) / 2;
        const float evenIm = (z.im[k] + z.im[m]) / 2, oddRe = (z.re[m] - z.re[k]) / 2;
        const float re = second ? evenIm : evenRe, im = second ? oddRe : oddIm;
        sums.re[k] += part.re[k] * re + part.im[k] * im;
        sums.im[k] += part.im[k] * re - part.re[k] * im;
    }
}

/* One block of the window against all that lies up to `reach` before and `ahead` after it. */
static void add_correlations(online_identification_t *o) {
    const size_t size = o->size, bytes = size * sizeof(float);
    const size_t to = size - o->ahead, from = to - o->block;
    memcpy(o->a.re, o->contextP, bytes);
    memcpy(o->a.im, o->contextX, bytes);
    fft_forward(o->a, size, o->cosine, o->sine, size);
    memset(o->b.re, 0, bytes);
    memset(o->b.im, 0, bytes);
    memcpy(o->b.re + from, o->contextP + from, o->block * sizeof(float));
    memcpy(o->b.im + from, o->contextD + from, o->block * sizeof(float));
    for (size_t n = from; n < to; n++)
        o->dd += o->contextD[n] * o->contextD[n];
    fft_forward(o->b, size, o->cosine, o->sine, size);
    add_products(o->pSums, o->b, o->a, size, false);
    add_products(o->xSums, o->b, o->a, size, true);
    memset(o->b.re, 0, bytes);
    memset(o->b.im, 0, bytes);
    memcpy(o->b.re + from, o->contextX + from, o->block * sizeof(float));
    fft_forward(o->b, size, o->cosine, o->sine, size);
    add_products(o->xxSum, o->b, o->a, size, true);
}

static void copy_lags(float *to, const float *cyclic, size_t size, size_t ahead, size_t n) {
    for (size_t i = 0; i < n; i++)
        to[i] = cyclic[(size - ahead + i) & (size - 1)];
}

static void inverse_of(online_identification_t *o, complex_t sums) {
    memcpy(o->a.re, sums.re, o->size * sizeof(float));
    memcpy(o->a.im, sums.im, o->size * sizeof(float));
    fft_inverse(o->a, o->size, o->cosine, o->sine, o->size);
}

static void read_lags(online_identification_t *o, probe_lags_t *l) {
    inverse_of(o, o->pSums);
    copy_lags(l->pp, o->a.re, o->size, 0, o->taps);
    copy_lags(l->dp, o->a.im, o->size, 0, o->taps);
    inverse_of(o, o->xSums);
    copy_lags(l->px, o->a.re, o->size, o->ahead, o->ahead + NOISE_TAPS - NOISE_ADVANCE);
    copy_lags(l->dx, o->a.im, o->size, NOISE_ADVANCE, NOISE_TAPS);
    inverse_of(o, o->xxSum);
    copy_lags(l->xx, o->a.re, o->size, 0, o->reach);
    l->dd = o->dd;
}

static bool solve(online_identification_t *o, float *r, const float *right, float *w, size_t n) {
    const float power = r[0], floor = LOADING * power;
    r[0] = power + floor;
    const bool solved = power > 0 && toeplitz_solve(r, right, w, o->predictor, n, floor / 2);
    r[0] = power;
    return solved;
}

/* sum p[n-i] x[n+ADVANCE-j] = px[j - i - ADVANCE] */
static float px_at(const online_identification_t *o, const probe_lags_t *l, size_t i, size_t j) {
    return l->px[o->ahead - NOISE_ADVANCE + j - i];
}

/* right = correlation of d - p * path with the reference */
static void without_path(online_identification_t *o, const probe_lags_t *l, const float *path) {
    for (size_t j = 0; j < NOISE_TAPS; j++) {
        float sum = 0;
        for (size_t i = 0; i < o->taps; i++)
            sum += path[i] * px_at(o, l, i, j);
        o->right[j] = l->dx[j] - sum;
    }
}

/* Correlation with the probe of what is left without the predicted noise. */
static float without_noise(const online_identification_t *o, const probe_lags_t *l, size_t i) {
    float sum = 0;
    for (size_t j = 0; j < NOISE_TAPS; j++)
        sum += o->noise[j] * px_at(o, l, i, j);
    return l->dp[i] - sum;
}

/* Path and noise filter in turns: what the error microphone has from the noise is predicted from
 * the reference and taken out. */
static bool fit_in_noise(online_identification_t *o, probe_lags_t *l, float *path) {
    memset(o->noise, 0, NOISE_TAPS * sizeof *o->noise);
    if (!solve(o, l->pp, l->dp, path, o->taps)) return false;
    for (int round = 0; round < ROUNDS; round++) {
        without_path(o, l, path);
        if (!solve(o, l->xx, o->right, o->noise, NOISE_TAPS)) return round > 0;
        for (size_t i = 0; i < o->taps; i++)
            o->right[i] = without_noise(o, l, i);
        if (!solve(o, l->pp, o->right, path, o->taps)) return false;
    }
    return true;
}

/* w' R w */
static double form(const float *r, const float *w, size_t n) {
    double sum = 0;
    for (size_t lag = 0; lag < n; lag++) {
        float products = 0;
        for (size_t i = lag; i < n; i++)
            products += w[i] * w[i - lag];
        sum += (lag == 0 ? 1 : 2) * (double)r[lag] * (double)products;
    }
    return sum;
}

static void subtract(float *from, const float *part, size_t n) {
    for (size_t i = 0; i < n; i++)
        from[i] -= part[i];
}

/* Whether the trial's path explains more than chance of what is left in the last quarter, which it
 * has not seen. `whole` becomes the correlations of that quarter. */
static bool is_significant(online_identification_t *o) {
    probe_lags_t *l = &o->whole;
    const probe_lags_t *first = &o->first;
    subtract(l->pp, first->pp, o->taps);
    subtract(l->dp, first->dp, o->taps);
    subtract(l->xx, first->xx, o->reach);
    subtract(l->dx, first->dx, NOISE_TAPS);
    subtract(l->px, first->px, o->ahead + NOISE_TAPS - NOISE_ADVANCE);
    double before = (double)(l->dd - first->dd) + form(l->xx, o->noise, NOISE_TAPS);
    for (size_t j = 0; j < NOISE_TAPS; j++)
        before -= 2 * (double)o->noise[j] * (double)l->dx[j];
    double gain = -form(l->pp, o->trial, o->taps);
    for (size_t i = 0; i < o->taps; i++)
        gain += 2 * (double)o->trial[i] * (double)without_noise(o, l, i);
    const double samples = (double)o->firstBlocks * (double)o->block;
    return gain >= SIGNIFICANT * (double)o->taps / samples * (before - gain);
}

static bool correct(online_identification_t *o) {
    if (!fit_in_noise(o, &o->first, o->trial)) return false;
    if (!fit_in_noise(o, &o->whole, o->path)) return false;
    const double heard = form(o->whole.xx, o->path, o->taps);
    const double known = form(o->whole.xx, o->secondary, o->taps);
    if (!is_significant(o) || !(heard >= NOTICEABLE * known)) return false;
    for (size_t i = 0; i < o->taps; i++)
        o->secondary[i] += o->path[i];
    o->corrections++;
    return true;
}

static void follow(online_identification_t *o, float errorPower) {
    const float share = errorPower > o->heardPower ? RISE : FALL;
    o->heardPower += share * (errorPower - o->heardPower);
    float gain = 0;
    for (size_t i = 0; i < o->taps; i++)
        gain += o->secondary[i] * o->secondary[i];
    const bool isFaint = errorPower < FAINT || !(gain > 0);
    o->amplitude = isFaint ? 0 : PROBE_GAIN * sqrtf(o->heardPower / gain);
}

static void shift(float *context, size_t size, size_t block) {
    memmove(context, context + block, (size - block) * sizeof *context);
}

bool online_identification_add(online_identification_t *o, const float *disturbance,
                               float errorPower, bool isClean) {
    o->index = 0;
    follow(o, errorPower);
    if (errorPower < FAINT || !isClean) {
        begin_window(o);
        return false;
    }
    memcpy(o->contextD + o->size - o->block, disturbance, o->block * sizeof *disturbance);
    add_correlations(o);
    shift(o->contextP, o->size, o->block);
    shift(o->contextX, o->size, o->block);
    shift(o->contextD, o->size, o->block);
    o->blocks++;
    if (o->blocks == o->firstBlocks) read_lags(o, &o->first);
    if (o->blocks < o->windowBlocks) return false;
    read_lags(o, &o->whole);
    begin_window(o);
    return correct(o);
}
