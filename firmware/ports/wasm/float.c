/* NLMS, FDAF and line enhancer sessions in single precision: the state, and behind it the memory of
 * the kernel. Samples are floats. */
#include "dsp/fdaf_f32.h"
#include "dsp/line_enhancer_f32.h"
#include "dsp/nlms_f32.h"

#include "port.h"

enum { ALIGNMENT = 16 };

static size_t aligned(size_t bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void *behind(void *state, size_t bytes) {
    return (char *)state + aligned(bytes);
}

ANC_EXPORT(nlms_f32_bytes) size_t anc_wasm_nlms_f32_bytes(uint32_t taps) {
    return aligned(sizeof(nlms_f32_t)) + nlms_f32_bytes(taps);
}

ANC_EXPORT(nlms_f32_init)
bool anc_wasm_nlms_f32_init(nlms_f32_t *n, uint32_t taps, float step, float epsilon, float leak) {
    const nlms_f32_config_t config = {
        .taps = (uint16_t)taps, .step = step, .epsilon = epsilon, .leak = leak};
    return nlms_f32_init(n, &config, behind(n, sizeof *n));
}

ANC_EXPORT(nlms_f32_set_step) void anc_wasm_nlms_f32_set_step(nlms_f32_t *n, float step) {
    n->config.step = step;
}

ANC_EXPORT(nlms_f32_process)
void anc_wasm_nlms_f32_process(nlms_f32_t *n, const float *x, const float *d, float *e,
                               size_t count) {
    nlms_f32_process(n, x, d, e, count);
}

ANC_EXPORT(nlms_f32_weights) void anc_wasm_nlms_f32_weights(const nlms_f32_t *n, float *weights) {
    nlms_f32_weights(n, weights);
}

static fdaf_f32_config_t fdaf_config(uint32_t taps, uint32_t block, float step, float epsilon,
                                     float leak) {
    return (fdaf_f32_config_t){.taps = (uint16_t)taps,
                               .block = (uint16_t)block,
                               .step = step,
                               .epsilon = epsilon,
                               .leak = leak};
}

ANC_EXPORT(fdaf_f32_bytes) size_t anc_wasm_fdaf_f32_bytes(uint32_t taps, uint32_t block) {
    const fdaf_f32_config_t config = fdaf_config(taps, block, 0, 0, 0);
    return aligned(sizeof(fdaf_f32_t)) + fdaf_f32_bytes(&config);
}

ANC_EXPORT(fdaf_f32_init)
bool anc_wasm_fdaf_f32_init(fdaf_f32_t *f, uint32_t taps, uint32_t block, float step, float epsilon,
                            float leak) {
    const fdaf_f32_config_t config = fdaf_config(taps, block, step, epsilon, leak);
    return fdaf_f32_init(f, &config, behind(f, sizeof *f));
}

ANC_EXPORT(fdaf_f32_set_step) void anc_wasm_fdaf_f32_set_step(fdaf_f32_t *f, float step) {
    f->config.step = step;
}

ANC_EXPORT(fdaf_f32_process)
void anc_wasm_fdaf_f32_process(fdaf_f32_t *f, const float *x, const float *d, float *e) {
    fdaf_f32_process(f, x, d, e);
}

ANC_EXPORT(fdaf_f32_weights) void anc_wasm_fdaf_f32_weights(const fdaf_f32_t *f, float *weights) {
    fdaf_f32_weights(f, weights);
}

static line_enhancer_f32_config_t enhancer_config(uint32_t delay, uint32_t taps, uint32_t block,
                                                  float step, float epsilon, float leak) {
    return (line_enhancer_f32_config_t){.delay = (uint16_t)delay,
                                        .taps = (uint16_t)taps,
                                        .block = (uint16_t)block,
                                        .step = step,
                                        .epsilon = epsilon,
                                        .leak = leak};
}

ANC_EXPORT(line_enhancer_f32_bytes)
size_t anc_wasm_line_enhancer_f32_bytes(uint32_t delay, uint32_t taps, uint32_t block) {
    const line_enhancer_f32_config_t config = enhancer_config(delay, taps, block, 0, 0, 0);
    return aligned(sizeof(line_enhancer_f32_t)) + line_enhancer_f32_bytes(&config);
}

ANC_EXPORT(line_enhancer_f32_init)
bool anc_wasm_line_enhancer_f32_init(line_enhancer_f32_t *l, uint32_t delay, uint32_t taps,
                                     uint32_t block, float step, float epsilon, float leak) {
    const line_enhancer_f32_config_t config =
        enhancer_config(delay, taps, block, step, epsilon, leak);
    return line_enhancer_f32_init(l, &config, behind(l, sizeof *l));
}

ANC_EXPORT(line_enhancer_f32_set_step)
void anc_wasm_line_enhancer_f32_set_step(line_enhancer_f32_t *l, float step) {
    if (l->config.block)
        l->filter.fdaf.config.step = step;
    else
        l->filter.nlms.config.step = step;
}

ANC_EXPORT(line_enhancer_f32_process)
void anc_wasm_line_enhancer_f32_process(line_enhancer_f32_t *l, const float *input, float *rest,
                                        float *periodic, size_t count) {
    line_enhancer_f32_process(l, input, rest, periodic, count);
}

ANC_EXPORT(line_enhancer_f32_weights)
void anc_wasm_line_enhancer_f32_weights(const line_enhancer_f32_t *l, float *weights) {
    line_enhancer_f32_weights(l, weights);
}
