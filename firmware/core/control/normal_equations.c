#include "control/normal_equations.h"

#include <math.h>
#include <string.h>

/* time constant of forgetting */
#define MEMORY_S 6.0f
/* The first filter comes after so much sound. */
#define FIRST_S 0.15f
/* Less, and the rounding of single precision shows at 1024 taps. */
#define REGULARISATION 1e-4f
/* What is lower is neither heard nor played by a small driver. */
#define CUTOFF_HZ 30.0
/* A block that is louder than the mean by more than this counts as if it were so loud: a bang is
 * not the noise. */
#define LOUD_BLOCK 16.0f

/* Mean square of a reference that is the microphone's own noise: nothing is learned from it. -75
 * dBFS. */
#define FAINT 3e-8f

enum {
    FIRST_SOLVES = 8,      /* of the dual ascent, where nothing is known yet */
    CLIP_Q31 = 0x7fff0000, /* 16-bit converters left-justified count too */
};

static const float fullScale = 2147483648.0f;

static size_t secondary_taps(const anc_secondary_model_t *m) {
    return (size_t)m->delaySamples + m->length;
}

typedef struct {
    arena_t arena;
    float *cosine, *sine;
    complex_t a, b;
} parts_t;

/* Lays everything out; with no memory it only counts. */
static void lay_out(normal_equations_t *n, parts_t *p, float sampleRateHz) {
    const size_t size = n->layout.size, block = n->layout.block;
    p->cosine = arena_take(&p->arena, size / 2);
    p->sine = arena_take(&p->arena, size / 2);
    float **both[] = {&p->a.re,         &p->a.im,         &p->b.re,      &p->b.im,
                      &n->secondary.re, &n->secondary.im, &n->played.re, &n->played.im};
    for (size_t i = 0; i < sizeof both / sizeof *both; i++)
        *both[i] = arena_take(&p->arena, size);
    for (size_t i = 0; i < 2; i++) {
        n->blocks[i].x = arena_take(&p->arena, block);
        n->blocks[i].y = arena_take(&p->arena, block);
        n->blocks[i].e = arena_take(&p->arena, block);
    }
    n->filter = arena_take(&p->arena, n->layout.taps);
    n->disturbance = arena_take(&p->arena, block);
    statistics_init(&n->statistics, n->layout, &p->arena, p->cosine, p->sine, p->a, p->b);
    design_init(&n->design, sampleRateHz, &p->arena, size);
    n->weights = n->filter;
    n->weightCount = n->layout.taps;
}

/* The matrix goes where the scratch spectra a and b are, 4 * size values in a row: with R the power
 * of two of the layout, size 4 R >= 4 taps, it has (R / 8 + 52) (R / 8 + 53) / 2 values at most,
 * which is below 16 R for R 256..1024. */
static void use_multirate(normal_equations_t *n, const parts_t *p) {
    n->design.multirate = (multirate_system_t){.matrix = p->a.re, .coefficients = n->late};
    n->weights = n->late;
    n->weightCount = ANC_DIRECT_TAPS + anc_late_count(n->layout.taps);
}

size_t normal_equations_bytes(size_t taps, size_t secondaryTaps) {
    normal_equations_t n = {.layout = statistics_layout(taps, secondaryTaps)};
    parts_t p = {.arena = {NULL, 0, 0}};
    lay_out(&n, &p, 48000);
    return p.arena.used * sizeof(float);
}

static void set_high_pass(normal_equations_t *n) {
    const double k = tan(3.14159265358979323846 * CUTOFF_HZ / (double)n->sampleRateHz);
    const double root = 1.41421356237309504880, norm = 1 / (1 + root * k + k * k);
    n->highPass[0] = norm;
    n->highPass[1] = 2 * (k * k - 1) * norm;
    n->highPass[2] = (1 - root * k + k * k) * norm;
}

/* Second-order Butterworth, transposed direct form II; its poles are too near 1 for single
 * precision. */
static void apply_high_pass(const normal_equations_t *n, high_pass_t *h, float *block) {
    const double b = n->highPass[0], a1 = n->highPass[1], a2 = n->highPass[2];
    for (size_t i = 0; i < n->layout.block; i++) {
        const double x = (double)block[i], y = b * x + h->s1;
        h->s1 = -2 * b * x - a1 * y + h->s2;
        h->s2 = b * x - a2 * y;
        block[i] = (float)y;
    }
}

bool normal_equations_init(normal_equations_t *n, const anc_engine_t *e, void *memory,
                           size_t bytes) {
    const anc_secondary_model_t *model = anc_engine_secondary(e);
    const uint16_t taps = e->config.taps;
    if (!model || bytes < normal_equations_bytes(taps, secondary_taps(model))) return false;
    memset(n, 0, sizeof *n);
    n->layout = statistics_layout(taps, secondary_taps(model));
    n->sampleRateHz = (float)e->sampleRateHz;
    n->keep = expf(-(float)n->layout.block / n->sampleRateHz / MEMORY_S);
    parts_t p = {.arena = {memory, bytes / sizeof(float), 0}};
    lay_out(n, &p, n->sampleRateHz);
    if (e->config.filterForm == ANC_FORM_MULTIRATE) use_multirate(n, &p);
    const size_t size = n->layout.size;
    fft_tables(p.cosine, p.sine, size);
    memset(n->secondary.re, 0, size * sizeof(float));
    memset(n->secondary.im, 0, size * sizeof(float));
    for (size_t i = 0; i < model->length; i++)
        n->secondary.re[model->delaySamples + i] =
            ldexpf((float)model->taps_q15[i], model->exponent - 15);
    fft_forward(n->secondary, size, p.cosine, p.sine, size);
    memset(n->played.re, 0, size * sizeof(float));
    memset(n->played.im, 0, size * sizeof(float));
    set_high_pass(n);
    normal_equations_restart(n);
    return true;
}

