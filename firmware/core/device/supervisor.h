/*
 * Watches over the control filter at control rate (about 100 Hz): divergence, sustained limiting,
 * clipping, silence of the reference. Integer only, no I/O; what happened is the return value of
 * supervisor_step.
 */
#ifndef ANC_SUPERVISOR_H
#define ANC_SUPERVISOR_H

#include "dsp/engine.h"

/* Values of enum `guard` of the link. */
typedef enum {
    SUPERVISOR_NORMAL = 0,
    SUPERVISOR_FROZEN =
        1, /* output silent, adaptation stopped, listening whether the anti-noise was to blame */
    SUPERVISOR_ROLLED_BACK =
        2, /* anti-noise again with rolled-back weights, for the first second after it */
    SUPERVISOR_MUTED =
        3, /* too many roll-backs; until supervisor_guard_clear or a change of mode */
} supervisor_guard_t;

/* What a step has to report; bits, so that one step can report several. */
enum {
    SUPERVISOR_EVENT_DIVERGENCE = 1 << 0,       /* frozen */
    SUPERVISOR_EVENT_ROLLBACK = 1 << 1,         /* weights rolled back */
    SUPERVISOR_EVENT_MUTED = 1 << 2,            /* guard muted */
    SUPERVISOR_EVENT_CLEARED = 1 << 3,          /* left muted or frozen because the mode changed */
    SUPERVISOR_EVENT_CLIPPED = 1 << 4,          /* an input began to clip */
    SUPERVISOR_EVENT_REFERENCE_SILENT = 1 << 5, /* the reference fell silent for a second */
};

typedef struct {
    int32_t divergenceThresholdDb_e1; /* raw parameter values */
    uint32_t divergenceHoldMs;
    uint32_t rollbackMax;
} supervisor_config_t;

enum { SUPERVISOR_ROLLBACK_LOG = 20 };

/* Mean squares in the format of anc_levels_t. */
typedef struct {
    uint64_t reference, error, disturbance, antiNoise;
} supervisor_levels_t;

/* Only the functions below touch the fields, but for guard and rollbacks, which may be read. */
typedef struct {
    supervisor_config_t config;
    uint32_t sampleRateHz;
    supervisor_guard_t guard;
    uint32_t rollbacks; /* since init */

    anc_mode_t mode; /* at the last step */
    uint64_t clock;  /* samples seen */
    uint64_t stateSince;
    uint64_t rollbackAt[SUPERVISOR_ROLLBACK_LOG]; /* clock of the newest roll-backs, a ring */
    supervisor_levels_t smooth;                   /* over about 50 ms */
    supervisor_levels_t suspect;                  /* what made it freeze */
    bool suspectClips;   /* a microphone is at full scale and the error need not be high */
    bool suspectCertain; /* no need to listen whether it was the anti-noise */
    uint32_t doubts;     /* suspicions in a row that were not confirmed */
    uint64_t doubtedAt;
    uint64_t ratio_q16; /* error / reference power without anti-noise; 0: not known */
    uint64_t silentReference, silentError; /* sums of mean square * samples in silence */
    uint32_t silentSamples;
    bool wasSilent;
    uint32_t divergedSamples, limitedSamples, clippingSamples, healthySamples;
    uint64_t loudAt; /* clock when the clipping was found to be that of the surroundings */
    uint32_t unclippedSamples, quietSamples; /* since the last clip; with the reference silent */
} supervisor_t;

void supervisor_init(supervisor_t *s, uint32_t sampleRateHz);
void supervisor_configure(supervisor_t *s, const supervisor_config_t *c);

/* One control step: levels are those just taken from the engine. Returns SUPERVISOR_EVENT_* bits.
 */
uint32_t supervisor_step(supervisor_t *s, anc_engine_t *e, const anc_levels_t *levels);

/* Somebody else has found what the supervisor cannot see, howling that no notch ends: in anc mode
 * the output stops and the weights roll back as after a divergence, in transparency mode it is
 * muted. Returns SUPERVISOR_EVENT_* bits. */
uint32_t supervisor_trip(supervisor_t *s, anc_engine_t *e);

/* Leaves muted or frozen and starts from the last good weights. */
void supervisor_guard_clear(supervisor_t *s, anc_engine_t *e);

#endif
