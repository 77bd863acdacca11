/*
 * Short spectra of what the headset hears and plays, for the detectors of howling and wind: 1024
 * samples under a Hann window, every 512 samples, two complex transforms each.
 *
 * Contexts: listener_push belongs to the audio, everything else to the control context. Three
 * pieces of samples go round; while the audio fills one, the two before it are looked at.
 */
#ifndef CONTROL_LISTENER_H
#define CONTROL_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LISTENER_SIZE = 1024,
    LISTENER_HOP = LISTENER_SIZE / 2,
    LISTENER_BINS = LISTENER_SIZE / 2 + 1,
    LISTENER_LOW_BINS = 9, /* 0 to 375 Hz at 48 kHz */
    LISTENER_PIECES = 3,
};

typedef struct {
    int16_t reference, output, error, disturbance; /* Q15 */
} listener_sample_t;

/* Only the functions below touch the fields but for the spectra, which may be read: squares of a
 * sine's amplitude over full scale, and of the lowest bins also the two amplitudes that tell the
 * coherence. */
typedef struct {
    listener_sample_t pieces[LISTENER_PIECES][LISTENER_HOP];
    uint16_t limitedIn[LISTENER_PIECES]; /* samples that the limiter changed */
    uint32_t filling, index;             /* of the audio context */
    volatile uint32_t filled;            /* pieces since init */
    uint32_t looked;
    float cosine[LISTENER_SIZE / 2], sine[LISTENER_SIZE / 2];
    float re[LISTENER_SIZE], im[LISTENER_SIZE];
    float hzPerBin;

    float reference[LISTENER_BINS], output[LISTENER_BINS];
    float error[LISTENER_BINS], disturbance[LISTENER_BINS];
    struct {
        float referenceRe, referenceIm, disturbanceRe, disturbanceIm;
    } low[LISTENER_LOW_BINS];
    uint32_t limited; /* of the newest LISTENER_SIZE samples */
} listener_t;

void listener_init(listener_t *l, uint32_t sampleRateHz);

/* Audio context, after the engine's two steps. */
void listener_push(listener_t *l, listener_sample_t sample, bool limited);

/* Control context, at least every LISTENER_HOP samples or some are skipped. Returns whether there
 * is a new spectrum. */
bool listener_work(listener_t *l);

#endif
