/* Which algorithm the device runs: by parameter, by memory, and when the guard acts. */
#include "support/headset.h"
#include "support/plant.h"

static headset_t h;
static plant_t plant;
static uint8_t memory[1 << 20];

static int32_t q31(double v) {
    return plant_q31(v);
}

/* The device's loop through the plant, with control steps; RMS of the error over the second half.
 */
static double run(double seconds) {
    const int samples = (int)(48000 * seconds);
    double sum = 0;
    for (int i = 0; i < samples; i++) {
        double white = ((double)expect_random(&plant.random) / 2147483648.0 - 1) * 1.7;
        plant.noise = 0.9 * plant.noise + white * 0.02;
        for (int k = PLANT_DELAY; k > 0; k--)
            plant.noises[k] = plant.noises[k - 1];
        plant.noises[0] = plant.noise;
        for (int k = PLANT_TAPS - 1; k > 0; k--)
            plant.speaker[k] = plant.speaker[k - 1];
        plant.speaker[0] = device_audio_output(&h.device, q31(plant.noise)) / 2147483648.0;
        double error = plant.primary * plant.noises[PLANT_DELAY];
        for (int k = 0; k < PLANT_TAPS; k++)
            error += plant.pathSign * plant_secondary(k) * plant.speaker[k];
        device_audio_adapt(&h.device, q31(error));
        if (i % 480 == 479) device_control(&h.device, h.nowMs += 10);
        if (i >= samples / 2) sum += error * error;
    }
    return sum / (samples - samples / 2);
}

static void set(const char *name, const char *value) {
    EXPECT(device_set_parameter(&h.device, name, value) == NULL);
}

static void start(bool hasMemory) {
    headset_start(&h);
    if (hasMemory) {
        h.device.port.controlMemory = memory;
        h.device.port.controlBytes = sizeof memory;
    }
    plant_init(&plant);
    const anc_secondary_model_t model = plant_model();
    EXPECT(device_set_secondary(&h.device, &model));
    set("taps", "64");
    set("algorithm", "normalEquations");
}

static void test_without_memory_it_stays_with_fxnlms(void) {
    start(false);
    EXPECT(!h.device.controls && !h.device.engine.follows);
    const double before = run(1);
    set("stepSize", "0.02");
    set("mode", "anc");
    EXPECT(run(6) < 0.1 * before);
}

static void test_the_parameter_switches_while_it_runs(void) {
    start(true);
    EXPECT(h.device.controls && h.device.engine.follows);
    const double before = run(1);
    set("mode", "anc");
    const double solved = run(1);
    EXPECT(solved < 0.01 * before);
    set("algorithm", "fxnlms");
    EXPECT(!h.device.controls && !h.device.engine.follows);
    EXPECT(run(2) < 0.02 * before);
    set("algorithm", "normalEquations");
    set("taps", "48");
    EXPECT_EQ(h.device.controlTaps, 48);
    EXPECT(run(2) < 0.02 * before);
    set("filterForm", "multirate");
    EXPECT_EQ(h.device.controlForm, ANC_FORM_MULTIRATE);
    EXPECT_EQ(h.device.controlTaps, 128);
    EXPECT(run(2) < 0.02 * before);
}

static void test_a_new_model_starts_it_afresh(void) {
    start(true);
    set("mode", "anc");
    run(1);
    EXPECT(h.device.control.solutions > 0);
    const anc_secondary_model_t model = plant_model();
    EXPECT(device_set_secondary(&h.device, &model));
    EXPECT_EQ(h.device.control.solutions, 0);
}

static void test_adapt_off_holds_the_filter(void) {
    start(true);
    set("mode", "anc");
    run(1);
    set("adapt", "false");
    uint16_t taps;
    const int32_t weight = anc_engine_weights(&h.device.engine, &taps)[0];
    run(1);
    EXPECT_EQ(anc_engine_weights(&h.device.engine, &taps)[0], weight);
}

static void test_a_wrong_sign_ends_quiet(void) {
    start(true);
    plant.pathSign = -1;
    const double before = run(1);
    set("mode", "anc");
    run(8);
    EXPECT(h.device.supervisor.rollbacks > 0);
    EXPECT(run(2) < 1.5 * before);
}

static void test_follows_the_path_where_there_is_room(void) {
    start(true);
    EXPECT(!h.device.followsPath);
    set("followPath", "true");
    EXPECT(h.device.followsPath && h.device.controls);
    set("algorithm", "fxnlms");
    EXPECT(h.device.followsPath && !h.device.controls);
    set("stepSize", "0.0001"); /* so that there is an error to hide it under */
    run(0.5);
    EXPECT_EQ(h.device.engine.injected_q31, 0);
    set("mode", "anc");
    run(1);
    EXPECT(h.device.engine.injected_q31 != 0);
    set("algorithm", "normalEquations");
    set("followPath", "false");
    EXPECT(!h.device.followsPath && h.device.controls);
    EXPECT_EQ(h.device.engine.injected_q31, 0);
    h.device.port.controlBytes = normal_equations_bytes(64, 6);
    set("followPath", "true");
    EXPECT(!h.device.followsPath && h.device.controls);
}

int main(void) {
    test_without_memory_it_stays_with_fxnlms();
    test_the_parameter_switches_while_it_runs();
    test_a_new_model_starts_it_afresh();
    test_adapt_off_holds_the_filter();
    test_a_wrong_sign_ends_quiet();
    test_follows_the_path_where_there_is_room();
    return 0;
}
