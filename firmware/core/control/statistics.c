#include "control/statistics.h"

#include <math.h>
#include <string.h>

/* A block should be longer than the 10 ms between two control steps. */
enum { REACH_MIN = 256 };

layout_t statistics_layout(size_t taps, size_t secondaryTaps) {
    size_t reach = REACH_MIN;
    while (reach < taps || reach < secondaryTaps)
        reach *= 2;
    return (layout_t){.taps = taps, .margin = reach / 2, .block = 2 * reach, .size = 4 * reach};
}

void statistics_init(statistics_t *s, layout_t layout, arena_t *arena, const float *cosine,
                     const float *sine, complex_t a, complex_t b) {
    const size_t size = layout.size, bins = layout.size / 2 + 1;
    *s = (statistics_t){.layout = layout, .cosine = cosine, .sine = sine, .a = a, .b = b};
    s->sums.re = arena_take(arena, size);
    s->sums.im = arena_take(arena, size);
    s->f = arena_take(arena, bins);
    s->d = arena_take(arena, bins);
    s->crossRe = arena_take(arena, bins);
    s->crossIm = arena_take(arena, bins);
    s->contextF = arena_take(arena, size);
    s->contextD = arena_take(arena, size);
}

static void zero(float *values, size_t n) {
    memset(values, 0, n * sizeof *values);
}

void statistics_clear(statistics_t *s) {
    const size_t size = s->layout.size, bins = s->layout.size / 2 + 1;
    zero(s->sums.re, size);
    zero(s->sums.im, size);
    zero(s->f, bins);
    zero(s->d, bins);
    zero(s->crossRe, bins);
    zero(s->crossIm, bins);
    /* what was before the window is zero */
    zero(s->contextF, size);
    zero(s->contextD, size);
    s->samples = 0;
    s->decay = 1;
}

static void add_correlation(statistics_t *s, float keep) {
    const size_t size = s->layout.size, to = size - s->layout.margin;
    const size_t from = to - s->layout.block;
    memcpy(s->a.re, s->contextF, size * sizeof(float));
    zero(s->a.im, size);
    fft_forward(s->a, size, s->cosine, s->sine, size);
    zero(s->b.re, size);
    zero(s->b.im, size);
    float weight = 1;
    for (size_t n = to; n-- > from; weight *= s->decay) {
        s->b.re[n] = weight * s->contextF[n];
        s->b.im[n] = weight * s->contextD[n];
    }
    fft_forward(s->b, size, s->cosine, s->sine, size);
    for (size_t k = 0; k < size; k++) {
        const float pr = s->b.re[k], pi = s->b.im[k], cr = s->a.re[k], ci = s->a.im[k];
        s->sums.re[k] = keep * s->sums.re[k] + pr * cr + pi * ci;
        s->sums.im[k] = keep * s->sums.im[k] + pi * cr - pr * ci;
    }
}

static void add_power(statistics_t *s, float keep) {
    const size_t size = s->layout.size;
    for (size_t n = 0; n < size; n++) {
        const float angle = 6.28318530717958648f * ((float)n + 0.5f) / (float)size;
        const float hann = 0.5f - 0.5f * cosf(angle);
        s->a.re[n] = hann * s->contextF[n];
        s->a.im[n] = hann * s->contextD[n];
    }
    fft_forward(s->a, size, s->cosine, s->sine, size);
    for (size_t k = 0; k <= size / 2; k++) {
        const size_t m = (size - k) % size;
        /* the transforms of the two real signals that went in as one complex one */
        const float fRe = (s->a.re[k] + s->a.re[m]) / 2, fIm = (s->a.im[k] - s->a.im[m]) / 2;
        const float dRe = (s->a.im[k] + s->a.im[m]) / 2, dIm = (s->a.re[m] - s->a.re[k]) / 2;
        s->f[k] = keep * s->f[k] + fRe * fRe + fIm * fIm;
        s->d[k] = keep * s->d[k] + dRe * dRe + dIm * dIm;
        s->crossRe[k] = keep * s->crossRe[k] + dRe * fRe + dIm * fIm;
        s->crossIm[k] = keep * s->crossIm[k] + dIm * fRe - dRe * fIm;
    }
}

static void append(float *context, size_t size, const float *block, size_t n, float gain) {
    memmove(context, context + n, (size - n) * sizeof *context);
    for (size_t i = 0; i < n; i++)
        context[size - n + i] = gain * block[i];
}

void statistics_add(statistics_t *s, const float *f, const float *d, float keep, float share) {
    const size_t size = s->layout.size, block = s->layout.block;
    const float gain = sqrtf(share);
    append(s->contextF, size, f, block, gain);
    append(s->contextD, size, d, block, gain);
    s->samples = keep * s->samples + share * (float)block;
    s->decay = powf(keep, 1.0f / (float)block);
    add_correlation(s, keep);
    add_power(s, keep);
}

void statistics_correlations(statistics_t *s, complex_t lags) {
    const size_t size = s->layout.size, margin = s->layout.margin, taps = s->layout.taps;
    memcpy(s->a.re, s->sums.re, size * sizeof(float));
    memcpy(s->a.im, s->sums.im, size * sizeof(float));
    fft_inverse(s->a, size, s->cosine, s->sine, size);
    zero(lags.re, size);
    zero(lags.im, size);
    for (size_t k = 0; k < taps + margin; k++) {
        const float window = powf(s->decay, (float)k / 2);
        lags.re[k] = s->a.re[k] * window;
        lags.im[k] = s->a.im[k] * window;
        if (k == 0 || k > margin) continue;
        lags.re[size - k] = lags.re[k];
        lags.im[size - k] = s->a.im[size - k] / window;
    }
}
