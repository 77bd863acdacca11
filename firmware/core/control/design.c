#include "control/design.h"

#include <math.h>
#include <string.h>

#include "control/toeplitz.h"

/* No octave may be made louder than off by more than this ... */
#define ALLOWED_DB 0.3f
/* ... unless it stays below this share of the A-weighted power of all octaves: nobody hears that.
 */
#define UNHEARD 0.01f
/* A step of the dual ascent: dB of weight for each dB of excess, and the most at once. */
#define RAISE_SHARE 1.0f
#define RAISE_MOST_DB 3.0f
#define LOWER_SHARE 0.3f
#define LOWER_MOST_DB 0.5f
#define WEIGHT_MAX_DB 80.0f
/* Loading rises at once when a solution fails, and falls slowly. */
#define LOADING_RISE 4.0f
#define LOADING_FALL 0.8f
#define LOADING_MAX 1.0f
#define FLOOR_SHARE 0.5f

enum { FIRST_WATCHED = 1 }; /* below 44 Hz nothing is watched */

/* at the centres (IEC 61672-1) */
static const float aWeightingDb[DESIGN_OCTAVES] = {-39.5f, -26.2f, -16.2f, -8.7f, -3.2f,
                                                   0.0f,   1.2f,   1.0f,   -1.1f, -6.7f};

void design_init(design_t *d, float sampleRateHz, float outputLimit, arena_t *arena, size_t size) {
    *d = (design_t){.sampleRateHz = sampleRateHz};
    d->lags.re = arena_take(arena, size);
    d->lags.im = arena_take(arena, size);
    effort_init(&d->effort, outputLimit, arena, size);
}

void design_use_double(design_t *d, arena_t *arena, size_t taps) {
    d->solution = arena_take_doubles(arena, taps);
    d->predictor = arena_take_doubles(arena, taps);
}

void design_clear(design_t *d, size_t size) {
    memset(d->weightsDb, 0, sizeof d->weightsDb);
    memset(d->excessDb, 0, sizeof d->excessDb);
    d->loading = 0;
    effort_clear(&d->effort, size);
}

static float clamp(float v, float low, float high) {
    return v < low ? low : v > high ? high : v;
}

static float power_of_db(float db) {
    return powf(10.0f, db / 10.0f);
}

/* Where a bin lies on the scale of octaves: 0 at 31.25 Hz, 5 at 1 kHz; the ends are held. */
static float place_of(const design_t *d, size_t bin, size_t size) {
    const float hz = (float)bin * d->sampleRateHz / (float)size;
    return hz <= 31.25f ? 0.0f : clamp(log2f(hz / 31.25f), 0.0f, DESIGN_OCTAVES - 1);
}

static size_t octave_of(const design_t *d, size_t bin, size_t size) {
    return (size_t)(place_of(d, bin, size) + 0.5f);
}

/* Parzen's, whose transform has no negative values. */
static float parzen(float t) {
    if (t >= 1) return 0;
    return t < 0.5f ? 1 - 6 * t * t * (1 - t) : 2 * (1 - t) * (1 - t) * (1 - t);
}

/* The weighting's transform, smoothed to +-margin lags, in the statistics' scratch a. */
static void weighting_spectrum(const design_t *d, statistics_t *s) {
    const size_t size = s->layout.size;
    /* the same in all of an octave: with slopes the error would move to where its octave weighs
     * little, and no weight would keep the sum within what is allowed */
    float weights[DESIGN_OCTAVES];
    for (size_t i = 0; i < DESIGN_OCTAVES; i++)
        weights[i] = power_of_db(d->weightsDb[i]);
    for (size_t k = 0; k <= size / 2; k++) {
        s->a.re[k] = weights[octave_of(d, k, size)];
        if (k > 0) s->a.re[size - k] = s->a.re[k];
    }
    memset(s->a.im, 0, size * sizeof(float));
    fft_inverse(s->a, size, s->cosine, s->sine, size);
    for (size_t lag = 0; lag <= size / 2; lag++) {
        const float window = parzen((float)lag / (float)s->layout.margin);
        s->a.re[lag] *= window;
        if (lag > 0 && lag < size / 2) s->a.re[size - lag] *= window;
    }
    memset(s->a.im, 0, size * sizeof(float));
    fft_forward(s->a, size, s->cosine, s->sine, size);
}

static bool has_weights(const design_t *d) {
    for (size_t i = 0; i < DESIGN_OCTAVES; i++)
        if (d->weightsDb[i] > 0) return true;
    return false;
}

/* Leaves r in lags.re and the right side in lags.im. */
static void weighted_correlations(design_t *d, statistics_t *s) {
    const size_t size = s->layout.size;
    statistics_correlations(s, d->lags);
    const float power = d->lags.re[0];
    if (has_weights(d)) {
        fft_forward(d->lags, size, s->cosine, s->sine, size);
        weighting_spectrum(d, s);
        for (size_t k = 0; k < size; k++) {
            d->lags.re[k] *= s->a.re[k];
            d->lags.im[k] *= s->a.re[k];
        }
        fft_inverse(d->lags, size, s->cosine, s->sine, size);
    }
    effort_load(&d->effort, s, d->lags.re, power);
    for (size_t k = 0; k < s->layout.taps; k++)
        d->lags.im[k] = -d->lags.im[k];
}

