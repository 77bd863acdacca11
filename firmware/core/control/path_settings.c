#include "control/path_settings.h"

#include <math.h>

#define ENERGY 0.999f
/* The response begins where it first reaches this share of its peak. */
#define ONSET 0.05f
#define LOW_HZ 50.0f
#define HIGH_HZ 1000.0f
/* Filters shorter than this cannot tell apart what lies below. */
#define LOWEST_HZ 47.0f
/* Of the stability limit for one tone. */
#define STEP_MARGIN 0.5f
#define PI 3.14159265358979323846f

enum { POINTS = 60, BEFORE_ONSET = 16 };

static size_t round_up(float taps) {
    const size_t rows = taps > 16 ? (size_t)ceilf(taps / 16) : 1;
    return 16 * rows;
}

static float peak_of(const float *path, size_t taps) {
    float peak = 0;
    for (size_t i = 0; i < taps; i++)
        peak = fmaxf(peak, fabsf(path[i]));
    return peak;
}

static size_t onset(const float *path, size_t taps) {
    const float enough = ONSET * peak_of(path, taps);
    size_t i = 0;
    while (i < taps && fabsf(path[i]) < enough)
        i++;
    return i;
}

static size_t energy_length(const float *path, size_t taps) {
    float total = 0, sum = 0;
    for (size_t i = 0; i < taps; i++)
        total += path[i] * path[i];
    size_t i = 0;
    while (i < taps && (sum += path[i] * path[i]) < ENERGY * total)
        i++;
    return i + 1;
}

/* Re(F{n h} / F{h}) at one frequency, and |F{h}|^2; the phasor turns by recursion. */
static float group_delay(const float *path, size_t taps, float omega, float *power) {
    const float turnRe = cosf(omega), turnIm = -sinf(omega);
    float c = 1, s = 0, re = 0, im = 0, nRe = 0, nIm = 0;
    for (size_t n = 0; n < taps; n++) {
        const float a = path[n] * c, b = path[n] * s;
        re += a;
        im += b;
        nRe += (float)n * a;
        nIm += (float)n * b;
        const float next = c * turnRe - s * turnIm;
        s = c * turnIm + s * turnRe;
        c = next;
    }
    *power = re * re + im * im;
    return *power > 0 ? (nRe * re + nIm * im) / *power : 0;
}

/* At frequencies where the path is within 20 dB of its loudest there. */
static float longest_group_delay(const float *path, size_t taps, float sampleRateHz) {
    float delays[POINTS], powers[POINTS], loudest = 0, longest = 0;
    for (int i = 0; i < POINTS; i++) {
        const float hz = LOW_HZ * powf(HIGH_HZ / LOW_HZ, (float)i / (POINTS - 1));
        delays[i] = group_delay(path, taps, 2 * PI * hz / sampleRateHz, &powers[i]);
        loudest = fmaxf(loudest, powers[i]);
    }
    for (int i = 0; i < POINTS; i++)
        if (powers[i] > loudest / 100) longest = fmaxf(longest, delays[i]);
    return longest;
}

path_settings_t path_settings(const float *path, size_t taps, float sampleRateHz) {
    const size_t delay = onset(path, taps);
    const size_t control = round_up(sampleRateHz / LOWEST_HZ);
    const float delta = longest_group_delay(path, taps, sampleRateHz);
    const size_t end = energy_length(path, taps);
    return (path_settings_t){
        .delaySamples = (uint16_t)delay,
        .modelTaps = (uint16_t)round_up(end > delay ? (float)(end - delay) : 0),
        .controlTaps = (uint16_t)(control < ANC_MAX_TAPS ? control : ANC_MAX_TAPS),
        /* Snyder and Hansen, J. Sound Vib. 141, 1990: a tone through a delay of delta samples */
        .stepSize = STEP_MARGIN * 2 * sinf(PI / (2 * (2 * delta + 1))),
    };
}

bool path_model(const float *path, size_t taps, anc_secondary_model_t *model) {
    const size_t begin = onset(path, taps);
    size_t delay = begin > BEFORE_ONSET ? begin - BEFORE_ONSET : 0;
    if (delay > ANC_MAX_SECONDARY_DELAY) delay = ANC_MAX_SECONDARY_DELAY;
    size_t length = taps - delay;
    if (length > ANC_MAX_SECONDARY_TAPS) length = ANC_MAX_SECONDARY_TAPS;
    const float peak = peak_of(path + delay, length);
    if (!(peak > 0) || !isfinite(peak)) return false;
    int exponent;
    frexpf(peak, &exponent);
    if (exponent < -16 || exponent > 16) return false;
    *model = (anc_secondary_model_t){
        .delaySamples = (uint16_t)delay, .length = (uint16_t)length, .exponent = (int16_t)exponent};
    for (size_t i = 0; i < length; i++) {
        const float v = floorf(ldexpf(path[delay + i], 15 - exponent) + 0.5f);
        model->taps_q15[i] = (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
    }
    return true;
}
