#include "control/effort.h"

#include <math.h>
#include <string.h>

/* Of the weight: so little that nothing of it is left beside the loading, and more than any drive
 * needs. */
#define OFF_DB -60.0f
#define MAX_DB 60.0f
/* A step of the dual ascent: dB of weight for each dB of excess, and the most at once. */
#define RAISE_SHARE 0.5f
#define RAISE_MOST_DB 3.0f
#define LOWER_SHARE 0.2f
#define LOWER_MOST_DB 1.0f
/* What the limiter cuts off may be so much of the sound that is left, in power: less, and the
 * weaker filter leaves more. */
#define ALLOWED 1.0f
#define LOWEST_DB -44.0f

void effort_init(effort_t *e, float outputLimit, arena_t *arena, size_t size) {
    *e = (effort_t){.limitPower = outputLimit * outputLimit, .weightDb = OFF_DB};
    e->x = arena_take(arena, size / 2 + 1);
}

void effort_clear(effort_t *e, size_t size) {
    memset(e->x, 0, (size / 2 + 1) * sizeof *e->x);
    memset(e->counts, 0, sizeof e->counts);
    e->weightDb = OFF_DB;
    e->square = e->shiftDb = e->cut = e->cutHeard = 0;
    e->hasFilter = false;
}

/* Bin k of the real signal x in the transform z of x + j w, twice; of w times j in the other. */
static float twice_re(complex_t z, size_t k, size_t size) {
    return z.re[k & (size - 1)] + z.re[(size - k) & (size - 1)];
}

static float twice_im(complex_t z, size_t k, size_t size) {
    return z.im[k & (size - 1)] - z.im[(size - k) & (size - 1)];
}

/* Hann's window is three taps in the spectrum. */
static void add_power(effort_t *e, complex_t z, size_t size, float keep, float share) {
    for (size_t k = 0; k <= size / 2; k++) {
        const size_t low = k + size - 1, high = k + 1;
        const float re =
            twice_re(z, k, size) / 4 - (twice_re(z, low, size) + twice_re(z, high, size)) / 8;
        const float im =
            twice_im(z, k, size) / 4 - (twice_im(z, low, size) + twice_im(z, high, size)) / 8;
        e->x[k] = keep * e->x[k] + share * (re * re + im * im);
    }
}

/* The transform of w * x, both real and in one transform z. */
static void multiply_parts(complex_t product, complex_t z, size_t size) {
    for (size_t k = 0; k < size; k++) {
        const size_t m = (size - k) & (size - 1);
        const float xRe = twice_re(z, k, size) / 2, xIm = twice_im(z, k, size) / 2;
        const float wRe = (z.im[k] + z.im[m]) / 2, wIm = (z.re[m] - z.re[k]) / 2;
        product.re[k] = xRe * wRe - xIm * wIm;
        product.im[k] = xRe * wIm + xIm * wRe;
    }
}

static void count(effort_t *e, float drive, float share) {
    const float power = drive * drive / e->limitPower;
    if (!isfinite(power)) return;
    e->square += share * power;
    const float level = 10 * log10f(power + 1e-20f) - e->shiftDb - LOWEST_DB;
    if (level < 0) return;
    e->counts[level >= EFFORT_LEVELS ? EFFORT_LEVELS - 1 : (int)level] += share;
}

/* Leaves of the drive in scratch b what a limiter cuts off its newest block; its energy. */
static float cut_off(const effort_t *e, const statistics_t *s) {
    const size_t size = s->layout.size, from = size - s->layout.block;
    const float limit = sqrtf(e->limitPower);
    float energy = 0;
    for (size_t n = 0; n < size; n++) {
        const float drive = s->b.re[n];
        const float over = n < from || !isfinite(drive) ? 0 : fmaxf(0, fabsf(drive) - limit);
        s->b.re[n] = drive < 0 ? -over : over;
        s->b.im[n] = 0;
        energy += over * over;
    }
    return energy;
}

static void hear_cut(effort_t *e, const statistics_t *s, complex_t secondary, float share) {
    const size_t size = s->layout.size;
    const float energy = cut_off(e, s);
    if (!(energy > 0)) return;
    fft_forward(s->b, size, s->cosine, s->sine, size);
    float heard = 0;
    for (size_t k = 0; k < size; k++)
        heard += (secondary.re[k] * secondary.re[k] + secondary.im[k] * secondary.im[k]) *
                 (s->b.re[k] * s->b.re[k] + s->b.im[k] * s->b.im[k]);
    e->cut += share * energy;
    e->cutHeard += share * heard / (float)size;
}

