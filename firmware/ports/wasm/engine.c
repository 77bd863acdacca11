/* The headset's engine as sessions. Parameters are the raw integers of the parameter table
 * (dsp/engine.h). */
#include "dsp/engine.h"

#include "port.h"

/* The wrapper reads and writes these by offset. */
_Static_assert(sizeof(anc_secondary_model_t) == 6 + 2 * ANC_MAX_SECONDARY_TAPS &&
                   offsetof(anc_secondary_model_t, taps_q15) == 6,
               "layout of the secondary model");
_Static_assert(sizeof(anc_levels_t) == 72 && offsetof(anc_levels_t, referenceMeanSquare) == 8 &&
                   offsetof(anc_levels_t, antiNoiseMeanSquare) == 40 &&
                   offsetof(anc_levels_t, referencePeak) == 48 &&
                   offsetof(anc_levels_t, silent) == 68,
               "layout of the levels");

ANC_EXPORT(engine_bytes) size_t anc_wasm_engine_bytes(void) {
    return sizeof(anc_engine_t);
}

ANC_EXPORT(engine_init) void anc_wasm_engine_init(anc_engine_t *e, uint32_t sampleRateHz) {
    anc_engine_init(e, sampleRateHz);
}

ANC_EXPORT(engine_configure)
void anc_wasm_engine_configure(anc_engine_t *e, uint32_t mode, uint32_t adapt, uint32_t mute,
                               uint32_t filterForm, uint32_t taps, uint32_t stepSize_e5,
                               uint32_t leakage_e3, int32_t energyFloorDb_e1,
                               int32_t outputLimitDb_e1, int32_t transparencyGainDb_e1) {
    anc_engine_configure(e,
                         &(anc_config_t){.mode = (anc_mode_t)mode,
                                         .adapt = adapt != 0,
                                         .mute = mute != 0,
                                         .filterForm = (anc_form_t)filterForm,
                                         .taps = (uint16_t)(taps > UINT16_MAX ? UINT16_MAX : taps),
                                         .stepSize_e5 = stepSize_e5,
                                         .leakage_e3 = leakage_e3,
                                         .energyFloorDb_e1 = energyFloorDb_e1,
                                         .outputLimitDb_e1 = outputLimitDb_e1,
                                         .transparencyGainDb_e1 = transparencyGainDb_e1});
}

ANC_EXPORT(engine_set_secondary)
bool anc_wasm_engine_set_secondary(anc_engine_t *e, const anc_secondary_model_t *m) {
    return anc_engine_set_secondary(e, m);
}

ANC_EXPORT(engine_output) int32_t anc_wasm_engine_output(anc_engine_t *e, int32_t ref_q31) {
    return anc_engine_output(e, ref_q31);
}

ANC_EXPORT(engine_adapt) void anc_wasm_engine_adapt(anc_engine_t *e, int32_t err_q31) {
    anc_engine_adapt(e, err_q31);
}

ANC_EXPORT(engine_process)
void anc_wasm_engine_process(anc_engine_t *e, const int32_t *ref_q31, const int32_t *err_q31,
                             int32_t *out_q31, size_t n) {
    anc_engine_process(e, ref_q31, err_q31, out_q31, n);
}

ANC_EXPORT(engine_disturbance) int32_t anc_wasm_engine_disturbance(const anc_engine_t *e) {
    return anc_engine_disturbance(e);
}

ANC_EXPORT(engine_take_levels)
void anc_wasm_engine_take_levels(anc_engine_t *e, anc_levels_t *out) {
    anc_engine_take_levels(e, out);
}

ANC_EXPORT(engine_weight_count) uint32_t anc_wasm_engine_weight_count(const anc_engine_t *e) {
    uint16_t count;
    (void)anc_engine_weights(e, &count);
    return count;
}

ANC_EXPORT(engine_weights) const int32_t *anc_wasm_engine_weights(const anc_engine_t *e) {
    uint16_t count;
    return anc_engine_weights(e, &count);
}

ANC_EXPORT(engine_set_weights)
bool anc_wasm_engine_set_weights(anc_engine_t *e, const int32_t *weights, uint32_t count) {
    return count <= ANC_MAX_TAPS && anc_engine_set_weights(e, weights, (uint16_t)count);
}

ANC_EXPORT(engine_reset_weights) void anc_wasm_engine_reset_weights(anc_engine_t *e) {
    anc_engine_reset_weights(e);
}

ANC_EXPORT(engine_save_weights) void anc_wasm_engine_save_weights(anc_engine_t *e) {
    anc_engine_save_weights(e);
}

ANC_EXPORT(engine_restore_weights) void anc_wasm_engine_restore_weights(anc_engine_t *e) {
    anc_engine_restore_weights(e);
}

ANC_EXPORT(engine_freeze) void anc_wasm_engine_freeze(anc_engine_t *e, uint32_t frozen) {
    anc_engine_freeze(e, frozen != 0);
}

ANC_EXPORT(engine_mute) void anc_wasm_engine_mute(anc_engine_t *e, uint32_t muted) {
    anc_engine_mute(e, muted != 0);
}
