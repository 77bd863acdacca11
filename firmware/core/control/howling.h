/*
 * Howling: the loudspeaker's sound comes back through the reference microphone, loud enough to
 * grow. It is a narrow peak at both microphones and in the output. What the noise's own tones have
 * as well, so three things tell it from them (van Waterschoot and Moonen, Proc. IEEE 99(2), 2011,
 * section VI, for the first two):
 *
 * - It stands out from its neighbours (PNPR) in all three signals at once.
 * - Where the canceller has a model of the secondary path, a howl is in the error and not in the
 *   disturbance e - s * y; a tone of the noise is in the disturbance. Where there is none, and in
 *   transparency mode, where the output is meant to add to the ear: it grows by the same factor
 *   spectrum after spectrum (the slope of IMSD), or it already drives the limiter.
 * - A notch in the output ends it. Within 0.13 s the peak at the reference microphone has fallen by
 *   10 dB, or it was none, and the notch goes again.
 *
 * A knock on the microphone rings in a narrow band as well, but falls at once: a howl does not.
 *
 * A notch that was right stays for 5 s. When the same frequency howls again soon after, it stays
 * twice as long each time. What howls on in spite of a notch, or has no notch left, is for the
 * supervisor.
 */
#ifndef CONTROL_HOWLING_H
#define CONTROL_HOWLING_H

#include "control/listener.h"
#include "dsp/notch.h"

typedef enum {
    HOWLING_FREE,
    HOWLING_PROBING, /* the notch is in, to see whether the peak goes */
    HOWLING_HELD,
    HOWLING_RELEASED, /* the notch is out; known for a while */
    HOWLING_REJECTED, /* was no howl; not looked at for a while */
} howling_state_t;

typedef struct {
    howling_state_t state;
    float hz, widthHz;
    float before;        /* power at the reference when the notch came */
    uint32_t frames;     /* in this state */
    uint32_t holdFrames; /* of HELD */
    uint32_t stubborn;   /* frames that it howled on */
} howling_notch_t;

/* What the headset is doing. */
typedef struct {
    bool plays;    /* something, at full level: otherwise nothing can howl */
    bool hasModel; /* it cancels, and knows the secondary path */
} howling_situation_t;

/* What to do after a spectrum. */
typedef struct {
    bool changed[ANC_NOTCHES]; /* set the notch with these coefficients, or release it */
    bool on[ANC_NOTCHES];
    int32_t k1_q20[ANC_NOTCHES], k2_q20[ANC_NOTCHES];
    float howlsHz;    /* 0, or a howl that a notch has just ended */
    float persistsHz; /* 0, or a howl that no notch ends */
} howling_actions_t;

/* Only the functions below touch the fields. */
typedef struct {
    float sampleRateHz;
    howling_notch_t notches[ANC_NOTCHES];
    uint32_t candidateBin, candidateFrames; /* a suspicion, and for how many spectra it lasts */
    float candidatePower;
    uint32_t spareless; /* frames with a howl and no notch left */
} howling_t;

void howling_init(howling_t *h, uint32_t sampleRateHz);

/* Control context, for each new spectrum. */
howling_actions_t howling_step(howling_t *h, const listener_t *l, howling_situation_t situation);

/* Notches that are in. */
uint32_t howling_notches(const howling_t *h);

#endif
