/* When the engine must not learn, and what disturbs it without harm. */
#include <string.h>

#include "dsp/engine.h"
#include "dsp/fxnlms.h"
#include "support/engine.h"

static void test_no_learning_while_limited(void) {
    static int32_t weights[64];
    start_anc();
    config.leakage_e3 = 0;
    config.outputLimitDb_e1 = -400;
    configure();
    weights[0] = ANC_WEIGHT_MAX;
    EXPECT(anc_engine_set_weights(&e, weights, 64));
    for (int i = 0; i < 1000; i++) {
        (void)anc_engine_output(&e, i % 2 ? 500000000 : -500000000);
        anc_engine_adapt(&e, 10000000);
    }
    uint16_t taps;
    EXPECT_EQ(anc_engine_weights(&e, &taps)[0], ANC_WEIGHT_MAX);
    EXPECT_EQ(anc_engine_weights(&e, &taps)[1], 0);
    /* The leakage still brings such a filter back. */
    config.leakage_e3 = 20000;
    configure();
    for (int i = 0; i < 4800; i++) {
        (void)anc_engine_output(&e, i % 2 ? 500000000 : -500000000);
        anc_engine_adapt(&e, 0);
    }
    EXPECT(anc_engine_weights(&e, &taps)[0] < ANC_WEIGHT_MAX / 4);
}

/* The limit holds for the filter and what is injected together, and what it cuts teaches nothing.
 */
static void test_no_learning_while_an_injected_sound_is_cut(void) {
    start_anc();
    config.leakage_e3 = 0;
    config.outputLimitDb_e1 = -100;
    configure();
    plant_run(&plant, &e, 4800);
    const uint32_t before = weights_sum();
    static const int32_t loudest[] = {INT32_MIN, INT32_MAX};
    for (int i = 0; i < 2; i++) {
        anc_engine_inject(&e, loudest[i]);
        plant_run(&plant, &e, 4800);
        EXPECT_EQ(e.output_q31, i == 0 ? -e.limit_q31 : e.limit_q31);
        EXPECT_EQ(weights_sum(), before);
    }
    anc_engine_inject(&e, 0);
    plant_run(&plant, &e, 4800);
    EXPECT(e.output_q31 != e.limit_q31 && weights_sum() != before);
}

static void test_no_learning_while_clipped(void) {
    start_anc();
    config.leakage_e3 = 0;
    configure();
    for (int input = 0; input < 2; input++) {
        (void)anc_engine_output(&e, input == 0 ? INT32_MAX : 1000);
        anc_engine_adapt(&e, input == 1 ? INT32_MIN : 1000);
        uint32_t before = weights_sum();
        plant_run(&plant, &e, 48 * 19);
        EXPECT_EQ(weights_sum(), before);
        plant_run(&plant, &e, 48 * 3);
        EXPECT(weights_sum() != before);
    }
    anc_levels_t levels;
    anc_engine_take_levels(&e, &levels);
    EXPECT_EQ(levels.clipped, 2);
}

/* A sudden sound at either microphone: learning rests for 20 ms and is counted once. */
static void test_no_learning_while_startled(void) {
    start_anc();
    config.leakage_e3 = 0;
    configure();
    plant_run(&plant, &e, 48000);
    for (int input = 0; input < 2; input++) {
        const uint32_t count = anc_engine_impulses(&e);
        (void)anc_engine_output(&e, input == 0 ? INT32_MAX / 2 : 1000);
        uint32_t before = weights_sum();
        anc_engine_adapt(&e, input == 1 ? INT32_MAX / 2 : 1000);
        EXPECT(anc_engine_startled(&e) && anc_engine_disturbed(&e));
        plant_run(&plant, &e, 48 * 19);
        EXPECT_EQ(weights_sum(), before);
        EXPECT_EQ(anc_engine_impulses(&e), count + 1);
        plant_run(&plant, &e, 48 * 5);
        EXPECT(weights_sum() != before);
    }
}

/* Notches come before the limiter: whatever they ring to, the output keeps its limit, and the
 * disturbance estimate knows the output with them. */
static void test_notches_keep_the_limit_and_the_estimate(void) {
    start_anc();
    config.outputLimitDb_e1 = -100;
    configure();
    for (uint32_t i = 0; i < ANC_NOTCHES; i++)
        anc_engine_set_notch(&e, i, -ANC_NOTCH_ONE_Q20 + (int32_t)i * 300000, 1040000);
    plant.level = 0.2;
    plant.colour = 0;
    double worst = 0;
    int32_t peak = 0;
    for (int i = 0; i < 48000; i++) {
        plant_step(&plant, &e);
        if (i == 24000) anc_engine_release_notch(&e, 1);
        if (e.output_q31 > peak) peak = e.output_q31;
        if (-e.output_q31 > peak) peak = -e.output_q31;
        const double off = plant.primary * plant.noises[PLANT_DELAY];
        const double wrong = anc_engine_disturbance(&e) / 2147483648.0 - off;
        if (wrong > worst) worst = wrong;
        if (-wrong > worst) worst = -wrong;
    }
    EXPECT(peak <= e.limit_q31 && peak > e.limit_q31 / 2);
    EXPECT(worst < 2e-4); /* the model has 16 bits */
}