/* What each octave may have at most, from what it has without the canceller. */
static void allow(const float *off, float *allowed) {
    float total = 0;
    for (size_t i = 0; i < DESIGN_OCTAVES; i++)
        total += power_of_db(aWeightingDb[i]) * off[i];
    for (size_t i = 0; i < DESIGN_OCTAVES; i++) {
        const float same = off[i] * power_of_db(ALLOWED_DB);
        const float unheard = UNHEARD * total / power_of_db(aWeightingDb[i]);
        allowed[i] = same > unheard ? same : unheard;
    }
}

/* In the statistics' scratch a. */
static void transform_filter(const statistics_t *s, const float *filter) {
    const size_t size = s->layout.size, taps = s->layout.taps;
    memcpy(s->a.re, filter, taps * sizeof(float));
    memset(s->a.re + taps, 0, (size - taps) * sizeof(float));
    memset(s->a.im, 0, size * sizeof(float));
    fft_forward(s->a, size, s->cosine, s->sine, size);
}

/* E = D + W F in every bin, its power summed over octaves, beside what is allowed there. W is in
 * scratch a. Returns that of all octaves. */
static float predict(design_t *d, const statistics_t *s) {
    const size_t size = s->layout.size;
    float on[DESIGN_OCTAVES] = {0}, off[DESIGN_OCTAVES] = {0}, allowed[DESIGN_OCTAVES];
    for (size_t k = 1; k <= size / 2; k++) {
        const float re = s->a.re[k], im = s->a.im[k];
        const size_t octave = octave_of(d, k, size);
        off[octave] += s->d[k];
        on[octave] +=
            s->d[k] + 2 * (re * s->crossRe[k] + im * s->crossIm[k]) + (re * re + im * im) * s->f[k];
    }
    allow(off, allowed);
    for (size_t i = 0; i < DESIGN_OCTAVES; i++) {
        const float ratio = allowed[i] > 0 ? on[i] / allowed[i] : 1;
        d->excessDb[i] = 10 * log10f(ratio > 1e-12f ? ratio : 1e-12f);
    }
    float left = 0;
    for (size_t i = 0; i < DESIGN_OCTAVES; i++)
        left += on[i];
    return left;
}

static void move_weights(design_t *d) {
    for (size_t i = FIRST_WATCHED; i < DESIGN_OCTAVES; i++) {
        const float excess = d->excessDb[i];
        const float step = excess > 0 ? fminf(RAISE_MOST_DB, RAISE_SHARE * excess)
                                      : fmaxf(-LOWER_MOST_DB, LOWER_SHARE * excess);
        d->weightsDb[i] = clamp(d->weightsDb[i] + step, 0, WEIGHT_MAX_DB);
    }
}

static bool is_finite(const float *values, size_t n) {
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabsf(values[i]);
    return isfinite(sum);
}

static bool solve(const design_t *d, statistics_t *s, float *filter, float floor) {
    const size_t taps = s->layout.taps;
    if (d->multirate.coefficients)
        return multirate_solve(&d->multirate, d->lags.re, d->lags.im, filter, taps, floor);
    /* scratch b is free here */
    if (!d->solution) return toeplitz_solve(d->lags.re, d->lags.im, filter, s->b.re, taps, floor);
    if (!toeplitz_solve_f64(d->lags.re, d->lags.im, d->solution, d->predictor, taps, floor))
        return false;
    for (size_t i = 0; i < taps; i++)
        filter[i] = (float)d->solution[i];
    return true;
}

/* Before the first filter the reference itself stands for the drive. */
static float drive_power(const design_t *d, const statistics_t *s, const float *filter) {
    const size_t size = s->layout.size;
    if (!d->effort.hasFilter) {
        float sum = 0;
        for (size_t k = 0; k <= size / 2; k++)
            sum += d->effort.x[k];
        return sum;
    }
    transform_filter(s, filter);
    return effort_filtered_power(s->a, d->effort.x, size);
}

bool design_solve(design_t *d, statistics_t *s, float regularisation, float *filter) {
    const float before = drive_power(d, s, filter);
    weighted_correlations(d, s);
    const float power = d->lags.re[0];
    if (!(power > 0) || !isfinite(power)) return false;
    d->loading = fmaxf(regularisation, d->loading * LOADING_FALL);
    for (; d->loading <= LOADING_MAX; d->loading *= LOADING_RISE) {
        const float floor = d->loading * power;
        d->lags.re[0] = power + floor;
        if (!solve(d, s, filter, FLOOR_SHARE * floor) || !is_finite(filter, s->layout.taps))
            continue;
        transform_filter(s, filter);
        const float left = predict(d, s);
        move_weights(d);
        const size_t size = s->layout.size;
        effort_move(&d->effort, before, effort_filtered_power(s->a, d->effort.x, size), left);
        return true;
    }
    return false;
}
