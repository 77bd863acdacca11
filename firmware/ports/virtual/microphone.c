#include "microphone.h"

#include <math.h>

#include "paths.h"

enum { RATE = PATHS_SAMPLE_RATE_HZ, NORM_SAMPLES = 65536, KNOCK_HZ = 400 };
static const double PI = 3.14159265358979323846;

/* Turbulence falls steeply from some 10 Hz on (Nelke and Vary, IWAENC 2014). */
static const section_spec_t windSections[MICROPHONE_SECTIONS] = {{LOWPASS, 60, 0.5, 0},
                                                                 {HIGHPASS, 20, 0.7, 0}};
/* A gust every two seconds, from 0.4 to 1 of the amplitude; its RMS. */
static const double gustHz = 0.5, gustLeast = 0.4, gustRms = 0.7314;
static const double knockDecay = 0.005; /* seconds */

static double shape(section_t *sections, double x) {
    for (int i = 0; i < MICROPHONE_SECTIONS; i++)
        x = section_step(&sections[i], x);
    return x;
}

void microphone_init(microphone_t *m, uint32_t seed) {
    *m = (microphone_t){.random.state = seed, .knockGap = RATE / 10};
    section_t probe[MICROPHONE_SECTIONS];
    for (int i = 0; i < MICROPHONE_SECTIONS; i++)
        probe[i] = m->wind[i] = section_make(windSections[i], RATE);
    double energy = 0;
    for (int n = 0; n < NORM_SAMPLES; n++) {
        const double h = shape(probe, n == 0 ? 1 : 0);
        energy += h * h;
    }
    m->windGain = 1 / sqrt(energy) / gustRms;
}

double microphone_wind(microphone_t *m) {
    const double phase = 2 * PI * gustHz * (double)m->windSamples++ / RATE;
    const double gust = gustLeast + (1 - gustLeast) * (0.5 - 0.5 * cos(phase));
    return m->windGain * gust * shape(m->wind, noise_white(&m->random));
}

/* Three to seven a second, each a damped tone that starts at its peak. */
double microphone_knock(microphone_t *m) {
    if (m->knockGap-- == 0) {
        m->knockGap = (unsigned)(RATE * (0.15 + 0.2 * noise_uniform(&m->random)));
        m->knockAge = 0;
    }
    const double t = (double)m->knockAge++ / RATE;
    return exp(-t / knockDecay) * cos(2 * PI * KNOCK_HZ * t);
}