/* FxNLMS knows of the notch: it does not push against it, and cancels beside it. */
static void test_learns_beside_a_notch(void) {
    start_anc();
    plant_run(&plant, &e, 5 * 48000);
    const uint32_t peak = anc_engine_weights_peak(&e);
    /* 1 kHz, 500 Hz wide */
    anc_engine_set_notch(&e, 0, -1039604, 983000);
    plant_run(&plant, &e, 20 * 48000);
    EXPECT(anc_engine_weights_peak(&e) < 2 * peak);
    const double notched = plant_run(&plant, &e, 48000);
    anc_engine_release_notch(&e, 0);
    plant_run(&plant, &e, 2 * 48000);
    EXPECT(plant_run(&plant, &e, 48000) < 1.01 * notched);
}

static void test_duck(void) {
    start_anc();
    plant_run(&plant, &e, 4800);
    anc_engine_duck(&e, true);
    anc_engine_mute(&e, true);
    anc_engine_mute(&e, false); /* the other reason is still there */
    plant_run(&plant, &e, 4800);
    const uint32_t before = weights_sum();
    plant_run(&plant, &e, 4800);
    EXPECT_EQ(e.output_q31, 0);
    EXPECT_EQ(weights_sum(), before);
    anc_engine_duck(&e, false);
    plant_run(&plant, &e, 4800);
    EXPECT(e.output_q31 != 0 && weights_sum() != before);
}

static void test_switches_stop_learning(void) {
    start_anc();
    uint32_t before = weights_sum();
    anc_engine_freeze(&e, true);
    plant_run(&plant, &e, 4800);
    EXPECT_EQ(weights_sum(), before);
    anc_engine_freeze(&e, false);
    anc_engine_mute(&e, true);
    plant_run(&plant, &e, 4800);
    EXPECT_EQ(weights_sum(), before);
    EXPECT_EQ(e.output_q31, 0);
    anc_engine_mute(&e, false);
    config.adapt = false;
    configure();
    plant_run(&plant, &e, 4800);
    EXPECT_EQ(weights_sum(), before);
    EXPECT(e.output_q31 != 0);
    config.adapt = true;
    configure();
    plant_run(&plant, &e, 480);
    EXPECT(weights_sum() != before);
}

static void test_silence_and_whisper(void) {
    start_anc();
    config.leakage_e3 = 0;
    config.energyFloorDb_e1 = -1000;
    configure();
    for (int i = 0; i < 2000; i++)
        (void)anc_engine_output(&e, 0), anc_engine_adapt(&e, 1 << 25);
    uint32_t before = weights_sum();
    for (int i = 0; i < 2000; i++)
        (void)anc_engine_output(&e, 0), anc_engine_adapt(&e, 1 << 29);
    EXPECT_EQ(weights_sum(), before);

    /* A reference of -90 dBFS beside an error of -20 dBFS that has nothing to do with it: the floor
     * keeps it calm. */
    config.energyFloorDb_e1 = -500;
    configure();
    anc_engine_reset_weights(&e);
    for (int i = 0; i < 48000; i++) {
        (void)anc_engine_output(&e, (int32_t)expect_random(&plant.random) >> 15);
        anc_engine_adapt(&e, (int32_t)expect_random(&plant.random) >> 3);
    }
    EXPECT(anc_engine_weights_peak(&e) < 1U << 24);
}

static void test_energy_does_not_drift(void) {
    start_anc();
    for (int taps = 32; taps <= 1024; taps += 248) {
        config.taps = (uint16_t)taps;
        configure();
        plant.level = taps % 3 ? 0.5 : 0.0001;
        plant_run(&plant, &e, 3000);
        int64_t energy = 0;
        for (int i = 0; i < e.config.taps; i++) {
            int64_t x = e.filtered_q15[e.position + (uint32_t)i];
            energy += x * x;
        }
        EXPECT_EQ(e.energy, energy);
    }
}

static void test_no_model_no_learning(void) {
    plant_init(&plant);
    anc_engine_init(&e, 48000);
    EXPECT(anc_engine_secondary(&e) == NULL);
    config = e.config;
    config.mode = ANC_MODE_ANC;
    configure();
    plant_run(&plant, &e, 20000);
    EXPECT_EQ(anc_engine_weights_peak(&e), 0);
    anc_secondary_model_t model = plant_model();
    model.length = 0;
    EXPECT(!anc_engine_set_secondary(&e, &model));
    EXPECT(anc_engine_secondary(&e) == NULL);
    model.length = 4;
    EXPECT(anc_engine_set_secondary(&e, &model));
    EXPECT(memcmp(anc_engine_secondary(&e), &model, sizeof model) == 0);
}

int main(void) {
    test_no_learning_while_limited();
    test_no_learning_while_an_injected_sound_is_cut();
    test_no_learning_while_clipped();
    test_no_learning_while_startled();
    test_notches_keep_the_limit_and_the_estimate();
    test_learns_beside_a_notch();
    test_duck();
    test_switches_stop_learning();
    test_silence_and_whisper();
    test_energy_does_not_drift();
    test_no_model_no_learning();
    return 0;
}
