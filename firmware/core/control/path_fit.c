#include "control/path_fit.h"

#include <math.h>
#include <string.h>

#include "control/dot.h"
#include "control/toeplitz.h"

/* White loading beside the power of what goes in; a sweep has none at the ends of its band. It
 * rises when a recursion fails by rounding. */
#define LOADING 1e-5f
#define LOADING_RISE 4.0f
#define LOADING_MAX 0.1f
#define FLOOR_SHARE 0.5f
/* Mean square of a reference microphone from which nothing is predicted, -120 dBFS. */
#define SILENT 1e-12f

/* h alone, the path to the reference microphone, then g and h in turns. Once is best: the more
 * turns, the more of what the reference microphone hears of the loudspeaker g takes for noise. */
enum { STEP_LAGS, STEP_FEEDBACK, STEP_FIRST, STEP_TURNS, TURNS = 2 };

path_layout_t path_layout(size_t taps, size_t reach) {
    return (path_layout_t){
        .taps = taps, .noiseTaps = reach, .reach = reach, .block = 2 * reach, .size = 4 * reach};
}

static void zero(float *values, size_t n) {
    memset(values, 0, n * sizeof *values);
}

void path_fit_init(path_fit_t *f, path_layout_t layout, float sampleRateHz, arena_t *arena) {
    const size_t size = layout.size;
    *f = (path_fit_t){.layout = layout, .sampleRateHz = sampleRateHz};
    float *const cosine = arena_take(arena, size / 2), *const sine = arena_take(arena, size / 2);
    complex_t *spectra[] = {&f->withReference, &f->withPlayed, &f->ofPlayed, &f->a, &f->b};
    for (size_t i = 0; i < sizeof spectra / sizeof *spectra; i++) {
        spectra[i]->re = arena_take(arena, size);
        spectra[i]->im = arena_take(arena, size);
    }
    float **const signals[] = {&f->played, &f->reference, &f->error};
    for (size_t i = 0; i < 3; i++)
        *signals[i] = arena_take(arena, size);
    f->secondary = arena_take(arena, layout.taps);
    f->feedback = arena_take(arena, layout.taps);
    f->noise = arena_take(arena, layout.noiseTaps);
    if (arena->memory == NULL || arena->used > arena->floats) return;
    fft_tables(cosine, sine, size);
    f->cosine = cosine;
    f->sine = sine;
    path_fit_clear(f);
}

void path_fit_clear(path_fit_t *f) {
    const size_t size = f->layout.size;
    float *const values[] = {f->withReference.re, f->withReference.im, f->withPlayed.re,
                             f->withPlayed.im,    f->ofPlayed.re,      f->ofPlayed.im,
                             f->played,           f->reference,        f->error};
    /* what was before is silence */
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        zero(values[i], size);
    zero(f->noise, f->layout.noiseTaps);
    f->loading = LOADING;
    f->step = STEP_LAGS;
    f->quality = (path_quality_t){.blocks = 0};
}

static void forward(const path_fit_t *f, complex_t z) {
    fft_forward(z, f->layout.size, f->cosine, f->sine, f->layout.size);
}

static void inverse(const path_fit_t *f, complex_t z) {
    fft_inverse(z, f->layout.size, f->cosine, f->sine, f->layout.size);
}

static void append(const path_fit_t *f, float *context, const float *block) {
    const size_t kept = f->layout.size - f->layout.block;
    memmove(context, context + f->layout.block, kept * sizeof *context);
    memcpy(context + kept, block, f->layout.block * sizeof *context);
}

static void append_all(path_fit_t *f, const float *played, const float *reference,
                       const float *error) {
    append(f, f->played, played);
    append(f, f->reference, reference);
    append(f, f->error, error);
}

/* The transform of re + j im, NULL for zeros. */
static void transform(const path_fit_t *f, complex_t z, const float *re, const float *im) {
    const size_t size = f->layout.size;
    memcpy(z.re, re, size * sizeof *z.re);
    if (im)
        memcpy(z.im, im, size * sizeof *z.im);
    else
        zero(z.im, size);
    forward(f, z);
}

/* As transform, of the block in the middle of the context alone. */
static void transform_block(const path_fit_t *f, complex_t z, const float *re, const float *im) {
    const path_layout_t *l = &f->layout;
    zero(z.re, l->size);
    zero(z.im, l->size);
    memcpy(z.re + l->reach, re + l->reach, l->block * sizeof *z.re);
    if (im) memcpy(z.im + l->reach, im + l->reach, l->block * sizeof *z.im);
    forward(f, z);
}

/* sum += b a* */
static void accumulate(const path_fit_t *f, complex_t sum) {
    for (size_t k = 0; k < f->layout.size; k++) {
        const float br = f->b.re[k], bi = f->b.im[k], ar = f->a.re[k], ai = f->a.im[k];
        sum.re[k] += br * ar + bi * ai;
        sum.im[k] += bi * ar - br * ai;
    }
}

