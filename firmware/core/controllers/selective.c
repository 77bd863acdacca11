/*
 * Selective fixed filter: after the first 4096 samples (85 ms at 48 kHz) of sound the stored filter
 * whose spectrum is nearest to that of the reference goes to work at once, and FxNLMS goes on from
 * there. When the noise changes, it chooses again. What it has learned on noise that is far from
 * all that it knows goes into its library. (Shi, Gan, Lam, Wen and Shi, IEEE/ACM Trans. Audio
 * Speech Lang. Process. 28, 2020, 1479-1492.)
 */
#include "controllers/selective.h"

#include <string.h>

#include "controllers/classes.h"
#include "controllers/control_filter.h"

static const float STEP = 0.004f; /* of FxNLMS */
/* Another filter has to be nearer than the last choice by this much, so many spectra in a row. */
static const float MARGIN_DB = 3;
enum { PATIENCE = 3 };
/* Further than this from what is stored is new noise. */
static const float NEW_DB = 6;
/* A filter is worth storing when it takes away this much, in power, over a window ... */
static const float WORTH = 3.98107171f; /* 6 dB */
/* ... after so many windows of one noise. */
enum { SETTLED_WINDOWS = 24 };
/* What the mean spectrum keeps of the old. */
static const float KEEP_SPECTRUM = 0.8f;
enum {
    LOOK_PERIOD = 16, /* samples between two looks at the attenuation */
    FADE_STEPS = 30,  /* of LOOK_PERIOD samples, to a chosen filter: 10 ms at 48 kHz */
};

typedef struct {
    control_filter_t filter;
    emphasis_f32_t emphasis;
    float stepSize, sampleRateHz;
    stored_filter_t library[FILTER_LIBRARY_MAX];
    size_t count;
    float *stored; /* weights of the library, FILTER_LIBRARY_MAX * taps */
    fft_f32_t fft;
    float *tables, *heard, *re, *im;
    size_t index;
    int chosen;
    bool hasChosen, hasMean;
    uint32_t rivalFor, windows, fadeLeft;
    float mean[SPECTRUM_BANDS];
    float errorPower, disturbancePower;
} selective_t;
_Static_assert(sizeof(selective_t) <= CONTROLLER_STATE_BYTES, "state");

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    selective_t *s = state;
    const size_t taps = o->taps, bins = SPECTRUM_SAMPLES / 2 + 4;
    control_filter_lay_out(&s->filter, o, CONTROL_FILTER_LEAKAGE, arena);
    s->stepSize = o->stepSize < 0 ? STEP : o->stepSize;
    s->sampleRateHz = o->sampleRateHz;
    s->chosen = -1;
    s->stored = controller_take(arena, FILTER_LIBRARY_MAX * taps);
    s->tables = controller_take(arena, fft_f32_bytes(SPECTRUM_SAMPLES) / sizeof(float));
    s->heard = controller_take(arena, SPECTRUM_SAMPLES);
    s->re = controller_take(arena, bins);
    s->im = controller_take(arena, bins);
}

/* Puts the weights beside the spectrum that is in library[at] already. */
static void keep_weights(selective_t *s, size_t at, const float *weights) {
    float *to = s->stored + at * s->filter.taps;
    memcpy(to, weights, s->filter.taps * sizeof *to);
    s->library[at].weights = to;
}

static void start(void *state, const controller_options_t *o) {
    selective_t *s = state;
    control_filter_start(&s->filter, o);
    fft_f32_init(&s->fft, SPECTRUM_SAMPLES, s->tables);
    s->count = o->libraryCount;
    for (size_t i = 0; i < s->count; i++) {
        s->library[i] = o->library[i];
        keep_weights(s, i, o->library[i].weights);
    }
}

static float play(void *state, float reference) {
    selective_t *s = state;
    s->heard[s->index] = reference;
    return control_filter_next(&s->filter, reference);
}

static void average(selective_t *s, const float *spectrum) {
    if (!s->hasMean || spectrum_distance_db(s->mean, spectrum) > 2 * NEW_DB) {
        memcpy(s->mean, spectrum, sizeof s->mean);
        s->hasMean = true;
        s->windows = 0;
    }
    s->windows++;
    for (size_t i = 0; i < SPECTRUM_BANDS; i++)
        s->mean[i] = KEEP_SPECTRUM * s->mean[i] + (1 - KEEP_SPECTRUM) * spectrum[i];
}

