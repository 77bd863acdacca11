/* The probe, and the model that it keeps true: corrected when wrong, left alone when right. */
#include "control/online.h"
#include "support/acoustics.h"

enum { RATE = 48000 };

static float memory[1 << 17];
static anc_engine_t e;
static online_t o;
static acoustics_t a;
static double probePower, errorPower;

static void test_the_probe_has_its_level(void) {
    static const uint32_t rates[] = {8000, 48000, 192000};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        probe_t p;
        probe_init(&p, rates[r]);
        double power = 0, low = 0, lowPower = 0;
        const double pole = 1 - exp(-2 * 3.14159265 * 150 / rates[r]);
        for (uint32_t i = 0; i < 10 * rates[r]; i++) {
            const double v = probe_next(&p, 1 << 24) / 16777216.0;
            low += pole * (v - low);
            power += v * v / (10 * rates[r]);
            lowPower += low * low / (10 * rates[r]);
        }
        /* white and low are of one piece, so below the corner they add up */
        EXPECT(power > 0.9 && power < 1.5);
        EXPECT(lowPower > 0.2 && lowPower < 0.6);
        EXPECT_EQ(probe_next(&p, 0), 0);
    }
}

/* The engine at rest knows `path` scaled by gain. */
static void start(double gain) {
    acoustics_init(&a);
    memset(a.feedback, 0, sizeof a.feedback);
    a.noiseLevel = 0.02;
    anc_secondary_model_t model = {.delaySamples = 0, .length = ACOUSTICS_TAPS};
    for (int i = 0; i < ACOUSTICS_TAPS; i++)
        model.taps_q15[i] = (int16_t)lrint(gain * a.secondary[i] * 32768);
    anc_engine_init(&e, RATE);
    EXPECT(anc_engine_set_secondary(&e, &model));
    EXPECT(online_init(&o, &e, memory, sizeof memory));
}

/* Returns how often the model was corrected. */
static int run(int seconds, bool plays) {
    int corrections = 0;
    probePower = errorPower = 0;
    for (int i = 0; i < seconds * RATE; i++) {
        const int32_t x = acoustics_reference(&a), v = online_sound(&o);
        anc_engine_inject(&e, v);
        const int32_t error = acoustics_error(&a, anc_engine_output(&e, x));
        anc_engine_adapt(&e, error);
        online_push(&o, x, e.injected_q31, error, anc_engine_disturbance(&e));
        probePower += pow(v / 2147483648.0, 2);
        errorPower += pow(error / 2147483648.0, 2);
        anc_secondary_model_t model;
        if (i % 480 != 0 || !online_work(&o, plays)) continue;
        EXPECT(online_model(&o, &model) && anc_engine_correct_secondary(&e, &model));
        EXPECT(online_init(&o, &e, memory, sizeof memory));
        corrections++;
    }
    return corrections;
}

static double misalignment_db(void) {
    const anc_secondary_model_t *m = anc_engine_secondary(&e);
    float path[ACOUSTICS_TAPS] = {0};
    for (int i = 0; i < m->length && m->delaySamples + i < ACOUSTICS_TAPS; i++)
        path[m->delaySamples + i] = ldexpf((float)m->taps_q15[i], m->exponent - 15);
    return acoustics_misalignment_db(a.secondary, path, ACOUSTICS_TAPS);
}

static void test_a_wrong_model_is_corrected(void) {
    static const double gains[] = {0.4, -1}; /* too weak, and the wrong sign */
    for (size_t g = 0; g < 2; g++) {
        start(gains[g]);
        EXPECT(misalignment_db() > -5);
        anc_engine_set_target(&e, 3, 1234);
        EXPECT(run(8, true) > 0);
        EXPECT(misalignment_db() < -15);
        EXPECT_EQ(e.target[3], 1234); /* the weights go on */
        EXPECT(probePower > 0 && probePower * 0.2 < errorPower);
    }
}

static void test_a_right_model_is_left_alone(void) {
    start(0.98);
    EXPECT_EQ(run(20, true), 0);
}

static void test_no_probe_where_nothing_hides_it(void) {
    start(0.4);
    EXPECT_EQ(run(4, false), 0);
    EXPECT(probePower == 0);
    a.noiseLevel = a.micNoise = 1e-6;
    run(1, true); /* the first block still knows the noise */
    EXPECT_EQ(run(4, true), 0);
    EXPECT(probePower == 0);
}

static void test_a_slow_control_context_learns_nothing(void) {
    start(0.4);
    for (int i = 0; i < RATE; i++)
        online_push(&o, i, i, i, i);
    EXPECT(o.lost);
    EXPECT(!online_work(&o, true) && !o.lost && o.blocks <= 1);
    /* and afterwards it does */
    EXPECT(run(8, true) > 0);
    EXPECT(misalignment_db() < -15);
}

static void test_needs_a_model_and_room(void) {
    start(1);
    EXPECT(!online_init(&o, &e, memory, online_bytes(ACOUSTICS_TAPS) - 1));
    EXPECT(online_init(&o, &e, memory, online_bytes(ACOUSTICS_TAPS)));
    anc_engine_init(&e, RATE);
    EXPECT(!online_init(&o, &e, memory, sizeof memory));
}

int main(void) {
    test_the_probe_has_its_level();
    test_a_wrong_model_is_corrected();
    test_a_right_model_is_left_alone();
    test_no_probe_where_nothing_hides_it();
    test_a_slow_control_context_learns_nothing();
    test_needs_a_model_and_room();
    return 0;
}
