/* NLMS sessions: state, set-up and blocks of samples. The step size is in 1e-9; samples are Q31. */
#include "dsp/nlms.h"

#include "port.h"

enum { STEP_UNITS = 1000000000 };

static nlms_config_t config_of(uint32_t taps, uint32_t ioBits, int32_t step_e9) {
    return (nlms_config_t){.taps = (uint16_t)taps,
                           .ioBits = (uint8_t)ioBits,
                           .step = anc_scalar_ratio(step_e9, STEP_UNITS)};
}

ANC_EXPORT(nlms_q15_bytes) size_t anc_wasm_nlms_q15_bytes(void) {
    return sizeof(nlms_q15_t);
}

ANC_EXPORT(nlms_q15_init)
bool anc_wasm_nlms_q15_init(nlms_q15_t *n, uint32_t taps, uint32_t ioBits, int32_t step_e9) {
    const nlms_config_t config = config_of(taps, ioBits, step_e9);
    return nlms_q15_init(n, &config);
}

ANC_EXPORT(nlms_q15_set_step)
void anc_wasm_nlms_q15_set_step(nlms_q15_t *n, int32_t step_e9) {
    n->config.step = anc_scalar_ratio(step_e9, STEP_UNITS);
}

ANC_EXPORT(nlms_q15_process)
void anc_wasm_nlms_q15_process(nlms_q15_t *n, const int32_t *x_q31, const int32_t *d_q31,
                               int32_t *e_q31, size_t count) {
    for (size_t i = 0; i < count; i++)
        e_q31[i] = nlms_q15_step(n, x_q31[i], d_q31[i]);
}

ANC_EXPORT(nlms_q15_weights) int32_t *anc_wasm_nlms_q15_weights(nlms_q15_t *n) {
    return n->weights;
}

ANC_EXPORT(nlms_q31_bytes) size_t anc_wasm_nlms_q31_bytes(void) {
    return sizeof(nlms_q31_t);
}

ANC_EXPORT(nlms_q31_init)
bool anc_wasm_nlms_q31_init(nlms_q31_t *n, uint32_t taps, uint32_t ioBits, int32_t step_e9) {
    const nlms_config_t config = config_of(taps, ioBits, step_e9);
    return nlms_q31_init(n, &config);
}

ANC_EXPORT(nlms_q31_set_step)
void anc_wasm_nlms_q31_set_step(nlms_q31_t *n, int32_t step_e9) {
    n->config.step = anc_scalar_ratio(step_e9, STEP_UNITS);
}

ANC_EXPORT(nlms_q31_process)
void anc_wasm_nlms_q31_process(nlms_q31_t *n, const int32_t *x_q31, const int32_t *d_q31,
                               int32_t *e_q31, size_t count) {
    for (size_t i = 0; i < count; i++)
        e_q31[i] = nlms_q31_step(n, x_q31[i], d_q31[i]);
}

ANC_EXPORT(nlms_q31_weights) int32_t *anc_wasm_nlms_q31_weights(nlms_q31_t *n) {
    return n->weights;
}
