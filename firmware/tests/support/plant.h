/*
 * A small acoustic plant for tests: coloured noise at the reference microphone, a delayed and
 * filtered copy of it plus the loudspeaker's sound at the error microphone. Doubles: tests need no
 * exactness here.
 */
#ifndef ANC_TEST_PLANT_H
#define ANC_TEST_PLANT_H

#include "dsp/engine.h"
#include "support/expect.h"

enum { PLANT_DELAY = 12, PLANT_TAPS = 24 };

typedef struct {
    uint64_t random;
    double level;    /* of the noise, roughly its RMS over full scale */
    double colour;   /* pole of the noise, 0 white */
    double pathSign; /* of the secondary path */
    double primary;  /* gain to the error microphone */
    double feedback; /* of the loudspeaker to the reference microphone, a sample later */
    double noise, noises[PLANT_DELAY + 1], speaker[PLANT_TAPS];
    anc_levels_t levels;
} plant_t;

static inline void plant_init(plant_t *p) {
    *p = (plant_t){.random = 88172645463325252ULL,
                   .level = 0.07,
                   .colour = 0.97,
                   .pathSign = 1,
                   .primary = 0.7};
}

static inline double plant_secondary(int tap) {
    static const double decay[4] = {0.05, 0.6, 0.25, -0.1};
    return tap >= 2 && tap < 6 ? decay[tap - 2] : 0;
}

static inline anc_secondary_model_t plant_model(void) {
    anc_secondary_model_t m = {.delaySamples = 2, .length = 4};
    for (int i = 0; i < 4; i++)
        m.taps_q15[i] = (int16_t)(plant_secondary(i + 2) * 32767);
    return m;
}

static inline int32_t plant_q31(double v) {
    return v >= 1 ? INT32_MAX : v < -1 ? INT32_MIN : (int32_t)(v * 2147483647.0);
}

/* One sample through engine and plant; returns the error microphone's sample over full scale. */
static inline double plant_step(plant_t *p, anc_engine_t *e) {
    double white = ((double)expect_random(&p->random) / 2147483648.0 - 1) * 1.7;
    double next = p->colour * p->noise + white * p->level * (1 - p->colour * p->colour);
    p->noise = next;
    for (int i = PLANT_DELAY; i > 0; i--)
        p->noises[i] = p->noises[i - 1];
    p->noises[0] = next;
    for (int i = PLANT_TAPS - 1; i > 0; i--)
        p->speaker[i] = p->speaker[i - 1];
    const double reference = next + p->feedback * p->speaker[1];
    p->speaker[0] = anc_engine_output(e, plant_q31(reference)) / 2147483648.0;
    double error = p->primary * p->noises[PLANT_DELAY];
    for (int i = 0; i < PLANT_TAPS; i++)
        error += p->pathSign * plant_secondary(i) * p->speaker[i];
    anc_engine_adapt(e, plant_q31(error));
    return error;
}

/* RMS of the error over n samples. */
static inline double plant_run(plant_t *p, anc_engine_t *e, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double error = plant_step(p, e);
        sum += error * error;
    }
    double rms = 1e-9; /* Newton's square root: no libm in the tests */
    double mean = sum / n;
    if (mean > 0)
        for (rms = 1; rms * rms > mean * 1.0001 || rms * rms < mean * 0.9999;)
            rms = (rms + mean / rms) / 2;
    return rms;
}

#endif