static bool is_better(selective_t *s, int filter, float distanceDb, const float *spectrum) {
    if (!s->hasChosen) return true;
    const bool isNearer =
        s->chosen < 0 ||
        distanceDb + MARGIN_DB < spectrum_distance_db(s->library[s->chosen].spectrumDb, spectrum);
    const bool isRival = filter != s->chosen && isNearer;
    s->rivalFor = isRival && distanceDb < NEW_DB ? s->rivalFor + 1 : 0;
    if (s->rivalFor < PATIENCE) return false;
    s->rivalFor = 0;
    return true;
}

/* New noise is added; on known noise the better filter takes the place of the old. */
static void store(selective_t *s) {
    if (s->windows < SETTLED_WINDOWS) return;
    float distanceDb;
    const int nearest = nearest_filter(s->library, s->count, s->mean, &distanceDb);
    if (nearest >= 0 && distanceDb <= NEW_DB) {
        s->chosen = nearest;
    } else if (s->count < FILTER_LIBRARY_MAX) {
        s->chosen = (int)s->count++;
        memcpy(s->library[s->chosen].spectrumDb, s->mean, sizeof s->mean);
    } else {
        return;
    }
    keep_weights(s, (size_t)s->chosen, s->filter.weights);
}

static void consider(selective_t *s, const float *spectrum) {
    average(s, spectrum);
    float distanceDb;
    const int nearest = nearest_filter(s->library, s->count, spectrum, &distanceDb);
    if (nearest >= 0 && is_better(s, nearest, distanceDb, spectrum)) {
        s->chosen = nearest;
        s->fadeLeft = FADE_STEPS;
    }
    s->hasChosen = true;
    if (s->disturbancePower > WORTH * s->errorPower) store(s);
}

static void fade(selective_t *s) {
    if (s->chosen < 0) return;
    const float *to = s->library[s->chosen].weights;
    const float left = (float)s->fadeLeft;
    for (size_t i = 0; i < s->filter.taps; i++)
        s->filter.weights[i] += (to[i] - s->filter.weights[i]) / left;
    s->fadeLeft--;
}

static void descend(selective_t *s, float error) {
    if (s->index % LOOK_PERIOD == 0) {
        /* e - w'xf is the disturbance as long as w changes slowly */
        const float disturbance = error - control_filter_filtered_output(&s->filter);
        s->errorPower += error * error;
        s->disturbancePower += disturbance * disturbance;
    }
    control_filter_descend(&s->filter, error, s->stepSize);
}

static void learn(void *state, float error, float played, bool isHeld) {
    selective_t *s = state;
    (void)played;
    const float e = emphasis_f32_next(&s->emphasis, error);
    if (isHeld)
        control_filter_leak(&s->filter);
    else
        descend(s, e);
    if (s->fadeLeft > 0 && s->index % LOOK_PERIOD == 0) fade(s);
    if (++s->index < SPECTRUM_SAMPLES) return;
    s->index = 0;
    float spectrum[SPECTRUM_BANDS];
    if (spectrum_of(&s->fft, s->heard, s->sampleRateHz, s->re, s->im, spectrum))
        consider(s, spectrum);
    s->errorPower = 0;
    s->disturbancePower = 0;
}

static void reset(void *state) {
    control_filter_clear(&((selective_t *)state)->filter);
}

static const float *weights(const void *state, size_t *taps) {
    const selective_t *s = state;
    *taps = s->filter.taps;
    return s->filter.weights;
}

static const selective_t *state_of(const controller_t *c) {
    return c->class == &controller_selective ? (const selective_t *)(const void *)c->state : NULL;
}

const stored_filter_t *selective_library(const controller_t *c, size_t *count) {
    const selective_t *s = state_of(c);
    *count = s ? s->count : 0;
    return s ? s->library : NULL;
}

int selective_choice(const controller_t *c) {
    const selective_t *s = state_of(c);
    return s ? s->chosen : -1;
}

bool selective_snapshot(const controller_t *c, stored_filter_t *filter) {
    const selective_t *s = state_of(c);
    if (!s || !s->hasMean) return false;
    memcpy(filter->spectrumDb, s->mean, sizeof s->mean);
    filter->weights = s->filter.weights;
    return true;
}

const controller_class_t controller_selective = {
    .name = "selective",
    .title = "stored filter for the nearest spectrum, then FxNLMS",
    .source = "Shi, Gan, Lam, Wen and Shi, IEEE/ACM Trans. Audio Speech Lang. Process. 28, 2020",
    .lay_out = lay_out,
    .start = start,
    .play = play,
    .learn = learn,
    .reset = reset,
    .weights = weights,
};
