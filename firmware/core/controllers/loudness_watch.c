#include "controllers/loudness_watch.h"

#include <string.h>

static const double POWER_S = 0.1; /* over which powers are smoothed */
static const double LISTEN_S = 0.3;
/* Louder than without, in power, for so long. */
static const double LOUDER = 2.5;
static const double PATIENCE_S = 0.1;
/* -80 dBFS: below it microphones hear themselves. */
static const double QUIET = 1e-8;

void loudness_watch_init(loudness_watch_t *w, float sampleRateHz) {
    const double rate = (double)sampleRateHz;
    loudness_watch_clear(w);
    w->smoothing = 1 / (POWER_S * rate);
    w->listenSamples = (uint32_t)(LISTEN_S * rate + 0.5);
    w->patienceSamples = (uint32_t)(PATIENCE_S * rate + 0.5);
    w->keep = 1 - 1 / (double)w->listenSamples;
}

void loudness_watch_clear(loudness_watch_t *w) {
    w->error = w->reference = 0;
    w->louderFor = 0;
    memset(&w->without, 0, sizeof w->without);
}

bool loudness_watch_is_ready(const loudness_watch_t *w) {
    return w->without.samples >= w->listenSamples;
}

/* What the error microphone would hear without the canceller; 0 before it has listened. */
static double expected_power(const loudness_watch_t *w) {
    if (w->without.samples == 0) return 0;
    return w->without.error / w->without.reference * (w->reference + QUIET);
}

/* Forgets what is older than LISTEN_S: before that a model may still have been wrong. */
static void listen(loudness_watch_t *w, double referenceSquare, double errorSquare) {
    w->without.error = w->keep * w->without.error + errorSquare;
    w->without.reference = w->keep * w->without.reference + referenceSquare + QUIET;
    if (w->without.samples < w->listenSamples) w->without.samples++;
}

bool loudness_watch_judge(loudness_watch_t *w, float reference, float error, bool isPlaying,
                          bool isHeld) {
    const double r = (double)reference * (double)reference, e = (double)error * (double)error;
    w->error += w->smoothing * (e - w->error);
    w->reference += w->smoothing * (r - w->reference);
    if (!isPlaying) listen(w, r, e);
    const bool isLouder = w->error > QUIET && w->error > LOUDER * expected_power(w);
    w->louderFor = isPlaying && (isLouder || isHeld) ? w->louderFor + 1 : 0;
    if (w->louderFor < w->patienceSamples) return false;
    w->louderFor = 0;
    /* after a change of the path the old ratio says nothing */
    memset(&w->without, 0, sizeof w->without);
    return true;
}