void normal_equations_restart(normal_equations_t *n) {
    statistics_clear(&n->statistics);
    design_clear(&n->design);
    n->isFirst = true;
    n->meanPower = 0;
}

static bool at_full_scale(int32_t sample_q31) {
    return sample_q31 >= CLIP_Q31 || sample_q31 <= -CLIP_Q31;
}

void normal_equations_push(normal_equations_t *n, int32_t ref_q31, int32_t out_q31,
                           int32_t err_q31) {
    ne_block_t *block = &n->blocks[n->filling];
    if (block->full) {
        n->lost++;
        return;
    }
    block->x[n->index] = (float)ref_q31 / fullScale;
    block->y[n->index] = (float)out_q31 / fullScale;
    block->e[n->index] = (float)err_q31 / fullScale;
    if (n->index == 0) block->clipped = false;
    if (at_full_scale(ref_q31) || at_full_scale(err_q31)) block->clipped = true;
    if (++n->index < n->layout.block) return;
    n->index = 0;
    n->filling ^= 1;
    block->full = true;
}

/* Filters x and y through the model in one complex transform; f is then in scratch a, the
 * anti-noise beside it. */
static complex_t through_secondary(normal_equations_t *n, const ne_block_t *block) {
    const size_t size = n->layout.size, count = n->layout.block, rest = size - count;
    const complex_t z = n->statistics.a;
    memmove(n->played.re, n->played.re + count, rest * sizeof(float));
    memmove(n->played.im, n->played.im + count, rest * sizeof(float));
    memcpy(n->played.re + rest, block->x, count * sizeof(float));
    memcpy(n->played.im + rest, block->y, count * sizeof(float));
    memcpy(z.re, n->played.re, size * sizeof(float));
    memcpy(z.im, n->played.im, size * sizeof(float));
    fft_forward(z, size, n->statistics.cosine, n->statistics.sine, size);
    for (size_t k = 0; k < size; k++) {
        const float a = z.re[k], b = z.im[k], c = n->secondary.re[k], d = n->secondary.im[k];
        z.re[k] = a * c - b * d;
        z.im[k] = a * d + b * c;
    }
    fft_inverse(z, size, n->statistics.cosine, n->statistics.sine, size);
    return (complex_t){z.re + rest, z.im + rest};
}

static float mean_square(const float *signal, size_t count) {
    float sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += signal[i] * signal[i];
    return sum / (float)count;
}

/* A clipped microphone lies about both paths, and after a gap the context is wrong: such a block
 * does not count. */
static void learn(normal_equations_t *n, float *filtered, bool counts) {
    const float power = mean_square(filtered, n->layout.block);
    if (n->meanPower <= 0 && counts) n->meanPower = power;
    const bool isLoud = power > LOUD_BLOCK * n->meanPower;
    const float share = !counts ? 0 : isLoud ? LOUD_BLOCK * n->meanPower / power : 1;
    apply_high_pass(n, &n->filteredHighPass, filtered);
    apply_high_pass(n, &n->disturbanceHighPass, n->disturbance);
    statistics_add(&n->statistics, filtered, n->disturbance, n->keep, share);
    if (counts) n->meanPower += (1 - n->keep) * (share * power - n->meanPower);
}

void normal_equations_apply(const normal_equations_t *n, anc_engine_t *e) {
    for (size_t i = 0; i < n->weightCount; i++) {
        const float scaled = n->weights[i] * (float)(1 << ANC_WEIGHT_FRACTION_BITS);
        const float most = (float)ANC_WEIGHT_MAX;
        anc_engine_set_target(e, (uint16_t)i,
                              (int32_t)lrintf(scaled > most    ? most
                                              : scaled < -most ? -most
                                                               : scaled));
    }
}

bool normal_equations_work(normal_equations_t *n, bool solves) {
    ne_block_t *block = &n->blocks[n->working];
    if (!block->full) return false;
    const complex_t through = through_secondary(n, block);
    for (size_t i = 0; i < n->layout.block; i++)
        n->disturbance[i] = block->e[i] - through.im[i];
    const bool isGap = n->lost != n->lostBefore;
    n->lostBefore = n->lost;
    const bool isFaint = mean_square(block->x, n->layout.block) < FAINT;
    const bool counts = !block->clipped && !isGap && !isFaint;
    /* f moves out of the scratch that the statistics need */
    memcpy(block->x, through.re, n->layout.block * sizeof(float));
    learn(n, block->x, counts);
    block->full = false;
    n->working ^= 1;
    if (!solves || isFaint || n->statistics.samples < FIRST_S * n->sampleRateHz) return false;
    bool solved = false;
    for (int i = 0; i < (n->isFirst ? FIRST_SOLVES : 1); i++)
        solved = design_solve(&n->design, &n->statistics, REGULARISATION, n->filter);
    if (!solved) return false;
    n->isFirst = false;
    n->solutions++;
    return true;
}
