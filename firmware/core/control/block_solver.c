#include "control/block_solver.h"

#include <math.h>
#include <string.h>

/* time constant of forgetting */
#define MEMORY_S 6.0f
/* The first filter comes after so much sound. */
#define FIRST_S 0.15f
/* What is lower is neither heard nor played by a small driver. */
#define CUTOFF_HZ 30.0
/* A block that is louder than the mean by more than this counts as if it were so loud: a bang is
 * not the noise. */
#define LOUD_BLOCK 16.0f

enum { FIRST_SOLVES = 8 }; /* of the dual ascent, where nothing is known yet */

void block_solver_lay_out(block_solver_t *s, layout_t layout, float sampleRateHz, float outputLimit,
                          float regularisation, arena_t *arena) {
    const size_t size = layout.size;
    s->layout = layout;
    s->sampleRateHz = sampleRateHz;
    s->regularisation = regularisation;
    s->cosine = arena_take(arena, size / 2);
    s->sine = arena_take(arena, size / 2);
    float **spectra[] = {&s->a.re,         &s->a.im,         &s->b.re,      &s->b.im,
                         &s->secondary.re, &s->secondary.im, &s->played.re, &s->played.im};
    for (size_t i = 0; i < sizeof spectra / sizeof *spectra; i++)
        *spectra[i] = arena_take(arena, size);
    s->filter = arena_take(arena, layout.taps);
    statistics_init(&s->statistics, layout, arena, s->cosine, s->sine, s->a, s->b);
    design_init(&s->design, sampleRateHz, outputLimit, arena, size);
}

static void set_high_pass(block_solver_t *s) {
    const double k = tan(3.14159265358979323846 * CUTOFF_HZ / (double)s->sampleRateHz);
    const double root = 1.41421356237309504880, norm = 1 / (1 + root * k + k * k);
    s->highPass[0] = norm;
    s->highPass[1] = 2 * (k * k - 1) * norm;
    s->highPass[2] = (1 - root * k + k * k) * norm;
    s->filteredHighPass = s->disturbanceHighPass = (high_pass_t){0, 0};
}

void block_solver_start(block_solver_t *s, const float *secondary, size_t taps) {
    fft_tables(s->cosine, s->sine, s->layout.size);
    s->keep = expf(-(float)s->layout.block / s->sampleRateHz / MEMORY_S);
    memset(s->played.re, 0, s->layout.size * sizeof(float));
    memset(s->played.im, 0, s->layout.size * sizeof(float));
    set_high_pass(s);
    block_solver_set_secondary(s, secondary, taps);
}

void block_solver_set_secondary(block_solver_t *s, const float *secondary, size_t taps) {
    const size_t size = s->layout.size;
    memset(s->secondary.re, 0, size * sizeof(float));
    memset(s->secondary.im, 0, size * sizeof(float));
    if (taps > 0) memcpy(s->secondary.re, secondary, taps * sizeof(float));
    fft_forward(s->secondary, size, s->cosine, s->sine, size);
    block_solver_forget(s);
}

void block_solver_forget(block_solver_t *s) {
    statistics_clear(&s->statistics);
    design_clear(&s->design, s->layout.size);
    s->isFirst = true;
    s->meanPower = 0;
}

/* Second-order Butterworth, transposed direct form II; its poles are too near 1 for single
 * precision. */
static void apply_high_pass(const block_solver_t *s, high_pass_t *h, float *block) {
    const double b = s->highPass[0], a1 = s->highPass[1], a2 = s->highPass[2];
    for (size_t i = 0; i < s->layout.block; i++) {
        const double x = (double)block[i], y = b * x + h->s1;
        h->s1 = -2 * b * x - a1 * y + h->s2;
        h->s2 = b * x - a2 * y;
        block[i] = (float)y;
    }
}

static void append(float *history, size_t size, const float *block, size_t count) {
    memmove(history, history + count, (size - count) * sizeof *history);
    memcpy(history + size - count, block, count * sizeof *history);
}

/* Both signals go through the model in one complex transform. */
void block_solver_hear(block_solver_t *s, float *x, const float *y, float *e) {
    const size_t size = s->layout.size, count = s->layout.block, rest = size - count;
    const complex_t z = s->a;
    append(s->played.re, size, x, count);
    append(s->played.im, size, y, count);
    memcpy(z.re, s->played.re, size * sizeof(float));
    memcpy(z.im, s->played.im, size * sizeof(float));
    fft_forward(z, size, s->cosine, s->sine, size);
    for (size_t k = 0; k < size; k++) {
        const float a = z.re[k], b = z.im[k], c = s->secondary.re[k], d = s->secondary.im[k];
        z.re[k] = a * c - b * d;
        z.im[k] = a * d + b * c;
    }
    fft_inverse(z, size, s->cosine, s->sine, size);
    for (size_t i = 0; i < count; i++)
        e[i] -= z.im[rest + i];
    memcpy(x, z.re + rest, count * sizeof(float));
}

float mean_square_f32(const float *signal, size_t count) {
    float sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += signal[i] * signal[i];
    return sum / (float)count;
}

void block_solver_set_limit(block_solver_t *s, float outputLimit) {
    s->design.effort.limitPower = outputLimit * outputLimit;
}

void block_solver_learn(block_solver_t *s, float *f, float *d, bool counts) {
    const float power = mean_square_f32(f, s->layout.block);
    if (s->meanPower <= 0 && counts) s->meanPower = power;
    const bool isLoud = power > LOUD_BLOCK * s->meanPower;
    const float share = !counts ? 0 : isLoud ? LOUD_BLOCK * s->meanPower / power : 1;
    effort_hear(&s->design.effort, &s->statistics, s->played.re, s->filter, s->secondary, s->keep,
                share);
    apply_high_pass(s, &s->filteredHighPass, f);
    apply_high_pass(s, &s->disturbanceHighPass, d);
    statistics_add(&s->statistics, f, d, s->keep, share);
    if (counts) s->meanPower += (1 - s->keep) * (share * power - s->meanPower);
}

bool block_solver_solve(block_solver_t *s) {
    if (s->statistics.samples < FIRST_S * s->sampleRateHz) return false;
    bool solved = false;
    for (int i = 0; i < (s->isFirst ? FIRST_SOLVES : 1); i++)
        solved = design_solve(&s->design, &s->statistics, s->regularisation, s->filter);
    if (solved) s->isFirst = false;
    return solved;
}
