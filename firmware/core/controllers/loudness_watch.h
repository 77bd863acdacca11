/*
 * Notices that a canceller makes it louder. Its own estimate of the disturbance cannot show that
 * when its model is wrong, so the ratio of error to reference is compared with what it was while
 * nothing played.
 */
#ifndef CONTROLLERS_LOUDNESS_WATCH_H
#define CONTROLLERS_LOUDNESS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    double smoothing, keep;
    uint32_t listenSamples, patienceSamples, louderFor;
    double error, reference; /* mean squares */
    struct {
        double error, reference;
        uint32_t samples;
    } without;
} loudness_watch_t;

void loudness_watch_init(loudness_watch_t *w, float sampleRateHz);

/* Forgets all that it has heard. */
void loudness_watch_clear(loudness_watch_t *w);

/* Whether it has heard enough without the canceller, since the start or the last time it was
 * louder. */
bool loudness_watch_is_ready(const loudness_watch_t *w);

/* isPlaying: only after it is ready. true when it has been louder for too long, or the limiter
 * acted all that time. */
bool loudness_watch_judge(loudness_watch_t *w, float reference, float error, bool isPlaying,
                          bool isHeld);

#endif
