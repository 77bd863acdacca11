/*
 * Measures the paths from the loudspeaker to both microphones at the pace of the audio: listens to
 * the background, raises a test sound only as far as needed, plays it while the correlations are
 * collected, solves in silence, and judges the result on more of the sound.
 * dsp-reference/src/identification/identify.ts is the same in float64.
 *
 * Contexts: identify_sound and identify_push belong to the audio, everything else to the control
 * context, which does a bounded part of the work at each call. Two blocks of samples go between
 * them.
 */
#ifndef CONTROL_IDENTIFY_H
#define CONTROL_IDENTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "control/path_fit.h"
#include "control/path_settings.h"
#include "dsp/excitation.h"

/* Values of enum `identifyPhase` of the link. */
typedef enum {
    IDENTIFY_IDLE = 0,
    IDENTIFY_SETTLE = 1, /* what was played before dies away */
    IDENTIFY_LISTEN = 2,
    IDENTIFY_RAMP = 3,
    IDENTIFY_MEASURE = 4,
    IDENTIFY_SOLVE = 5,
    IDENTIFY_JUDGE = 6,
    IDENTIFY_DONE = 7,
} identify_phase_t;

/* Values of enum `identifyReason` of the link: why there is no model. */
typedef enum {
    IDENTIFY_ACCEPTED = 0,
    IDENTIFY_ABORTED = 1,    /* by the host */
    IDENTIFY_HOST_GONE = 2,  /* nobody was there to abort it */
    IDENTIFY_MUTED = 3,      /* by the parameter */
    IDENTIFY_CLIPPED = 4,    /* a microphone was at full scale */
    IDENTIFY_UNHEARD = 5,    /* too little explained, in quiet surroundings */
    IDENTIFY_NOISY = 6,      /* too little explained, in loud surroundings */
    IDENTIFY_TOO_SLOW = 7,   /* the control context missed a block */
    IDENTIFY_IMPOSSIBLE = 8, /* no path, or one that the engine's model cannot hold */
} identify_reason_t;

typedef struct {
    uint32_t sampleRateHz;
    excitation_kind_t excitation;
    float seconds;    /* of measuring and judging */
    float maxDriveDb; /* loudest drive, RMS over full scale, at most -6 */
    float minErleDb;  /* less is refused */
    size_t taps;      /* of the paths, delay included */
} identify_config_t;

/* Valid when done; the quality also when refused for it. */
typedef struct {
    float erleDb; /* error microphone over what the model leaves of it, on sound not fitted to */
    float octavesDb[PATH_OCTAVES]; /* what the model explains over what it does not */
    path_settings_t settings;
    anc_secondary_model_t secondary, feedback;
    bool hasFeedback; /* none when the reference microphone does not hear the loudspeaker at all */
} identify_result_t;

typedef struct {
    float *played, *reference, *error;
    volatile bool full;
} identify_block_t;

/* Only the functions below touch the fields, but for those up to `result`, which may be read. */
typedef struct {
    identify_config_t config;
    identify_phase_t phase;
    identify_reason_t reason;
    float driveDb;      /* of the present step */
    float levelDb;      /* at the error microphone, of the last step or block */
    float backgroundDb; /* before the first sound */
    uint32_t blocks;    /* done of the phase */
    uint32_t measureBlocks, judgeBlocks;
    identify_result_t result;

    path_fit_t fit;
    float background; /* mean square */
    uint32_t levelSamples;
    /* between the contexts: the control context sets them last, the audio counts them down */
    volatile int32_t amplitude_q31; /* RMS of the sound; 0: silence */
    volatile uint32_t levelLeft, blocksLeft;
    volatile bool clipped, lost;
    /* of the audio context */
    excitation_t sound;
    identify_block_t block[2];
    uint64_t power; /* sum of squares of the error, 2^42 is full scale */
    uint32_t filling, index;
    uint32_t working; /* of the control context */
} identify_t;

/* Bytes of memory for paths of `taps`, 1..960. */
size_t identify_bytes(size_t taps);

/* Takes as long a prediction of the noise as `bytes` allow, and shorter paths than asked for when
 * there is no room for them. `memory` is aligned for float and in use by nobody else until the end.
 * false when it is too small even for 192 taps. sampleRateHz 8000..192000, seconds 1..10. */
bool identify_start(identify_t *i, const identify_config_t *c, void *memory, size_t bytes);

/* Audio context: the next sample of the test sound, Q31. */
int32_t identify_sound(identify_t *i);

/* Audio context, each sample: what was played and heard. */
void identify_push(identify_t *i, int32_t ref_q31, int32_t out_q31, int32_t err_q31);

/* Control context, every 10 ms or more often. Returns false when there is nothing more to do: the
 * phase is then done, and the reason says whether the result counts. */
bool identify_work(identify_t *i);

/* Silence at once; the phase is done. */
void identify_abort(identify_t *i, identify_reason_t reason);

/* ERLE so far, dB; 0 before judging. */
float identify_erle_db(const identify_t *i);

/* Share of the present phase that is over, 0..1000. */
uint32_t identify_progress_permille(const identify_t *i);

#endif
