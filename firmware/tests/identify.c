/* Test sounds, the fit of both paths, the gate, and the abort. */
#include "control/identify.h"
#include "support/acoustics.h"

enum { RATE = 48000, TAPS = 256 };

static float memory[1 << 17];
static identify_t id;
static acoustics_t a;
static double loudest; /* since the start */
static long samples;

static void test_sounds_have_rms_1_and_a_bounded_peak(void) {
    static const uint32_t rates[] = {8000, 48000, 192000};
    for (int kind = EXCITATION_WHITE; kind <= EXCITATION_SWEEP; kind++) {
        for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
            excitation_t x;
            excitation_init(&x, (excitation_kind_t)kind, rates[r]);
            double power = 0, sum = 0, peak = 0;
            for (uint32_t i = 0; i < 4 * rates[r]; i++) {
                const double v = excitation_next(&x) / 1073741824.0;
                power += v * v;
                sum += v;
                peak = fmax(peak, fabs(v));
            }
            EXPECT(fabs(power / (4 * rates[r]) - 1) < 0.02);
            EXPECT(fabs(sum / (4 * rates[r])) < 0.02 && peak < 1.74);
        }
    }
}

static void test_mls_runs_through_all_its_states(void) {
    excitation_t x;
    excitation_init(&x, EXCITATION_MLS, RATE);
    static int8_t sequence[2 * 65535];
    long sum = 0;
    for (int i = 0; i < 2 * 65535; i++)
        sequence[i] = excitation_next(&x) > 0 ? 1 : -1;
    for (int i = 0; i < 65535; i++) {
        sum += sequence[i];
        EXPECT_EQ(sequence[i], sequence[i + 65535]);
    }
    EXPECT_EQ(sum, 1);
    static const int lags[] = {1, 2, 100, 30000};
    for (int t = 0; t < 4; t++) {
        long correlation = 0;
        for (int i = 0; i < 65535; i++)
            correlation += sequence[i] * sequence[i + lags[t]];
        EXPECT_EQ(correlation, -1);
    }
}

static void start(excitation_kind_t excitation, size_t bytes) {
    const identify_config_t config = {.sampleRateHz = RATE,
                                      .excitation = excitation,
                                      .seconds = 2,
                                      .maxDriveDb = -20,
                                      .minErleDb = 8,
                                      .taps = TAPS};
    EXPECT(identify_start(&id, &config, memory, bytes));
    loudest = 0;
    samples = 0;
}

static bool step(void) {
    const int32_t x = acoustics_reference(&a), y = identify_sound(&id);
    identify_push(&id, x, y, acoustics_error(&a, y));
    loudest = fmax(loudest, fabs(y / 2147483648.0));
    return ++samples % 480 != 0 || identify_work(&id);
}

static identify_reason_t run(void) {
    while (step())
        continue;
    EXPECT_EQ(id.phase, IDENTIFY_DONE);
    EXPECT_EQ(identify_sound(&id), 0);
    return id.reason;
}

static void test_finds_both_paths(void) {
    static const struct {
        excitation_kind_t kind;
        double atMostDb, feedbackDb;
    } cases[] = {
        {EXCITATION_WHITE, -34, -10}, {EXCITATION_MLS, -34, -10}, {EXCITATION_SWEEP, -28, 10}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        acoustics_init(&a);
        start(cases[c].kind, sizeof memory);
        EXPECT_EQ(run(), IDENTIFY_ACCEPTED);
        EXPECT(acoustics_misalignment_db(a.secondary, id.fit.secondary, TAPS) < cases[c].atMostDb);
        EXPECT(acoustics_misalignment_db(a.feedback, id.fit.feedback, TAPS) < cases[c].feedbackDb);
        EXPECT(id.result.erleDb > 30 && id.result.octavesDb[4] > 20);
        EXPECT_EQ(id.result.settings.delaySamples, ACOUSTICS_DELAY);
        EXPECT(id.result.hasFeedback && id.driveDb < -35);
    }
}

static void test_the_model_is_the_path(void) {
    acoustics_init(&a);
    start(EXCITATION_WHITE, sizeof memory);
    EXPECT_EQ(run(), IDENTIFY_ACCEPTED);
    const anc_secondary_model_t *m = &id.result.secondary;
    float path[TAPS] = {0};
    for (int i = 0; i < m->length && m->delaySamples + i < TAPS; i++)
        path[m->delaySamples + i] = ldexpf((float)m->taps_q15[i], m->exponent - 15);
    EXPECT(acoustics_misalignment_db(a.secondary, path, TAPS) < -34);
}

static void test_takes_out_the_noise_that_the_reference_hears(void) {
    acoustics_init(&a);
    memset(a.feedback, 0, sizeof a.feedback);
    a.noiseLevel = 0.05;
    start(EXCITATION_WHITE, sizeof memory);
    EXPECT_EQ(run(), IDENTIFY_ACCEPTED);
    EXPECT(id.backgroundDb > -30);
    EXPECT(acoustics_misalignment_db(a.secondary, id.fit.secondary, TAPS) < -45);
    /* as loud at the error microphone alone, it is too loud */
    acoustics_init(&a);
    a.foreign = 0.04;
    start(EXCITATION_WHITE, sizeof memory);
    EXPECT_EQ(run(), IDENTIFY_NOISY);
}

