#include "controllers/filter_library.h"

#include <math.h>

#include "controllers/hann_f32.h"

static const double LOWEST_HZ = 40;
static const double HALF_OCTAVE = 1.41421356237309504880;
/* Relative to the loudest band: what is below is not told apart. */
static const float RANGE_DB = 50;

static void band_powers(const float *power, float sampleRateHz, float *bands) {
    const double stepHz = (double)sampleRateHz / SPECTRUM_SAMPLES;
    double endHz = LOWEST_HZ * HALF_OCTAVE;
    size_t band = 0;
    for (size_t i = 0; i < SPECTRUM_BANDS; i++)
        bands[i] = 0;
    for (size_t k = 1; k < SPECTRUM_SAMPLES / 2; k++) {
        const double hz = (double)k * stepHz;
        if (hz < LOWEST_HZ) continue;
        for (; hz >= endHz && band < SPECTRUM_BANDS; band++)
            endHz *= HALF_OCTAVE;
        if (band == SPECTRUM_BANDS) break;
        bands[band] += power[k];
    }
}

bool spectrum_of(const fft_f32_t *fft, float *signal, float sampleRateHz, float *re, float *im,
                 float spectrumDb[SPECTRUM_BANDS]) {
    fft_f32_forward(fft, signal, re, im);
    hann_f32_power(re, im, SPECTRUM_SAMPLES, signal);
    band_powers(signal, sampleRateHz, spectrumDb);
    float loudest = 0, sum = 0;
    for (size_t i = 0; i < SPECTRUM_BANDS; i++)
        if (spectrumDb[i] > loudest) loudest = spectrumDb[i];
    if (!(loudest > 1e-12f)) return false;
    for (size_t i = 0; i < SPECTRUM_BANDS; i++) {
        const float ratio = spectrumDb[i] / loudest;
        const float db = ratio > 1e-6f ? 10 * log10f(ratio) : -RANGE_DB;
        spectrumDb[i] = db > -RANGE_DB ? db : -RANGE_DB;
        sum += spectrumDb[i];
    }
    for (size_t i = 0; i < SPECTRUM_BANDS; i++)
        spectrumDb[i] -= sum / SPECTRUM_BANDS;
    return true;
}

float spectrum_distance_db(const float *a, const float *b) {
    float sum = 0;
    for (size_t i = 0; i < SPECTRUM_BANDS; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrtf(sum / SPECTRUM_BANDS);
}

int nearest_filter(const stored_filter_t *library, size_t count, const float *spectrumDb,
                   float *distanceDb) {
    int best = -1;
    for (size_t i = 0; i < count; i++) {
        const float db = spectrum_distance_db(library[i].spectrumDb, spectrumDb);
        if (best >= 0 && db >= *distanceDb) continue;
        best = (int)i;
        *distanceDb = db;
    }
    return best;
}
