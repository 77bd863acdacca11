/* The detector of howling, on a loop that howls and on sounds that only resemble it. */
#include "control/howling.h"

#include <math.h>
#include <string.h>

#include "support/expect.h"

enum { RATE = 48000, DELAY = 41 };

static const double pi = 3.14159265358979323846;
static listener_t listener;
static howling_t howling;
static anc_notch_t notches[ANC_NOTCHES];
static uint64_t seed;
static int inserted, firstFrame; /* notches set; sample of the first */
static float howlsHz, persistsHz;

static double white(void) {
    return ((double)expect_random(&seed) / 2147483648.0 - 1) * 1.732;
}

static int16_t q15(double v) {
    return v >= 1 ? INT16_MAX : v <= -1 ? INT16_MIN : (int16_t)lrint(v * 32767);
}

static void start(void) {
    seed = 88172645463325252ULL;
    memset(notches, 0, sizeof notches);
    listener_init(&listener, RATE);
    howling_init(&howling, RATE);
    inserted = firstFrame = 0;
    howlsHz = persistsHz = 0;
}

static void hear(int n, double x, double y, double e, double d, bool limited, bool hasModel) {
    listener_push(&listener, (listener_sample_t){q15(x), q15(y), q15(e), q15(d)}, limited);
    if (n % 480 != 0 || !listener_work(&listener)) return;
    const howling_actions_t a =
        howling_step(&howling, &listener, (howling_situation_t){.plays = true, hasModel});
    for (uint32_t i = 0; i < ANC_NOTCHES; i++) {
        if (!a.changed[i]) continue;
        if (a.on[i]) {
            anc_notch_set(&notches[i], a.k1_q20[i], a.k2_q20[i]);
            if (inserted++ == 0) firstFrame = n;
        } else {
            anc_notch_release(&notches[i]);
        }
    }
    if (a.howlsHz > 0) howlsHz = a.howlsHz;
    if (a.persistsHz > 0) persistsHz = a.persistsHz;
}

/* A loudspeaker that reaches the reference microphone through a resonance. */
typedef struct {
    double hz, gain, limit;
    double y[DELAY], s1, s2;
    int at;
} loop_t;

static double resonance(loop_t *l, double v) {
    const double w = 2 * pi * l->hz / RATE, alpha = sin(w) / 20, a0 = 1 + alpha;
    const double out = alpha / a0 * v + l->s1;
    l->s1 = 2 * cos(w) / a0 * out + l->s2;
    l->s2 = -alpha / a0 * v - (1 - alpha) / a0 * out;
    return out;
}

/* From `from` on the loop is closed; RMS at the reference over the last half second. */
static double run_loop(loop_t *l, double seconds, double from, bool hasModel) {
    const int samples = (int)(seconds * RATE);
    double sum = 0;
    for (int n = 0; n < samples; n++) {
        const double noise = 0.02 * white(), d = 0.3 * noise;
        const double fed = n > from * RATE ? l->gain * l->y[l->at] : 0;
        const double x = noise + resonance(l, fed);
        const double wanted =
            anc_notches_output(notches, (int32_t)(fmax(-1, fmin(1, -0.8 * x)) * 2147483647)) /
            2147483648.0;
        const double y = fmax(-l->limit, fmin(l->limit, wanted));
        l->y[l->at] = y;
        l->at = (l->at + 1) % DELAY;
        hear(n, x, y, d + 0.4 * y, d, y != wanted, hasModel);
        if (n >= samples - RATE / 2) sum += x * x;
    }
    return sqrt(sum / (RATE / 2.0));
}

static void test_a_howl_is_ended_and_named(void) {
    static const struct {
        double hz, gain;
    } cases[] = {{400, 3}, {1200, -1.5}, {2500, -2}, {2500, 3}, {6000, 2}, {11000, 2}};
    for (int hasModel = 0; hasModel < 2; hasModel++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            start();
            loop_t loop = {.hz = cases[i].hz, .gain = cases[i].gain, .limit = 0.5};
            const double after = run_loop(&loop, 3, 1, hasModel);
            EXPECT(inserted > 0 && (firstFrame - RATE) < RATE * 3 / 10);
            EXPECT(fabs((double)howlsHz / cases[i].hz - 1) < 0.15);
            EXPECT(persistsHz <= 0);
            EXPECT(after < 0.03); /* 0.02 is the noise */
        }
    }
}

static void test_the_notch_goes_when_the_cause_has_gone(void) {
    start();
    loop_t loop = {.hz = 2500, .gain = -2, .limit = 0.5};
    run_loop(&loop, 3, 1, true);
    EXPECT(howling_notches(&howling) > 0);
    loop.gain = 0.1;
    run_loop(&loop, 7, 0, true);
    EXPECT_EQ(howling_notches(&howling), 0);
}