void effort_hear(effort_t *e, const statistics_t *s, const float *context, const float *filter,
                 complex_t secondary, float keep, float share) {
    const size_t size = s->layout.size, block = s->layout.block;
    memcpy(s->a.re, context, size * sizeof(float));
    memset(s->a.im, 0, size * sizeof(float));
    if (e->hasFilter)
        memcpy(s->a.im, filter, s->layout.taps * sizeof(float));
    else
        s->a.im[0] = 1;
    fft_forward(s->a, size, s->cosine, s->sine, size);
    add_power(e, s->a, size, keep, share);
    multiply_parts(s->b, s->a, size);
    fft_inverse(s->b, size, s->cosine, s->sine, size);
    e->square *= keep;
    for (int i = 0; i < EFFORT_LEVELS; i++)
        e->counts[i] *= keep;
    for (size_t n = size - block; n < size; n++)
        count(e, s->b.re[n], share);
    e->cut *= keep;
    e->cutHeard *= keep;
    hear_cut(e, s, secondary, share);
}

void effort_load(const effort_t *e, const statistics_t *s, float *r, float power) {
    if (e->weightDb <= OFF_DB) return;
    const size_t size = s->layout.size;
    for (size_t k = 0; k < size; k++)
        s->a.re[k] = e->x[k <= size / 2 ? k : size - k];
    memset(s->a.im, 0, size * sizeof(float));
    /* circular, of windowed blocks: positive semidefinite whatever was heard */
    fft_inverse(s->a, size, s->cosine, s->sine, size);
    if (!(s->a.re[0] > 0)) return;
    const float beta = powf(10, e->weightDb / 10) * power / s->a.re[0];
    for (size_t lag = 0; lag < s->layout.taps; lag++)
        r[lag] += beta * s->a.re[lag];
}

float effort_filtered_power(complex_t filter, const float *power, size_t size) {
    float sum = 0;
    for (size_t k = 0; k <= size / 2; k++)
        sum += (filter.re[k] * filter.re[k] + filter.im[k] * filter.im[k]) * power[k];
    return sum;
}

/* Whole dB move the counts, the rest stays in the shift. */
static void scale(effort_t *e, float ratio) {
    e->square *= ratio;
    e->shiftDb += 10 * log10f(ratio);
    const int whole = (int)e->shiftDb;
    if (whole == 0) return;
    e->shiftDb -= (float)whole;
    float old[EFFORT_LEVELS];
    memcpy(old, e->counts, sizeof old);
    memset(e->counts, 0, sizeof e->counts);
    for (int i = 0; i < EFFORT_LEVELS; i++) {
        const int to = i + whole;
        if (to >= 0) e->counts[to < EFFORT_LEVELS ? to : EFFORT_LEVELS - 1] += old[i];
    }
}

/* Of the drive's power: what the limiter takes away. */
static float cut_share(const effort_t *e) {
    float sum = 0;
    for (int i = 0; i < EFFORT_LEVELS; i++) {
        const float over = powf(10, (LOWEST_DB + (float)i + 0.5f + e->shiftDb) / 20) - 1;
        if (over > 0) sum += e->counts[i] * over * over;
    }
    return e->square > 0 ? sum / e->square : 0;
}

void effort_move(effort_t *e, float before, float after, float left) {
    e->hasFilter = true;
    const float ratio = after / before;
    if (before > 0 && after > 0 && isfinite(ratio)) scale(e, ratio);
    const float toEar = e->cut > 0 ? e->cutHeard / e->cut : 0;
    const float cut = cut_share(e) * after * toEar;
    const float excessDb = 10 * log10f((cut + 1e-30f) / (ALLOWED * left + 1e-30f));
    const float step = excessDb > 0 ? fminf(RAISE_MOST_DB, RAISE_SHARE * excessDb)
                                    : fmaxf(-LOWER_MOST_DB, LOWER_SHARE * excessDb);
    e->weightDb = fmaxf(OFF_DB, fminf(MAX_DB, e->weightDb + step));
}
