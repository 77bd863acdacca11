/* The detector of wind: turbulence at the reference microphone, and what is none. */
#include "control/wind.h"

#include <math.h>

#include "support/expect.h"

enum { RATE = 48000, LEAD = 8 };

static listener_t listener;
static wind_t wind;
static uint64_t seed;
static double rumbles[2], past[LEAD];

static double white(void) {
    return ((double)expect_random(&seed) / 2147483648.0 - 1) * 1.732;
}

/* Low noise of RMS about 1: stream 0 is the surroundings, 1 the turbulence. */
static double rumble(int stream) {
    rumbles[stream] = 0.99 * rumbles[stream] + 0.141 * white();
    return rumbles[stream];
}

static int16_t q15(double v) {
    return v >= 1 ? INT16_MAX : v <= -1 ? INT16_MIN : (int16_t)lrint(v * 32767);
}

static void start(void) {
    seed = 88172645463325252ULL;
    for (int i = 0; i < LEAD; i++)
        past[i] = 0;
    listener_init(&listener, RATE);
    wind_init(&wind, RATE);
}

/* RMS of surroundings, of turbulence and of what only the ear hears. */
typedef struct {
    double sound, turbulence, ear;
} scene_t;

/* Seconds until the verdict is `until`; the whole time when it never is. */
static double run(scene_t s, double seconds, bool until) {
    for (int n = 0; n < (int)(seconds * RATE); n++) {
        const double sound = s.sound * rumble(0);
        const double x = sound + s.turbulence * rumble(1) + 3e-5 * white();
        const double d = 0.7 * past[n % LEAD] + s.ear * white() + 3e-5 * white();
        past[n % LEAD] = sound;
        listener_push(&listener, (listener_sample_t){.reference = q15(x), .disturbance = q15(d)},
                      false);
        if (n % 480 == 0 && listener_work(&listener) && wind_step(&wind, &listener) == until)
            return (double)n / RATE;
    }
    return seconds;
}

static void test_wind_comes_and_goes(void) {
    start();
    EXPECT(run((scene_t){0.03, 0, 0}, 5, true) >= 5);
    EXPECT(run((scene_t){0.03, 0.1, 0}, 5, true) < 0.7);
    EXPECT(run((scene_t){0.03, 0.1, 0}, 5, false) >= 5);
    EXPECT(run((scene_t){0.03, 0, 0}, 5, false) < 1.5);
    EXPECT(run((scene_t){0.03, 0, 0}, 5, true) >= 5);
}

/* Pauses of gusty wind: the calm that ends it must last longer and longer, and then be short again.
 */
static void test_wind_that_comes_back_is_given_longer(void) {
    start();
    EXPECT(run((scene_t){0.03, 0, 0}, 3, true) >= 3);
    double calm = 0;
    for (int gust = 0; gust < 6; gust++) {
        EXPECT(run((scene_t){0.03, 0.1, 0}, 5, true) < 0.7);
        const double needed = run((scene_t){0.03, 0, 0}, 9, false);
        EXPECT(needed < 7.5);
        EXPECT(calm > 5 || needed > 1.5 * calm);
        calm = needed;
    }
    EXPECT(run((scene_t){0.03, 0, 0}, 5, true) >= 5);
    EXPECT(run((scene_t){0.03, 0.1, 0}, 5, true) < 0.7);
    EXPECT(run((scene_t){0.03, 0, 0}, 5, false) < 1.5);
}

/* Much louder than the surroundings: known within a few spectra. */
static void test_a_strong_gust_is_known_at_once(void) {
    start();
    EXPECT(run((scene_t){0.005, 0, 0}, 3, true) >= 3);
    EXPECT(run((scene_t){0.005, 0.2, 0}, 3, true) < 0.09);
    /* and out of the blue in a quiet room */
    start();
    EXPECT(run((scene_t){0.0001, 0, 0}, 3, true) >= 3);
    EXPECT(run((scene_t){0.0001, 0.2, 0}, 3, true) < 0.5);
}

static void test_what_is_no_wind(void) {
    static const scene_t scenes[] = {
        {0.2, 0, 0},         /* loud surroundings */
        {0.001, 0, 0},       /* faint ones */
        {0.03, 0.01, 0},     /* a breeze 10 dB below: most can still be cancelled */
        {0.0001, 0.0005, 0}, /* nobody hears that */
        {0, 0, 0.1},         /* who chews in silence hears only the ear */
        {0.03, 0, 0.01},
    };
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        start();
        EXPECT(run(scenes[i], 10, true) >= 10);
    }
}

/* The level of the surroundings jumps up and down by 30 dB: both microphones hear it. */
static void test_louder_surroundings_are_no_gust(void) {
    start();
    for (int i = 0; i < 10; i++)
        EXPECT(run((scene_t){i % 2 ? 0.1 : 0.003, 0, 0}, 1, true) >= 1);
}

static void test_silence_and_full_scale(void) {
    start();
    EXPECT(run((scene_t){0, 0, 0}, 2, true) >= 2);
    EXPECT(isfinite(wind.coherence));
    run((scene_t){30, 30, 30}, 2, true);
    EXPECT(isfinite(wind.coherence) && isfinite(wind.level));
}

int main(void) {
    test_wind_comes_and_goes();
    test_wind_that_comes_back_is_given_longer();
    test_a_strong_gust_is_known_at_once();
    test_what_is_no_wind();
    test_louder_surroundings_are_no_gust();
    test_silence_and_full_scale();
    return 0;
}
