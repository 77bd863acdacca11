/* The supervisor in a closed loop: it must act on a wrong path, and must not on a change of the
 * noise. */
#include "device/supervisor.h"
#include "support/plant.h"

enum { STEP = 480, SECOND = 100 };

static anc_engine_t e;
static supervisor_t s;
static plant_t plant;
static anc_config_t config;
static double errorRms;

/* Steps of 10 ms; returns all events. */
static uint32_t run(int steps) {
    uint32_t events = 0;
    for (int i = 0; i < steps; i++) {
        anc_levels_t levels;
        errorRms = plant_run(&plant, &e, STEP);
        anc_engine_take_levels(&e, &levels);
        events |= supervisor_step(&s, &e, &levels);
    }
    return events;
}

static void start(uint32_t stepSize_e5) {
    plant_init(&plant);
    anc_engine_init(&e, 48000);
    supervisor_init(&s, 48000);
    anc_secondary_model_t model = plant_model();
    EXPECT(anc_engine_set_secondary(&e, &model));
    config = e.config;
    config.mode = ANC_MODE_ANC;
    config.taps = 64;
    config.stepSize_e5 = stepSize_e5;
    anc_engine_configure(&e, &config);
}

static void test_leaves_a_good_run_alone(void) {
    start(500);
    EXPECT_EQ(run(10 * SECOND), 0);
    EXPECT_EQ(s.guard, SUPERVISOR_NORMAL);
    /* Good weights were saved. */
    anc_engine_restore_weights(&e);
    EXPECT(anc_engine_weights_peak(&e) > 0);
}

static void test_sign_flip_ends_muted(void) {
    start(500);
    run(5 * SECOND);
    double cancelled = errorRms;
    plant.pathSign = -1;
    uint32_t events = run(SECOND);
    EXPECT(events & SUPERVISOR_EVENT_DIVERGENCE);
    events |= run(12 * SECOND);
    EXPECT(events & SUPERVISOR_EVENT_ROLLBACK);
    EXPECT(events & SUPERVISOR_EVENT_MUTED);
    EXPECT_EQ(s.guard, SUPERVISOR_MUTED);
    EXPECT_EQ(s.rollbacks, 3);
    EXPECT_EQ(run(SECOND), 0);
    EXPECT_EQ(e.output_q31, 0);

    plant.pathSign = 1;
    supervisor_guard_clear(&s, &e);
    EXPECT_EQ(run(5 * SECOND), 0);
    EXPECT_EQ(s.guard, SUPERVISOR_NORMAL);
    EXPECT(errorRms < 2 * cancelled);
}

static void test_mode_change_clears(void) {
    start(500);
    run(3 * SECOND);
    plant.pathSign = -1;
    run(14 * SECOND);
    EXPECT_EQ(s.guard, SUPERVISOR_MUTED);
    config.mode = ANC_MODE_TRANSPARENCY;
    anc_engine_configure(&e, &config);
    EXPECT(run(10) & SUPERVISOR_EVENT_CLEARED);
    EXPECT_EQ(s.guard, SUPERVISOR_NORMAL);
    EXPECT(e.output_q31 != 0);
}

/* With too large a step the model is right and the loop still diverges. */
static void test_step_too_large(void) {
    start(500);
    run(5 * SECOND);
    config.stepSize_e5 = 20000;
    config.taps = 512;
    plant.colour = 0.999;
    anc_engine_configure(&e, &config);
    run(20 * SECOND);
    double loudest = 0;
    for (int i = 0; i < 3 * SECOND; i++) {
        run(1);
        if (errorRms > loudest) loudest = errorRms;
    }
    EXPECT(loudest < 0.5);
}

static void test_new_noise_is_no_divergence(void) {
    start(500);
    run(5 * SECOND);
    uint32_t rollbacks = s.rollbacks;
    for (int i = 0; i < 6; i++) {
        plant.colour = i % 2 ? 0.97 : 0.2;
        plant.level = i % 3 ? 0.2 : 0.02;
        run(2 * SECOND);
    }
    EXPECT_EQ(s.rollbacks, rollbacks);
    EXPECT(s.guard == SUPERVISOR_NORMAL);
}