/* It stays: the second time it is held twice as long. */
static void test_a_howl_that_comes_back(void) {
    start();
    loop_t loop = {.hz = 2500, .gain = -2, .limit = 0.5};
    double loud = 0;
    for (int i = 0; i < 15; i++)
        loud += run_loop(&loop, 1, 0, true) > 0.05;
    EXPECT(inserted >= 2 && inserted < 12);
    EXPECT(loud < 5);
}

/* A delay and no resonance howls at a dozen frequencies at once: that is for the supervisor. */
static void test_what_no_notch_ends_is_reported(void) {
    start();
    double y[DELAY] = {0}, x = 0;
    for (int n = 0; n < 4 * RATE && persistsHz <= 0; n++) {
        const int at = n % DELAY;
        x = 0.02 * white() + 2.5 * y[at];
        const double wanted =
            anc_notches_output(notches, (int32_t)(fmax(-1, fmin(1, 0.8 * x)) * 2147483647)) /
            2147483648.0;
        y[at] = fmax(-0.5, fmin(0.5, wanted));
        hear(n, x, y[at], 0.4 * y[at], 0.001 * white(), y[at] != wanted, true);
    }
    EXPECT(persistsHz > 0);
}

static double tone(int n) {
    return 1.414 * sin(2 * pi * 1000 * n / RATE);
}

static double sweep(int n) {
    const double t = (double)n / RATE;
    return 1.414 * sin(2 * pi * (200 * t + 190 * t * t));
}

static double harmonics(int n) {
    const double t = (double)n / RATE, phase = 90 * t + 2 * sin(2 * pi * 0.3 * t);
    double sum = 0;
    for (int k = 1; k <= 12; k++)
        sum += sin(2 * pi * k * phase + k * k);
    return 0.4 * sum;
}

/* Voiced syllables, four a second, gliding, with pauses. */
static double speech(int n) {
    const double t = (double)n / RATE, glide = 180 * t + 6 * sin(2 * pi * 1.3 * t);
    const double syllable = fmax(0, sin(2 * pi * 4 * t));
    double sum = 0;
    for (int k = 1; k <= 20; k++)
        sum += sin(2 * pi * k * glide) / (1 + abs(k - 5));
    return syllable * sum;
}

/* Beeps: on in 5 ms, half a second long, once a second. */
static double beeps(int n) {
    const double t = fmod((double)n / RATE, 1);
    const double on = fmin(1, t / 0.005) * (t < 0.5 ? 1 : fmax(0, 1 - (t - 0.5) / 0.005));
    return 1.414 * on * sin(2 * pi * 2900 * n / RATE);
}

static double noise(int n) {
    (void)n;
    return 0;
}

/* The noise's own tones, although the canceller makes them 10 dB louder at the ear: the model says
 * so, and neither growth nor a limiter does. */
static void test_tones_of_the_noise_are_left_alone(void) {
    double (*const signals[])(int) = {tone, sweep, harmonics, speech, beeps, noise};
    static const double levels[] = {0.2, 0.003};
    for (int hasModel = 0; hasModel < 2; hasModel++) {
        for (size_t s = 0; s < sizeof signals / sizeof *signals; s++) {
            for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
                start();
                for (int n = 0; n < 4 * RATE; n++) {
                    const double x = levels[l] * (signals[s](n) + 0.05 * white());
                    const double d = 0.2 * x + 1e-4 * white(), y = -0.9 * x;
                    hear(n, x, y, 3.2 * d, d, false, hasModel);
                }
                EXPECT_EQ((int64_t)howlsHz, 0);
                EXPECT_EQ((int64_t)persistsHz, 0);
                EXPECT_EQ(howling_notches(&howling), 0);
                EXPECT(inserted <= 1);
            }
        }
    }
}

/* A tone that swells like a howl, from outside: a notch cannot end it, so it goes again. */
static void test_a_swelling_tone_is_rejected(void) {
    start();
    for (int n = 0; n < 4 * RATE; n++) {
        const double swell = fmin(0.3, 1e-3 * exp(fmax(0, (double)n / RATE - 1) * 20));
        const double x = swell * sin(2 * pi * 2900 * n / RATE) + 1e-4 * white();
        hear(n, x, -0.9 * x, 0.5 * x, 0.2 * x, false, false);
    }
    EXPECT(inserted >= 1);
    EXPECT_EQ((int64_t)howlsHz, 0);
    EXPECT_EQ(howling_notches(&howling), 0);
}

int main(void) {
    test_a_howl_is_ended_and_named();
    test_the_notch_goes_when_the_cause_has_gone();
    test_a_howl_that_comes_back();
    test_what_no_notch_ends_is_reported();
    test_tones_of_the_noise_are_left_alone();
    test_a_swelling_tone_is_rejected();
    return 0;
}
