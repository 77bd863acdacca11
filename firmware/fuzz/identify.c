/* Any signals through the identification and the probe: no undefined behaviour, an end, and models
 * that the engine takes. */
#include <string.h>

#include "control/identify.h"
#include "control/online.h"

enum { RATE = 8000 };

static int32_t sample_at(const uint8_t *data, size_t size, size_t i) {
    int32_t sample;
    memcpy(&sample, data + 8 + 4 * (i % ((size - 8) / 4)), sizeof sample);
    return sample >> (data[0] % 24);
}

static void take(anc_engine_t *e, const anc_secondary_model_t *model) {
    if (!anc_engine_set_secondary(e, model)) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static float memory[1 << 15];
    static identify_t id;
    static online_t o;
    static anc_engine_t e;
    if (size < 12) return 0;
    const identify_config_t config = {.sampleRateHz = RATE,
                                      .excitation = (excitation_kind_t)(data[1] % 3),
                                      .seconds = 1,
                                      .maxDriveDb = -6 - (float)(data[2] % 55),
                                      .minErleDb = data[3] & 1 ? -100 : 8,
                                      .taps = 1 + data[4] % 192U};
    anc_engine_init(&e, RATE);
    if (!identify_start(&id, &config, memory, sizeof memory)) __builtin_trap();
    bool runs = true;
    for (size_t i = 0; runs; i++) {
        if (i > 8 * RATE) __builtin_trap();
        const int32_t y = identify_sound(&id), x = sample_at(data, size, i);
        identify_push(&id, x, y, data[5] & 1 ? sample_at(data, size, i / 3) : y / 2);
        if (i % 80 == 0) runs = identify_work(&id);
    }
    if (id.reason != IDENTIFY_ACCEPTED) return 0;
    take(&e, &id.result.secondary);
    if (!online_init(&o, &e, memory, sizeof memory)) return 0;
    for (size_t i = 0; i < 4 * RATE; i++) {
        const int32_t x = sample_at(data, size, i), err = sample_at(data, size, i / 5);
        anc_engine_inject(&e, online_sound(&o));
        anc_engine_output(&e, x);
        anc_engine_adapt(&e, err);
        online_push(&o, x, e.injected_q31, err, anc_engine_disturbance(&e));
        anc_secondary_model_t model;
        if (i % 80 == 0 && online_work(&o, i % 9000 > 100) && online_model(&o, &model))
            take(&e, &model);
    }
    return 0;
}
