/*
 * Wind at the reference microphone: turbulence that the ear does not hear, so its anti-noise would
 * only be rumble. It is loud below 300 Hz and has nothing to do with the disturbance at the ear.
 *
 * The measure is the magnitude-squared coherence of reference and disturbance, averaged over 0.25 s
 * and over bins with the power of the reference; each spectrum counts alike, whatever its level. No
 * filter can take away more than 1 - coherence (Kuo and Morgan, Active Noise Control Systems, 1996,
 * ch. 3): at 0.3, where it counts as wind, that is 1.5 dB, so nothing is lost by silence. The same
 * measure tells wind from noise in hearing aids with two microphones (Nelke and Vary, IWAENC 2014).
 *
 * The average takes its time. A gust that raises the reference by 10 dB and the disturbance not at
 * all is known after 32 ms; were it another sound, the coherence would end the pause.
 *
 * As long as there is anti-noise, the disturbance is only as good as the model of the secondary
 * path: what the model has wrong is coherent with the reference, too. In silence it is exact.
 */
#ifndef CONTROL_WIND_H
#define CONTROL_WIND_H

#include "control/listener.h"

/* Only the functions below touch the fields, but for blows and coherence, which may be read. */
typedef struct {
    float hopSeconds;
    uint32_t bins;
    struct {
        float reference, disturbance, crossRe, crossIm;
    } mean[LISTENER_LOW_BINS];
    float level;          /* mean square of the reference */
    float heardSeconds;   /* averaged, at most what is needed */
    float againstSeconds; /* for which the present verdict has been contradicted */
    float sinceSeconds;   /* the verdict changed, at most what matters */
    float calmSeconds;    /* for which it must be calm to end the wind */
    float usualReference, usualDisturbance, usualSeconds; /* of the low bins, while it is calm */
    uint32_t gustFrames;
    float coherence;
    bool blows;
} wind_t;

void wind_init(wind_t *w, uint32_t sampleRateHz);

/* Control context, for each new spectrum; returns whether wind blows. */
bool wind_step(wind_t *w, const listener_t *l);

#endif
