/* An engine on the plant of plant.h, for the tests of the engine: one of each in a program. */
#ifndef SUPPORT_ENGINE_H
#define SUPPORT_ENGINE_H

#include "dsp/engine.h"
#include "support/plant.h"

static anc_engine_t e;
static plant_t plant;
static anc_config_t config;

static inline void configure(void) {
    anc_engine_configure(&e, &config);
}

/* Fresh engine with the plant's model in anc mode, past listening and fade. */
static inline void start_anc(void) {
    plant_init(&plant);
    anc_engine_init(&e, 48000);
    anc_secondary_model_t model = plant_model();
    EXPECT(anc_engine_set_secondary(&e, &model));
    config = e.config;
    config.mode = ANC_MODE_ANC;
    config.taps = 64;
    config.stepSize_e5 = 500;
    configure();
    plant_run(&plant, &e, 48000 / 4);
}

static inline uint32_t weights_sum(void) {
    uint16_t taps;
    const int32_t *w = anc_engine_weights(&e, &taps);
    uint32_t sum = 0;
    for (int i = 0; i < taps; i++)
        sum = sum * 31 + (uint32_t)w[i];
    return sum;
}

#endif
