/* The detector of sudden sounds, alone: what it finds, what it leaves alone, and for how long. */
#include "dsp/impulse.h"

#include <math.h>

#include "support/expect.h"

enum { RATE = 48000, HOLD = 960, BUDGET = 24000 };

static const double pi = 3.14159265358979323846;
static anc_impulse_t detector;
static uint64_t seed;
static double pink;

static void start(void) {
    seed = 88172645463325252ULL;
    pink = 0;
    anc_impulse_init(&detector, HOLD, BUDGET);
}

/* near enough to Gaussian: the sum of four */
static double gaussian(void) {
    double sum = 0;
    for (int i = 0; i < 4; i++)
        sum += (double)expect_random(&seed) / 2147483648.0 - 1;
    return sum * 0.866;
}

static double low(void) {
    pink = 0.99 * pink + 0.141 * gaussian();
    return pink;
}

static int16_t q15(double v) {
    return v >= 1 ? INT16_MAX : v <= -1 ? INT16_MIN : (int16_t)(v * 32767);
}

/* Signals of the false-alarm test, RMS about 1. */
static double white(int n) {
    (void)n;
    return gaussian();
}

static double coloured(int n) {
    (void)n;
    return low();
}

static double tone(int n) {
    return 1.414 * sin(2 * pi * 1000 * n / RATE);
}

static double sweep(int n) {
    const double t = (double)n / RATE;
    return 1.414 * sin(2 * pi * (20 * t + 900 * t * t));
}

/* a four-stroke engine: harmonics in phase, so a pulse each revolution */
static double harmonics(int n) {
    double sum = 0;
    for (int k = 1; k <= 10; k++)
        sum += cos(2 * pi * 40 * k * n / RATE);
    return sum * 0.447;
}

/* syllables, four a second, down to a tenth */
static double speech(int n) {
    const double syllable = sin(pi * 4 * n / RATE);
    return 1.4 * (0.1 + syllable * syllable) * low();
}

static void test_leaves_noise_alone(void) {
    double (*const signals[])(int) = {white, coloured, tone, sweep, harmonics, speech};
    static const double levels[] = {0.2, 0.01, 0.0005};
    for (size_t s = 0; s < sizeof signals / sizeof *signals; s++) {
        for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
            start();
            for (int n = 0; n < 10 * RATE; n++) {
                const int16_t x = q15(levels[l] * signals[s](n));
                const bool rests = anc_impulse_step(&detector, x, x);
                /* the first sound after silence is sudden */
                if (n >= RATE / 4) EXPECT(!rests);
            }
        }
    }
}

static void test_finds_a_click_at_either_microphone(void) {
    for (int input = 0; input < 2; input++) {
        start();
        int rested = 0, first = 0;
        for (int n = 0; n < 2 * RATE; n++) {
            const double noise = 0.01 * gaussian(), click = n == RATE ? 0.2 : noise;
            const bool rests =
                anc_impulse_step(&detector, q15(input ? noise : click), q15(input ? click : noise));
            if (n < RATE / 5 || !rests) continue;
            if (rested++ == 0) first = n;
        }
        EXPECT_EQ(first, RATE);
        EXPECT_EQ(rested, HOLD);
        EXPECT_EQ(detector.count, 2); /* the beginning and the click */
    }
}

/* Twenty clicks, five a second, in noise: each is found, none hides the next. */
static void test_finds_each_of_a_train(void) {
    start();
    for (int n = 0; n < 5 * RATE; n++) {
        const double ring = exp(-(n % 9600) / 240.0) * sin(2 * pi * 400 * n / RATE);
        const int16_t x = q15(0.01 * gaussian() + (n >= RATE ? 0.5 * ring : 0));
        anc_impulse_step(&detector, x, x);
    }
    EXPECT_EQ(detector.count, 21);
    EXPECT(!detector.isNoise);
}

/* 60 dB more for good: a pause, not a stop. */
static void test_a_louder_noise_is_soon_the_noise(void) {
    start();
    int rested = 0;
    for (int n = 0; n < 3 * RATE; n++) {
        const int16_t x = q15((n < RATE ? 0.0002 : 0.2) * gaussian());
        if (anc_impulse_step(&detector, x, x) && n >= RATE) rested++;
    }
    EXPECT(rested > 0 && rested < RATE / 10);
}

/* Nothing but clicks, twenty-five a second, silence between: half of the time is left to learn. */
static void test_a_noise_of_clicks_is_learned_from(void) {
    start();
    int rested = 0;
    for (int n = 0; n < 10 * RATE; n++) {
        const int16_t x = n % 1920 == 0 ? INT16_MIN : 0;
        rested += anc_impulse_step(&detector, x, x);
    }
    EXPECT(rested > 2 * RATE && rested < 5.5 * RATE);
}

static void test_faint_clicks_and_silence(void) {
    start();
    for (int n = 0; n < RATE; n++)
        EXPECT(!anc_impulse_step(&detector, n % 1000 == 0 ? 80 : 0, 0));
    for (int n = 0; n < RATE; n++)
        anc_impulse_step(&detector, INT16_MIN, INT16_MAX); /* full scale, DC */
    EXPECT_EQ(detector.count, 1);
}

int main(void) {
    test_leaves_noise_alone();
    test_finds_a_click_at_either_microphone();
    test_finds_each_of_a_train();
    test_a_louder_noise_is_soon_the_noise();
    test_a_noise_of_clicks_is_learned_from();
    test_faint_clicks_and_silence();
    return 0;
}
