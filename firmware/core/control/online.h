/*
 * Keeps the secondary model true while it plays: a probe far below what the error microphone hears,
 * and every two to three seconds a fit of what is left of that microphone's sound, after the
 * present model and after all that the reference explains, to the probe. What it finds is the error
 * of the model. (Eriksson and Allie, J. Acoust. Soc. Am. 85, 1989, with the noise predicted as by
 * Bao, Sas and van Brussel, J. Sound Vib. 161, 1993.)
 * dsp-reference/src/controllers/normal-equations/online-identification.ts is the same in float64.
 *
 * Contexts: online_sound and online_push belong to the audio, everything else to the control
 * context, which does a bounded part of the work at each call.
 */
#ifndef CONTROL_ONLINE_H
#define CONTROL_ONLINE_H

#include "control/path_fit.h"
#include "dsp/engine.h"
#include "dsp/probe.h"

typedef struct {
    float *probe, *reference, *disturbance;
    uint64_t power; /* sum of squares of the error, 2^42 a sample is full scale */
    bool clipped;
    volatile bool full;
} online_block_t;

typedef enum { ONLINE_COLLECT, ONLINE_SOLVE, ONLINE_JUDGE } online_phase_t;

/* Only the functions below touch the fields; they are here so that the caller can own the memory.
 */
typedef struct {
    online_phase_t phase;
    path_fit_t fit;
    float *path; /* the present model, fit.layout.taps */
    float gain;  /* of it */
    float sampleRateHz, heardPower;
    uint32_t blocks; /* done of the phase */
    uint32_t collectBlocks, judgeBlocks;
    uint32_t working;
    volatile int32_t amplitude_q31;
    volatile bool lost;
    /* of the audio context */
    probe_t probe;
    online_block_t block[2];
    uint32_t filling, index;
} online_t;

/* Bytes of memory for models of `taps`, delay included, 1..960. */
size_t online_bytes(size_t taps);

/* Starts from the engine's present model. `memory` is aligned for float and in use by nobody else.
 * false when it is too small or there is no model. */
bool online_init(online_t *o, const anc_engine_t *e, void *memory, size_t bytes);

/* Audio context: the next sample of the probe, Q31. */
int32_t online_sound(online_t *o);

/* Audio context, each sample: what was injected and heard, and e - model * y. */
void online_push(online_t *o, int32_t ref_q31, int32_t probe_q31, int32_t err_q31,
                 int32_t disturbance_q31);

/* Control context. `plays` false: no probe, and nothing is learned. Returns whether there is a
 * better model. */
bool online_work(online_t *o, bool plays);

/* Control context: the better model. false when the engine cannot hold it. */
bool online_model(const online_t *o, anc_secondary_model_t *model);

#endif
