/* Any signals through the engine and the normal equations, open loop: no undefined behaviour, the
 * limit holds. */
#include <string.h>

#include "control/normal_equations.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static anc_engine_t e;
    static normal_equations_t n;
    static float memory[1 << 15];
    if (size < 12) return 0;
    anc_engine_init(&e, 48000);
    anc_secondary_model_t model = {.delaySamples = data[0] % 64,
                                   .length = (uint16_t)(1 + data[1] % 4),
                                   .exponent = (int16_t)(data[2] % 33 - 16)};
    memcpy(model.taps_q15, data + 4, 8);
    anc_engine_set_secondary(&e, &model);
    anc_config_t config = e.config;
    config.mode = ANC_MODE_ANC;
    config.filterForm = (anc_form_t)(data[3] >> 7);
    config.taps = (uint16_t)(32 + 16 * (data[3] % 4)); /* 128 in the multirate form */
    anc_engine_configure(&e, &config);
    anc_engine_follow(&e, true);
    if (!normal_equations_init(&n, &e, memory, sizeof memory)) return 0;
    /* a block is 512 samples: short inputs are drawn out, with a change of level each time round */
    for (uint32_t i = 0; i < 512 * 24; i++) {
        int32_t samples[2];
        const size_t at = 12 + 8 * (i / 7 % (1 + (size - 12) / 8));
        if (at + 8 > size)
            memset(samples, (int)(i & 0x55), sizeof samples);
        else
            memcpy(samples, data + at, sizeof samples);
        const int32_t x = samples[0] >> (i / 4096), err = samples[1] >> (i & 3);
        const int32_t y = anc_engine_output(&e, x);
        if (y > e.limit_q31 || y < -e.limit_q31) __builtin_trap();
        anc_engine_adapt(&e, err);
        normal_equations_push(&n, x, y, err);
        if (i % 480 == 0 && normal_equations_work(&n, true))
            normal_equations_apply(&n, &e, 0, SIZE_MAX);
    }
    return 0;
}
