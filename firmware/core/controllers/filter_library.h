/* Control filters that were learned before, each with the spectrum of the noise it is for. */
#ifndef CONTROLLERS_FILTER_LIBRARY_H
#define CONTROLLERS_FILTER_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/fft_f32.h"

enum {
    SPECTRUM_SAMPLES = 4096, /* that a spectrum is taken from: 85 ms at 48 kHz */
    SPECTRUM_BANDS = 13,     /* from 40 Hz, a half octave each */
    FILTER_LIBRARY_MAX = 16,
};

typedef struct {
    float spectrumDb[SPECTRUM_BANDS]; /* of the reference it was learned with, mean 0 */
    const float *weights;             /* as many as the controller has taps, newest tap first */
} stored_filter_t;

/* The shape of a spectrum: levels of half-octave bands, free of the overall level. false when the
 * signal is silent. `fft` is one of SPECTRUM_SAMPLES; re, im: scratch of half as many values and 4
 * more. The signal is overwritten. */
bool spectrum_of(const fft_f32_t *fft, float *signal, float sampleRateHz, float *re, float *im,
                 float spectrumDb[SPECTRUM_BANDS]);

/* RMS of the difference in dB. */
float spectrum_distance_db(const float *a, const float *b);

/* The entry whose spectrum is nearest; its number, -1 when there is none. */
int nearest_filter(const stored_filter_t *library, size_t count, const float *spectrumDb,
                   float *distanceDb);

#endif
