#include "plant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "microphone.h"

enum { LANES = 8, CHUNK = 1 << 14 };

/* The newest sample first: a window of n samples is one straight run at `at`. */
typedef struct {
    float *samples;
    size_t capacity, at, longest;
} history_t;

struct plant {
    response_t reference, primary, secondary, feedback; /* padded to whole rows of LANES */
    unsigned latency;
    history_t noise, played;
    noise_random_t referenceNoise, errorNoise;
    double micNoise;
    microphone_t microphone;
    plant_faults_t faults;
};

static void history_init(history_t *h, size_t longest) {
    h->longest = longest;
    h->capacity = longest + CHUNK;
    h->samples = allocate(h->capacity, sizeof *h->samples);
    h->at = h->capacity - longest;
}

static void history_put(history_t *h, float v) {
    if (h->at == 0) {
        const size_t kept = h->longest - 1;
        h->at = h->capacity - kept;
        memmove(h->samples + h->at, h->samples, kept * sizeof *h->samples);
    }
    h->samples[--h->at] = v;
}

/* LANES sums side by side, which the compiler may keep in vector registers. */
static float dot(const float *x, const response_t *r) {
    float sums[LANES] = {0};
    for (size_t k = 0; k < r->length; k += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            sums[lane] += x[k + lane] * r->taps[k + lane];
    float sum = 0;
    for (int lane = 0; lane < LANES; lane++)
        sum += sums[lane];
    return sum;
}

static void copy_padded(response_t *copy, const response_t *r) {
    const size_t length = (r->length + LANES - 1) / LANES * LANES;
    free(copy->taps);
    *copy = (response_t){allocate(length, sizeof(float)), length};
    memcpy(copy->taps, r->taps, r->length * sizeof(float));
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

void plant_swap(plant_t *plant, const paths_t *paths) {
    copy_padded(&plant->reference, &paths->reference);
    copy_padded(&plant->primary, &paths->primary);
    copy_padded(&plant->secondary, &paths->secondary);
    copy_padded(&plant->feedback, &paths->feedback);
    /* The histories grow with the first samples still silent; a swap keeps what was heard. */
    const size_t noise = larger(plant->reference.length, plant->primary.length);
    const size_t played = larger(plant->secondary.length, plant->feedback.length) + plant->latency;
    history_t *histories[] = {&plant->noise, &plant->played};
    const size_t needed[] = {noise + 1, played + 1};
    for (int i = 0; i < 2; i++) {
        history_t *h = histories[i], old = *h;
        if (needed[i] <= old.longest) continue;
        history_init(h, needed[i]);
        if (!old.samples) continue;
        memcpy(h->samples + h->at, old.samples + old.at, (old.longest - 1) * sizeof(float));
        free(old.samples);
    }
}

plant_t *plant_new(const paths_t *paths, unsigned latencySamples, double micNoiseDb,
                   uint32_t seed) {
    plant_t *plant = allocate(1, sizeof *plant);
    plant->latency = latencySamples;
    plant->referenceNoise.state = seed + 1;
    plant->errorNoise.state = seed + 2;
    plant->micNoise = pow(10, micNoiseDb / 20);
    microphone_init(&plant->microphone, seed + 3);
    plant->faults = (plant_faults_t){.referenceClip = 1, .feedbackGain = 1};
    plant_swap(plant, paths);
    return plant;
}

void plant_set_faults(plant_t *plant, plant_faults_t faults) {
    plant->faults = faults;
}

static int32_t to_q31(double v) {
    const double scaled = nearbyint(v * 2147483648.0);
    /* 24-bit converters, left-justified */
    if (scaled >= 2147483392.0) return 2147483392;
    if (scaled <= -2147483648.0) return INT32_MIN;
    return (int32_t)((uint32_t)(int32_t)scaled & ~255u);
}

static double clip(double v, double limit) {
    return v > limit ? limit : v < -limit ? -limit : v;
}

int32_t plant_reference(plant_t *plant, double noise) {
    history_put(&plant->noise, (float)noise);
    const float *heard = plant->noise.samples + plant->noise.at;
    double r = (double)dot(heard, &plant->reference);
    /* played holds y[n - 1] first, so lag k of the path meets index k + latency - 1; with no
     * latency the first tap has nothing to meet yet. */
    const float *played = plant->played.samples + plant->played.at;
    const double fed = plant->faults.feedbackGain;
    if (plant->latency > 0) {
        r += fed * (double)dot(played + plant->latency - 1, &plant->feedback);
    } else {
        const response_t later = {plant->feedback.taps + 1, plant->feedback.length - 1};
        for (size_t k = 0; k < later.length; k++)
            r += fed * (double)(played[k] * later.taps[k]);
    }
    if (plant->faults.windRms > 0) r += plant->faults.windRms * microphone_wind(&plant->microphone);
    if (plant->faults.knockPeak > 0)
        r += plant->faults.knockPeak * microphone_knock(&plant->microphone);
    r += plant->micNoise * noise_white(&plant->referenceNoise);
    return plant->faults.referenceSilent ? 0 : to_q31(clip(r, plant->faults.referenceClip));
}

int32_t plant_error(plant_t *plant, int32_t out_q31, int32_t *off_q31) {
    const int32_t played_q31 = plant->faults.speakerSilent ? 0 : out_q31;
    history_put(&plant->played, (float)played_q31 / 2147483648.0f);
    const float *played = plant->played.samples + plant->played.at + plant->latency;
    const double d = (double)dot(plant->noise.samples + plant->noise.at, &plant->primary);
    const double anti = (double)dot(played, &plant->secondary);
    const double e = d + (plant->faults.signFlip ? -anti : anti) +
                     plant->micNoise * noise_white(&plant->errorNoise);
    *off_q31 = to_q31(d);
    return plant->faults.errorSilent ? 0 : to_q31(e);
}
