/* The engine's behaviour: modes, fades, limits, levels, weights. */
#include "dsp/engine.h"
#include "dsp/fxnlms.h"
#include "support/engine.h"

static void test_cancels(void) {
    start_anc();
    config.adapt = false;
    anc_engine_reset_weights(&e);
    configure();
    double without = plant_run(&plant, &e, 24000);
    config.adapt = true;
    configure();
    plant_run(&plant, &e, 5 * 48000);
    double with = plant_run(&plant, &e, 24000);
    EXPECT(with < without / 10);
}

static void test_off_is_silent(void) {
    start_anc();
    config.mode = ANC_MODE_OFF;
    configure();
    plant_run(&plant, &e, 480);
    for (int i = 0; i < 1000; i++)
        EXPECT_EQ(anc_engine_output(&e, INT32_MIN), 0);
}

static void test_transparency_gain(void) {
    anc_engine_init(&e, 48000);
    config = e.config;
    config.mode = ANC_MODE_TRANSPARENCY;
    config.transparencyGainDb_e1 = 60;
    configure();
    int32_t y = 0;
    for (int i = 0; i < 1000; i++)
        y = anc_engine_output(&e, 100000000), anc_engine_adapt(&e, 0);
    EXPECT(y > 199500000 && y < 199600000); /* 6 dB = 1.9953 */
}

/* A change of mode ramps: no step larger than the ramp's slope times the level. */
static void test_fades(void) {
    anc_engine_init(&e, 48000);
    config = e.config;
    config.mode = ANC_MODE_TRANSPARENCY;
    configure();
    const int32_t level = 1 << 30;
    int32_t before = 0, steps = 0;
    for (int i = 0; i < 4000; i++) {
        if (i == 1000) config.mute = true, configure();
        if (i == 2000) config.mute = false, configure();
        if (i == 3000) config.mode = ANC_MODE_OFF, configure();
        int32_t y = anc_engine_output(&e, level);
        anc_engine_adapt(&e, 0);
        int32_t change = y > before ? y - before : before - y;
        EXPECT(change <= level / 300);
        steps += change > 0;
        before = y;
    }
    EXPECT_EQ(before, 0);
    EXPECT(steps > 4 * 300);
}

/* Whatever comes in, weights at their limits included, the output stays within the limit. */
static void test_output_limit(void) {
    static const int32_t limits_e1[] = {-400, -200, -10, 0};
    static int32_t weights[64];
    for (size_t l = 0; l < sizeof limits_e1 / sizeof *limits_e1; l++) {
        for (int mode = ANC_MODE_OFF; mode <= ANC_MODE_ANC; mode++) {
            start_anc();
            config.mode = (anc_mode_t)mode;
            config.outputLimitDb_e1 = limits_e1[l];
            config.transparencyGainDb_e1 = 120;
            configure();
            for (int i = 0; i < 64; i++)
                weights[i] = i % 3 ? ANC_WEIGHT_MAX : -ANC_WEIGHT_MAX;
            EXPECT(anc_engine_set_weights(&e, weights, 64));
            int32_t peak = 0;
            for (int i = 0; i < 15000; i++) {
                int32_t x = (int32_t)expect_random(&plant.random) >> (i / 64 % 32);
                int32_t y = anc_engine_output(&e, x);
                if (y > peak) peak = y;
                if (-y > peak) peak = -y;
                anc_engine_adapt(&e, (int32_t)expect_random(&plant.random));
            }
            EXPECT(peak <= e.limit_q31);
            if (mode != ANC_MODE_OFF) EXPECT(peak > e.limit_q31 - e.limit_q31 / 100);
        }
    }
}

static void test_weights_slots(void) {
    start_anc();
    uint16_t taps;
    uint32_t good = weights_sum();
    anc_engine_save_weights(&e);
    plant_run(&plant, &e, 4800);
    EXPECT(weights_sum() != good);
    anc_engine_restore_weights(&e);
    EXPECT_EQ(weights_sum(), good);
    anc_engine_reset_weights(&e);
    EXPECT_EQ(anc_engine_weights_peak(&e), 0);
    int32_t bad[64] = {INT32_MIN};
    EXPECT(!anc_engine_set_weights(&e, bad, 64));
    EXPECT(!anc_engine_set_weights(&e, bad, 32));
    /* Another length or model has no use for old weights, saved ones included. */
    config.taps = 128;
    configure();
    anc_engine_restore_weights(&e);
    EXPECT_EQ(anc_engine_weights_peak(&e), 0);
    (void)anc_engine_weights(&e, &taps);
    EXPECT_EQ(taps, 128);
}

static void test_levels(void) {
    anc_engine_init(&e, 48000);
    anc_levels_t levels;
    anc_engine_take_levels(&e, &levels);
    EXPECT_EQ(levels.samples, 0);
    for (int i = 0; i < 1000; i++) {
        (void)anc_engine_output(&e, i % 2 ? INT32_MIN : INT32_MAX);
        anc_engine_adapt(&e, i % 2 ? 1 << 30 : -(1 << 30));
    }
    anc_engine_take_levels(&e, &levels);
    EXPECT_EQ(levels.samples, 1000);
    EXPECT(levels.referenceMeanSquare >= (1ULL << 32) - 8 &&
           levels.referenceMeanSquare <= 1ULL << 32);
    EXPECT_EQ(levels.errorMeanSquare, 1ULL << 30);
    EXPECT_EQ(levels.disturbanceMeanSquare, 1ULL << 30);
    EXPECT_EQ(levels.outputMeanSquare, 0);
    EXPECT_EQ(levels.referencePeak, INT32_MAX);
    EXPECT_EQ(levels.errorPeak, 1 << 30);
    EXPECT_EQ(levels.clipped, 1000);
    EXPECT_EQ(levels.silent, 1000);
}

/* anc mode listens for 200 ms before the first anti-noise, then fades in. */
static void test_listens_first(void) {
    start_anc();
    config.mode = ANC_MODE_OFF;
    configure();
    plant_run(&plant, &e, 1000);
    config.mode = ANC_MODE_ANC;
    configure();
    for (int i = 0; i < 9600; i++) {
        plant_step(&plant, &e);
        EXPECT_EQ(e.output_q31, 0);
    }
    plant_run(&plant, &e, 100);
    EXPECT(e.output_q31 != 0);
}

int main(void) {
    test_cancels();
    test_off_is_silent();
    test_transparency_gain();
    test_fades();
    test_output_limit();
    test_weights_slots();
    test_levels();
    test_listens_first();
    return 0;
}
