/* The engine's behaviour: modes, fades, limits, and when it must not learn. */
#include <string.h>

#include "dsp/engine.h"
#include "dsp/fxnlms.h"
#include "support/plant.h"

static anc_engine_t e;
static plant_t plant;
static anc_config_t config;

static void configure(void) {
    anc_engine_configure(&e, &config);
}

/* Fresh engine with the plant's model in anc mode, past listening and fade. */
static void start_anc(void) {
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

static uint32_t weights_sum(void) {
    uint16_t taps;
    const int32_t *w = anc_engine_weights(&e, &taps);
    uint32_t sum = 0;
    for (int i = 0; i < taps; i++)
        sum = sum * 31 + (uint32_t)w[i];
    return sum;
}

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

/* A late weight's impulse response is decimation and interpolation in a row: eight boxes of eight
 * samples. With its first sample on any phase the branch differs only by images, so the mean over
 * the phases is compared. */
static void test_multirate_response(void) {
    enum { LATE = 7, LENGTH = 57, BEGIN = 8 * (ANC_LATE_OFFSET + LATE) };
    static int64_t kernel[LENGTH], sum[200];
    kernel[0] = 1;
    for (int box = 0; box < 8; box++)
        for (int i = LENGTH - 1; i >= 0; i--)
            for (int k = 1; k < 8 && k <= i; k++)
                kernel[i] += kernel[i - k];
    for (int phase = 0; phase < 8; phase++) {
        anc_engine_init(&e, 48000);
        config = e.config;
        config.mode = ANC_MODE_ANC;
        config.outputLimitDb_e1 = 0;
        config.filterForm = ANC_FORM_MULTIRATE;
        configure();
        static int32_t weights[ANC_MAX_TAPS];
        weights[ANC_DIRECT_TAPS + LATE] = 1 << ANC_WEIGHT_FRACTION_BITS;
        EXPECT(anc_engine_set_weights(&e, weights, 180));
        for (int i = 0; i < 12000 + phase; i++)
            EXPECT_EQ(anc_engine_output(&e, 0), 0);
        for (int i = 0; i < 200; i++)
            sum[i] += anc_engine_output(&e, i == 0 ? INT32_MAX : 0);
    }
    for (int i = 0; i < 200; i++) {
        const bool inside = i >= BEGIN && i < BEGIN + LENGTH;
        const double wanted = inside ? (double)kernel[i - BEGIN] / (1 << 21) : 0;
        const double got = (double)sum[i] / 8 / 2147483648.0;
        EXPECT(got - wanted < 5e-5 && wanted - got < 5e-5);
    }
}

static void test_form_shapes_the_filter(void) {
    static const struct {
        anc_form_t form;
        uint16_t wanted, taps, count;
    } shapes[] = {{ANC_FORM_FIR, 1024, 1024, 1024},
                  {ANC_FORM_MULTIRATE, 1024, 1024, 180},
                  {ANC_FORM_MULTIRATE, 0, 128, 68},
                  {ANC_FORM_MULTIRATE, 1000, 992, 176},
                  {(anc_form_t)7, 1000, 992, 992}};
    static int32_t weights[ANC_MAX_TAPS] = {1};
    anc_engine_init(&e, 48000);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        config = e.config;
        config.filterForm = shapes[i].form;
        config.taps = shapes[i].wanted;
        configure();
        uint16_t count;
        (void)anc_engine_weights(&e, &count);
        EXPECT_EQ(e.config.taps, shapes[i].taps);
        EXPECT_EQ(count, shapes[i].count);
        EXPECT_EQ(anc_engine_weights_peak(&e), 0);
        EXPECT(anc_engine_set_weights(&e, weights, count));
        EXPECT(!anc_engine_set_weights(&e, weights, (uint16_t)(count - 1)));
    }
}

/* Without normal equations the direct taps still learn. */
static void test_multirate_learns_by_fxnlms(void) {
    start_anc();
    config.filterForm = ANC_FORM_MULTIRATE;
    config.adapt = false;
    configure();
    double without = plant_run(&plant, &e, 24000);
    config.adapt = true;
    configure();
    plant_run(&plant, &e, 5 * 48000);
    EXPECT(plant_run(&plant, &e, 24000) < without / 10);
    uint16_t count;
    const int32_t *weights = anc_engine_weights(&e, &count);
    for (uint32_t i = ANC_DIRECT_TAPS; i < count; i++)
        EXPECT_EQ(weights[i], 0);
}

int main(void) {
    test_cancels();
    test_off_is_silent();
    test_transparency_gain();
    test_fades();
    test_output_limit();
    test_no_learning_while_limited();
    test_no_learning_while_clipped();
    test_no_learning_while_startled();
    test_notches_keep_the_limit_and_the_estimate();
    test_learns_beside_a_notch();
    test_duck();
    test_switches_stop_learning();
    test_silence_and_whisper();
    test_energy_does_not_drift();
    test_weights_slots();
    test_levels();
    test_no_model_no_learning();
    test_listens_first();
    test_multirate_response();
    test_form_shapes_the_filter();
    test_multirate_learns_by_fxnlms();
    return 0;
}