void path_fit_add(path_fit_t *f, const float *played, const float *reference, const float *error) {
    append_all(f, played, reference, error);
    transform_block(f, f->b, f->reference, f->error);
    transform(f, f->a, f->reference, NULL);
    accumulate(f, f->withReference);
    transform(f, f->a, f->played, NULL);
    accumulate(f, f->withPlayed);
    transform_block(f, f->b, f->played, NULL);
    accumulate(f, f->ofPlayed);
}

static void reverse(float *values, size_t n) {
    for (size_t i = 0, j = n - 1; i < j; i++, j--) {
        const float v = values[i];
        values[i] = values[j];
        values[j] = v;
    }
}

/* Moves lags -reach..reach-1 to the front, in order, so that a window over them is one straight
 * run: lag k is then at reach + k. */
static void straighten(const path_fit_t *f, float *lags) {
    const size_t size = f->layout.size, reach = f->layout.reach;
    memmove(f->a.re, lags, reach * sizeof *lags);
    memmove(lags, lags + size - reach, reach * sizeof *lags);
    memcpy(lags + reach, f->a.re, reach * sizeof *lags);
}

static void make_lags(path_fit_t *f) {
    const complex_t sums[] = {f->withReference, f->withPlayed, f->ofPlayed};
    for (size_t i = 0; i < 3; i++) {
        inverse(f, sums[i]);
        straighten(f, sums[i].re);
        straighten(f, sums[i].im);
    }
}

static bool is_finite(const float *values, size_t n) {
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabsf(values[i]);
    return isfinite(sum);
}

/* r: autocorrelation, lag 0 first; right side in a.re. Whether it worked; if not the loading rises.
 */
static bool solve(path_fit_t *f, const float *r, float *w, size_t n) {
    float *const loaded = f->b.im, *const predictor = f->b.re;
    memcpy(loaded, r, n * sizeof *r);
    loaded[0] = r[0] * (1 + f->loading);
    if (toeplitz_solve(loaded, f->a.re, w, predictor, n, FLOOR_SHARE * f->loading * r[0]) &&
        is_finite(w, n)) {
        f->loading = LOADING;
        return true;
    }
    f->loading *= LOADING_RISE;
    return false;
}

/* a.re: sum e[n] y[n-k] less what of it goes through g. With C(k) = sum x[n] y[n-k] that is
 * sum over j of g_j C(k - j + advance). */
static void right_side_of_path(path_fit_t *f) {
    const path_layout_t *l = &f->layout;
    const float *const ey = f->withPlayed.im + l->reach;
    const float *const c = f->withPlayed.re + (l->reach + PATH_ADVANCE + 1 - l->noiseTaps);
    reverse(f->noise, l->noiseTaps);
    for (size_t k = 0; k < l->taps; k++)
        f->a.re[k] = ey[k] - dot_f32(f->noise, c + k, l->noiseTaps);
    reverse(f->noise, l->noiseTaps);
}

/* a.re: sum e[n] x[n-k+advance] less what of it goes through h: sum over j of h_j C(advance-k+j).
 */
static void right_side_of_noise(path_fit_t *f) {
    const path_layout_t *l = &f->layout;
    const float *const ex = f->withReference.im + (l->reach - PATH_ADVANCE);
    const float *const c = f->withPlayed.re + (l->reach + PATH_ADVANCE);
    for (size_t k = 0; k < l->noiseTaps; k++)
        f->a.re[k] = ex[k] - dot_f32(f->secondary, c - k, l->taps);
}

/* h and g as transforms, where the correlations were. g begins `advance` samples early. */
static void prepare_to_judge(path_fit_t *f) {
    const path_layout_t *l = &f->layout;
    const complex_t h = f->withPlayed, g = f->withReference;
    zero(h.re, l->size);
    zero(h.im, l->size);
    zero(g.re, l->size);
    zero(g.im, l->size);
    memcpy(h.re, f->secondary, l->taps * sizeof *h.re);
    memcpy(g.re, f->noise + PATH_ADVANCE, (l->noiseTaps - PATH_ADVANCE) * sizeof *g.re);
    memcpy(g.re + l->size - PATH_ADVANCE, f->noise, PATH_ADVANCE * sizeof *g.re);
    forward(f, h);
    forward(f, g);
    f->isFirst = true;
    f->quality = (path_quality_t){.blocks = 0};
}

