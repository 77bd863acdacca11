#include "dsp/line_enhancer_f32.h"

#include <string.h>

#include "dsp/sane_f32.h"

/* Samples that nlms_f32 is given at a time. */
enum { PIECE = 64 };

static size_t piece_of(const line_enhancer_f32_config_t *c) {
    return c->block ? c->block : PIECE;
}

static fdaf_f32_config_t fdaf_config(const line_enhancer_f32_config_t *c) {
    return (fdaf_f32_config_t){.taps = c->taps,
                               .block = c->block,
                               .step = c->step,
                               .epsilon = c->epsilon,
                               .leak = c->leak};
}

static nlms_f32_config_t nlms_config(const line_enhancer_f32_config_t *c) {
    return (nlms_f32_config_t){
        .taps = c->taps, .step = c->step, .epsilon = c->epsilon, .leak = c->leak};
}

size_t line_enhancer_f32_bytes(const line_enhancer_f32_config_t *config) {
    const fdaf_f32_config_t fdaf = fdaf_config(config);
    const size_t filter = config->block ? fdaf_f32_bytes(&fdaf) : nlms_f32_bytes(config->taps);
    return filter + (config->delay + piece_of(config)) * sizeof(float);
}

static bool init_filter(line_enhancer_f32_t *l, const line_enhancer_f32_config_t *c, void *memory) {
    if (c->block) {
        const fdaf_f32_config_t fdaf = fdaf_config(c);
        return fdaf_f32_init(&l->filter.fdaf, &fdaf, memory);
    }
    const nlms_f32_config_t nlms = nlms_config(c);
    return nlms_f32_init(&l->filter.nlms, &nlms, memory);
}

bool line_enhancer_f32_init(line_enhancer_f32_t *l, const line_enhancer_f32_config_t *config,
                            void *memory) {
    const line_enhancer_f32_config_t c = *config;
    if (c.delay < 1 || c.delay > LINE_ENHANCER_MAX_DELAY) return false;
    const size_t own = c.delay + piece_of(&c);
    float *floats = memory;
    if (!init_filter(l, &c, floats + own)) return false;
    memset(floats, 0, own * sizeof(float));
    l->config = c;
    l->line = floats;
    l->late = floats + c.delay;
    l->position = 0;
    return true;
}

/* Takes the samples of `delay` ago out of the ring and puts these in their place. */
static void delay_samples(line_enhancer_f32_t *l, const float *input, size_t count) {
    for (size_t i = 0; i < count; i++) {
        l->late[i] = l->line[l->position];
        l->line[l->position] = input[i];
        l->position = l->position + 1 < l->config.delay ? l->position + 1 : 0;
    }
}

void line_enhancer_f32_process(line_enhancer_f32_t *l, const float *input, float *rest,
                               float *periodic, size_t count) {
    const size_t piece = piece_of(&l->config);
    for (size_t at = 0; at < count; at += piece) {
        const size_t n = count - at < piece ? count - at : piece;
        delay_samples(l, input + at, n);
        /* before the filter writes over its input */
        for (size_t i = 0; periodic && i < n; i++)
            periodic[at + i] = sane_f32(input[at + i]);
        if (l->config.block)
            fdaf_f32_process(&l->filter.fdaf, l->late, input + at, rest + at);
        else
            nlms_f32_process(&l->filter.nlms, l->late, input + at, rest + at, n);
        for (size_t i = 0; periodic && i < n; i++)
            periodic[at + i] -= rest[at + i];
    }
}

void line_enhancer_f32_weights(const line_enhancer_f32_t *l, float *weights) {
    if (l->config.block)
        fdaf_f32_weights(&l->filter.fdaf, weights);
    else
        nlms_f32_weights(&l->filter.nlms, weights);
}
