/*
 * Loudspeaker, two microphones and surrounding noise for the tests of identification: any paths,
 * faults by switch. Doubles: tests need no exactness here.
 */
#ifndef ANC_TEST_ACOUSTICS_H
#define ANC_TEST_ACOUSTICS_H

#include <math.h>
#include <string.h>

#include "support/plant.h"

enum { ACOUSTICS_TAPS = 160, ACOUSTICS_DELAY = 9, ACOUSTICS_PRIMARY = 20 };

typedef struct {
    uint64_t random;
    double secondary[ACOUSTICS_TAPS], feedback[ACOUSTICS_TAPS];
    double noiseLevel; /* of coloured noise at the reference microphone, RMS over full scale */
    double micNoise;   /* of each microphone */
    double foreign;    /* noise at the error microphone alone */
    double gain;       /* of the error microphone, before it clips */
    bool unplugged;
    double state, noises[ACOUSTICS_PRIMARY + 1], played[ACOUSTICS_TAPS];
} acoustics_t;

static inline double acoustics_white(acoustics_t *a) {
    return ((double)expect_random(&a->random) / 2147483648.0 - 1) * 1.7320508;
}

/* A resonance behind a delay; the feedback is weaker and later. */
static inline void acoustics_init(acoustics_t *a) {
    memset(a, 0, sizeof *a);
    a->random = 88172645463325252ULL;
    a->noiseLevel = 1e-3;
    a->micNoise = 3e-5;
    a->gain = 1;
    for (int i = ACOUSTICS_DELAY; i < ACOUSTICS_TAPS; i++) {
        const double t = i - ACOUSTICS_DELAY;
        a->secondary[i] = 0.5 * exp(-t / 12) * cos(0.35 * t);
        if (i >= 2 * ACOUSTICS_DELAY) a->feedback[i] = 0.05 * exp(-t / 8) * cos(0.9 * t);
    }
}

static inline double acoustics_dot(const double *path, const double *played) {
    double sum = 0;
    for (int i = 0; i < ACOUSTICS_TAPS; i++)
        sum += path[i] * played[i];
    return sum;
}

static inline void acoustics_shift(double *history, int n, double newest) {
    memmove(history + 1, history, (size_t)(n - 1) * sizeof *history);
    history[0] = newest;
}

/* The reference microphone; the loudspeaker reaches it with a delay, so what is played now does not
 * matter yet. */
static inline int32_t acoustics_reference(acoustics_t *a) {
    a->state = 0.95 * a->state + sqrt(1 - 0.95 * 0.95) * acoustics_white(a);
    acoustics_shift(a->noises, ACOUSTICS_PRIMARY + 1, a->noiseLevel * a->state);
    acoustics_shift(a->played, ACOUSTICS_TAPS, 0);
    return plant_q31(a->noises[0] + acoustics_dot(a->feedback, a->played) +
                     a->micNoise * acoustics_white(a));
}

static inline int32_t acoustics_error(acoustics_t *a, int32_t out_q31) {
    a->played[0] = a->unplugged ? 0 : out_q31 / 2147483648.0;
    const double error = 0.8 * a->noises[ACOUSTICS_PRIMARY] +
                         acoustics_dot(a->secondary, a->played) + a->micNoise * acoustics_white(a) +
                         a->foreign * acoustics_white(a);
    return plant_q31(a->gain * error);
}

/* Power of the difference over that of the path, dB. */
static inline double acoustics_misalignment_db(const double *path, const float *found,
                                               size_t taps) {
    double wrong = 0, whole = 0;
    for (size_t i = 0; i < taps; i++) {
        const double truth = i < ACOUSTICS_TAPS ? path[i] : 0;
        wrong += pow((double)found[i] - truth, 2);
        whole += truth * truth;
    }
    return 10 * log10(wrong / whole);
}

#endif
