/* Any parameters, model, notches and samples: no undefined behaviour, never above the output limit.
 */
#include <string.h>

#include "dsp/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static anc_engine_t e;
    anc_secondary_model_t model = {.delaySamples = 3, .length = 16};
    anc_config_t config;
    uint32_t raw[8];
    if (size < sizeof raw + 40) return 0;
    memcpy(raw, data, sizeof raw);
    memcpy(model.taps_q15, data + sizeof raw, 32);
    model.exponent = (int16_t)(raw[7] % 48 - 24);
    anc_engine_init(&e, 48000);
    anc_engine_set_secondary(&e, &model); /* refuses exponents out of range */
    config = (anc_config_t){
        .mode = (anc_mode_t)(raw[0] % 3),
        .adapt = raw[0] >> 8 & 1,
        .filterForm = (anc_form_t)(raw[0] >> 9 & 1),
        .taps = (uint16_t)raw[1],
        .stepSize_e5 = raw[2],
        .leakage_e3 = raw[3],
        .energyFloorDb_e1 = (int32_t)raw[4],
        .outputLimitDb_e1 = -60, /* half of full scale, plus rounding */
        .transparencyGainDb_e1 = (int32_t)raw[6],
    };
    anc_engine_configure(&e, &config);
    for (size_t at = sizeof raw + 32; at + 8 <= size; at += 8) {
        int32_t samples[2];
        memcpy(samples, data + at, sizeof samples);
        if (samples[1] % 16 == 0)
            anc_engine_set_notch(&e, at / 8 % ANC_NOTCHES, samples[0], samples[1]);
        if (samples[1] % 16 == 1) anc_engine_release_notch(&e, at / 8 % ANC_NOTCHES);
        for (int i = 0; i < 64; i++) {
            const int32_t out = anc_engine_output(&e, samples[i & 1]);
            if (out > 0x40300000 || out < -0x40300000) __builtin_trap();
            anc_engine_adapt(&e, samples[0]);
        }
    }
    return 0;
}