path_state_t path_fit_solve(path_fit_t *f) {
    const path_layout_t *l = &f->layout;
    const float *const yy = f->ofPlayed.re + l->reach, *const xx = f->withReference.re + l->reach;
    bool isDone = true;
    if (f->step == STEP_LAGS) {
        make_lags(f);
        if (!(yy[0] > 0) || !isfinite(yy[0])) return PATH_UNSOLVABLE;
    } else if (f->step == STEP_FEEDBACK) {
        memcpy(f->a.re, f->withPlayed.re + l->reach, l->taps * sizeof(float));
        isDone = solve(f, yy, f->feedback, l->taps);
    } else if (f->step == STEP_FIRST || (f->step - STEP_TURNS) % 2 == 1) {
        right_side_of_path(f);
        isDone = solve(f, yy, f->secondary, l->taps);
    } else if (!(xx[0] > SILENT)) {
        f->step = STEP_TURNS + TURNS;
    } else {
        right_side_of_noise(f);
        isDone = solve(f, xx, f->noise, l->noiseTaps);
    }
    if (!isDone) return f->loading > LOADING_MAX ? PATH_UNSOLVABLE : PATH_SOLVING;
    if (++f->step < STEP_TURNS + TURNS) return PATH_SOLVING;
    prepare_to_judge(f);
    return PATH_SOLVED;
}

/* z *= spectrum */
static void multiply(const path_fit_t *f, complex_t z, complex_t spectrum) {
    for (size_t k = 0; k < f->layout.size; k++) {
        const float a = z.re[k], b = z.im[k], c = spectrum.re[k], d = spectrum.im[k];
        z.re[k] = a * c - b * d;
        z.im[k] = a * d + b * c;
    }
}

/* h * y in a.re and g * x in a.im, right in the middle of the context. */
static void predict(path_fit_t *f) {
    transform(f, f->a, f->played, NULL);
    multiply(f, f->a, f->withPlayed);
    transform(f, f->b, f->reference, NULL);
    multiply(f, f->b, f->withReference);
    for (size_t k = 0; k < f->layout.size; k++) {
        f->a.re[k] -= f->b.im[k];
        f->a.im[k] += f->b.re[k];
    }
    inverse(f, f->a);
}

/* Hann-windowed power of b.re and b.im, `block` values each, added by octave. */
static void add_octaves(path_fit_t *f) {
    const path_layout_t *l = &f->layout;
    const size_t n = l->block;
    const complex_t z = f->b;
    for (size_t i = 0; i < n; i++) {
        const float hann = 0.5f - 0.5f * cosf(6.28318530717958648f * ((float)i + 0.5f) / (float)n);
        z.re[i] *= hann;
        z.im[i] *= hann;
    }
    fft_forward(z, n, f->cosine, f->sine, l->size);
    const float binHz = f->sampleRateHz / (float)n;
    for (int octave = 0; octave < PATH_OCTAVES; octave++) {
        const float centreHz = powf(10, 1.8f + 0.3f * (float)octave), half = powf(10, 0.15f);
        size_t from = (size_t)ceilf(centreHz / half / binHz);
        size_t to = (size_t)floorf(centreHz * half / binHz);
        if (to > n / 2 - 1) to = n / 2 - 1;
        if (from > to) from = to; /* an octave between two bins takes the lower one */
        for (size_t k = from > 0 ? from : 1; k <= to; k++) {
            /* the transforms of the two real signals that went in as one complex one */
            const float sRe = z.re[k] + z.re[n - k], sIm = z.im[k] - z.im[n - k];
            const float rRe = z.im[k] + z.im[n - k], rIm = z.re[n - k] - z.re[k];
            f->quality.signal[octave] += sRe * sRe + sIm * sIm;
            f->quality.rest[octave] += rRe * rRe + rIm * rIm;
        }
    }
}

void path_fit_judge(path_fit_t *f, const float *played, const float *reference,
                    const float *error) {
    const path_layout_t *l = &f->layout;
    append_all(f, played, reference, error);
    const bool hasContext = !f->isFirst;
    f->isFirst = false;
    if (!hasContext) return;
    predict(f);
    float heard = 0, left = 0;
    for (size_t i = 0; i < l->block; i++) {
        const size_t at = l->reach + i;
        const float clean = f->error[at] - f->a.im[at], rest = clean - f->a.re[at];
        heard += clean * clean;
        left += rest * rest;
        f->b.re[i] = f->a.re[at];
        f->b.im[i] = rest;
    }
    f->quality.heard += heard / (float)l->block;
    f->quality.left += left / (float)l->block;
    f->quality.blocks++;
    add_octaves(f);
}

float path_fit_heard(path_fit_t *f, const float *path) {
    const path_layout_t *l = &f->layout;
    zero(f->b.re, l->size);
    zero(f->b.im, l->size);
    memcpy(f->b.re, path, l->taps * sizeof *path);
    forward(f, f->b);
    transform(f, f->a, f->reference, NULL);
    multiply(f, f->a, f->b);
    float sum = 0;
    for (size_t k = 0; k < l->size; k++)
        sum += f->a.re[k] * f->a.re[k] + f->a.im[k] * f->a.im[k];
    return sum / (float)l->size;
}