static void test_raises_the_sound_slowly_and_no_further_than_needed(void) {
    acoustics_init(&a);
    a.noiseLevel = 1e-5;
    start(EXCITATION_WHITE, sizeof memory);
    while (samples < RATE * 3 / 5)
        step();
    EXPECT(loudest == 0); /* settling, listening */
    double before = loudest;
    while (id.phase == IDENTIFY_RAMP || id.phase == IDENTIFY_LISTEN) {
        for (int i = 0; i < RATE / 20; i++)
            step();
        /* 1.5 dB a step, from -60 dBFS; uniform noise peaks 4.8 dB above its RMS */
        EXPECT(loudest < (before > 0 ? 1.25 * before : 2e-3));
        before = loudest;
    }
    EXPECT(id.driveDb < -35);
    EXPECT_EQ(run(), IDENTIFY_ACCEPTED);
    EXPECT(loudest < 0.03);
}

static void refuses(identify_reason_t reason) {
    start(EXCITATION_WHITE, sizeof memory);
    EXPECT_EQ(run(), reason);
    EXPECT(loudest < 0.18); /* -20 dBFS and the peak above it */
}

static void test_refuses_with_the_reason(void) {
    acoustics_init(&a);
    a.unplugged = true;
    refuses(IDENTIFY_UNHEARD);
    acoustics_init(&a);
    a.foreign = 0.3;
    refuses(IDENTIFY_NOISY);
    acoustics_init(&a);
    a.gain = 1000;
    a.micNoise = a.noiseLevel = 1e-7;
    refuses(IDENTIFY_CLIPPED);
    acoustics_init(&a);
    memset(a.secondary, 0, sizeof a.secondary);
    a.micNoise = a.noiseLevel = 0;
    refuses(IDENTIFY_UNHEARD);
}

static void test_an_abort_is_silence(void) {
    static const int phases[] = {IDENTIFY_LISTEN, IDENTIFY_RAMP, IDENTIFY_MEASURE, IDENTIFY_SOLVE,
                                 IDENTIFY_JUDGE};
    for (size_t p = 0; p < sizeof phases / sizeof *phases; p++) {
        acoustics_init(&a);
        start(EXCITATION_MLS, sizeof memory);
        while ((int)id.phase != phases[p])
            EXPECT(step());
        identify_abort(&id, IDENTIFY_ABORTED);
        loudest = 0;
        for (int i = 0; i < RATE / 10; i++)
            step();
        EXPECT(loudest == 0);
        EXPECT_EQ(id.reason, IDENTIFY_ABORTED);
        identify_abort(&id, IDENTIFY_HOST_GONE); /* the first reason stays */
        EXPECT_EQ(id.reason, IDENTIFY_ABORTED);
    }
}

static void test_a_control_context_that_is_too_slow_is_noticed(void) {
    acoustics_init(&a);
    start(EXCITATION_WHITE, sizeof memory);
    while (id.phase != IDENTIFY_MEASURE)
        step();
    for (int i = 0; i < RATE; i++) { /* audio alone */
        const int32_t x = acoustics_reference(&a), y = identify_sound(&id);
        identify_push(&id, x, y, acoustics_error(&a, y));
    }
    while (identify_work(&id))
        continue;
    EXPECT_EQ(id.reason, IDENTIFY_TOO_SLOW);
}

static void test_less_memory_makes_shorter_paths(void) {
    const identify_config_t config = {
        .sampleRateHz = RATE, .seconds = 2, .maxDriveDb = -20, .minErleDb = 8, .taps = TAPS};
    EXPECT(identify_bytes(1) == identify_bytes(192) && identify_bytes(193) > identify_bytes(192));
    EXPECT(identify_bytes(960) <= sizeof memory);
    EXPECT(!identify_start(&id, &config, memory, identify_bytes(192) - 1));
    acoustics_init(&a);
    start(EXCITATION_WHITE, identify_bytes(192));
    EXPECT_EQ(run(), IDENTIFY_ACCEPTED);
    EXPECT_EQ(id.fit.layout.taps, 192);
    EXPECT(acoustics_misalignment_db(a.secondary, id.fit.secondary, 192) < -30);
}

int main(void) {
    test_sounds_have_rms_1_and_a_bounded_peak();
    test_mls_runs_through_all_its_states();
    test_finds_both_paths();
    test_the_model_is_the_path();
    test_takes_out_the_noise_that_the_reference_hears();
    test_raises_the_sound_slowly_and_no_further_than_needed();
    test_refuses_with_the_reason();
    test_an_abort_is_silence();
    test_a_control_context_that_is_too_slow_is_noticed();
    test_less_memory_makes_shorter_paths();
    return 0;
}
