#include "dsp/engine.h"

#include <string.h>

/* The interface compiles and is silent; the audio path follows. */
void anc_engine_init(anc_engine_t *e, uint32_t sampleRateHz) {
    memset(e, 0, sizeof *e);
    e->sampleRateHz = sampleRateHz;
    e->config.taps = 512;
}
void anc_engine_configure(anc_engine_t *e, const anc_config_t *c) {
    e->config = *c;
}
bool anc_engine_set_secondary(anc_engine_t *e, const anc_secondary_model_t *m) {
    e->secondary = *m;
    e->secondaryValid = true;
    return true;
}
const anc_secondary_model_t *anc_engine_secondary(const anc_engine_t *e) {
    return e->secondaryValid ? &e->secondary : NULL;
}
int32_t anc_engine_output(anc_engine_t *e, int32_t ref_q31) {
    (void)ref_q31;
    return e->output_q31;
}
void anc_engine_adapt(anc_engine_t *e, int32_t err_q31) {
    e->disturbance_q31 = err_q31;
}
void anc_engine_process(anc_engine_t *e, const int32_t *ref_q31, const int32_t *err_q31,
                        int32_t *out_q31, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int32_t err = err_q31[i];
        out_q31[i] = anc_engine_output(e, ref_q31[i]);
        anc_engine_adapt(e, err);
    }
}
int32_t anc_engine_disturbance(const anc_engine_t *e) {
    return e->disturbance_q31;
}
void anc_engine_take_levels(anc_engine_t *e, anc_levels_t *out) {
    (void)e;
    memset(out, 0, sizeof *out);
}
const int32_t *anc_engine_weights(const anc_engine_t *e, uint16_t *taps) {
    *taps = e->config.taps;
    return e->weights;
}
bool anc_engine_set_weights(anc_engine_t *e, const int32_t *weights, uint16_t taps) {
    if (taps != e->config.taps) return false;
    memcpy(e->weights, weights, taps * sizeof *weights);
    return true;
}
uint32_t anc_engine_weights_peak(const anc_engine_t *e) {
    (void)e;
    return 0;
}
void anc_engine_reset_weights(anc_engine_t *e) {
    memset(e->weights, 0, sizeof e->weights);
}
void anc_engine_save_weights(anc_engine_t *e) {
    memcpy(e->savedWeights, e->weights, sizeof e->weights);
}
void anc_engine_restore_weights(anc_engine_t *e) {
    memcpy(e->weights, e->savedWeights, sizeof e->weights);
}
void anc_engine_freeze(anc_engine_t *e, bool frozen) {
    e->frozen = frozen;
}
void anc_engine_mute(anc_engine_t *e, bool muted) {
    e->guardMute = muted;
}