static void test_sustained_limiting(void) {
    start(500);
    run(2 * SECOND);
    config.outputLimitDb_e1 = -400;
    anc_engine_configure(&e, &config);
    plant.level = 0.3;
    uint32_t events = run(5 * SECOND);
    EXPECT(events & SUPERVISOR_EVENT_DIVERGENCE);
    EXPECT(events & SUPERVISOR_EVENT_ROLLBACK);
}

/* A howl whose amplitude the clipping reference holds, hardly heard at the ear. */
static void test_a_howl_that_clips_the_reference(void) {
    start(500);
    plant.primary = 0.2; /* of which little drive comes, far from the limiter */
    run(3 * SECOND);
    plant.pathSign = 0.02;
    plant.feedback = 150;
    const uint32_t events = run(2 * SECOND);
    EXPECT(events & SUPERVISOR_EVENT_CLIPPED);
    EXPECT(events & SUPERVISOR_EVENT_ROLLBACK);
}

/* Surroundings that clip as loud in silence: looked into, and left alone for a while. */
static void test_clipping_surroundings(void) {
    start(500);
    run(3 * SECOND);
    plant.level = 6;
    uint32_t suspicions = 0;
    for (int i = 0; i < 8 * SECOND; i++) {
        const uint32_t events = run(1);
        suspicions += (events & SUPERVISOR_EVENT_DIVERGENCE) != 0;
        EXPECT(!(events & (SUPERVISOR_EVENT_ROLLBACK | SUPERVISOR_EVENT_MUTED)));
    }
    EXPECT_EQ(suspicions, 1);
    EXPECT_EQ(s.guard, SUPERVISOR_NORMAL);
}

/* Somebody else's verdict needs no second one. */
static void test_trip(void) {
    start(500);
    run(3 * SECOND);
    EXPECT_EQ(supervisor_trip(&s, &e), SUPERVISOR_EVENT_DIVERGENCE);
    EXPECT_EQ(supervisor_trip(&s, &e), 0); /* it is at it */
    run(5);
    EXPECT_EQ(e.output_q31, 0);
    EXPECT(run(SECOND) & SUPERVISOR_EVENT_ROLLBACK);
    EXPECT(e.output_q31 != 0);
    config.mode = ANC_MODE_TRANSPARENCY;
    anc_engine_configure(&e, &config);
    run(SECOND);
    EXPECT_EQ(supervisor_trip(&s, &e), SUPERVISOR_EVENT_MUTED);
    run(SECOND);
    EXPECT_EQ(e.output_q31, 0);
    config.mode = ANC_MODE_ANC;
    anc_engine_configure(&e, &config);
    EXPECT(run(SECOND) & SUPERVISOR_EVENT_CLEARED);
    EXPECT(e.output_q31 != 0);
}

/* While the output is ducked for wind, silence says nothing of the paths, and nothing is judged. */
static void test_ducked_silence_teaches_nothing(void) {
    start(500);
    run(3 * SECOND);
    const uint64_t ratio_q16 = s.ratio_q16;
    anc_engine_duck(&e, true);
    run(10);
    plant.primary = 0.001; /* as if the reference were much louder */
    EXPECT_EQ(run(3 * SECOND), 0);
    EXPECT(s.ratio_q16 >= ratio_q16 / 2);
    plant.primary = 0.7;
    anc_engine_duck(&e, false);
    EXPECT_EQ(run(3 * SECOND), 0);
}

static void test_inputs(void) {
    start(500);
    EXPECT_EQ(run(SECOND), 0);
    plant.level = 0;
    plant.noise = 0;
    EXPECT(run(3 * SECOND) & SUPERVISOR_EVENT_REFERENCE_SILENT);
    EXPECT_EQ(run(3 * SECOND), 0); /* said once */
    plant.level = 3;
    EXPECT(run(SECOND / 2) & SUPERVISOR_EVENT_CLIPPED);
}

int main(void) {
    test_leaves_a_good_run_alone();
    test_sign_flip_ends_muted();
    test_mode_change_clears();
    test_step_too_large();
    test_new_noise_is_no_divergence();
    test_sustained_limiting();
    test_a_howl_that_clips_the_reference();
    test_clipping_surroundings();
    test_trip();
    test_ducked_silence_teaches_nothing();
    test_inputs();
    return 0;
}
