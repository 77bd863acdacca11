/*
 * One channel of a feed-forward active noise canceller: reference and error microphone in,
 * loudspeaker out.
 *
 * Audio samples are Q31 (24-bit converters left-justified in 32 bits). All state is in
 * anc_engine_t, which the caller owns; no heap, no globals, no floating point. Parameters arrive as
 * the raw integers of the parameter table.
 *
 * A sample takes two steps, so that a simulated loop may have no latency at all:
 *     out = anc_engine_output(engine, ref);    anti-noise from the present reference and weights
 *     anc_engine_adapt(engine, err);           learn from the error of the same instant
 * Real ports call anc_engine_process, which does both for each sample of a block.
 *
 * The output is never late. The weights learn at the end of every ANC_BLOCK samples, from the
 * errors of all of them: block LMS, which takes a third of the instructions.
 *
 * Control functions (everything but output, adapt and process) may be called between samples, from
 * the context that runs the audio or while that is stopped.
 */
#ifndef ANC_ENGINE_H
#define ANC_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dsp/block.h"
#include "dsp/fxnlms.h"
#include "dsp/impulse.h"
#include "dsp/multirate.h"
#include "dsp/notch.h"

enum {
    ANC_MIN_TAPS = 32,
    ANC_MAX_TAPS = 1024,
    ANC_TAPS_STEP = 16,
    ANC_MAX_SECONDARY_TAPS = 512,
    ANC_MAX_SECONDARY_DELAY = 256,
    ANC_WEIGHT_FRACTION_BITS = 28, /* weights are Q28, +-7.94 with saturation: see fxnlms.h */
    ANC_LEAK_TAPS_PER_SAMPLE = 4,
    ANC_FADE_TAPS_PER_SAMPLE = 16, /* towards the target, an eighth of the way at each visit */
    /* holds the longest filter, or the longest model with delay, in all samples of a block */
    ANC_HISTORY = ANC_MAX_TAPS + ANC_BLOCK,
};

/* FIR: a weight a tap. Multirate: 64 direct weights, then late ones, see multirate.h. */
typedef enum { ANC_FORM_FIR = 0, ANC_FORM_MULTIRATE = 1 } anc_form_t;

typedef enum { ANC_MODE_OFF = 0, ANC_MODE_TRANSPARENCY = 1, ANC_MODE_ANC = 2 } anc_mode_t;

/* The loudspeaker-to-error-microphone model: h[n] = taps_q15[n - delay] * 2^(exponent - 15). */
typedef struct {
    uint16_t delaySamples; /* 0..ANC_MAX_SECONDARY_DELAY, converters and blocks included */
    uint16_t length;       /* 1..ANC_MAX_SECONDARY_TAPS */
    int16_t exponent;      /* -16..16 */
    int16_t taps_q15[ANC_MAX_SECONDARY_TAPS];
} anc_secondary_model_t;

/* The layout above little-endian, taps trimmed to length, is the `secondaryModel` block of the
 * link. */

/* Raw values of the parameter table (firmware/protocol/parameters.yaml); values out of range are
 * clamped to it. */
typedef struct {
    anc_mode_t mode;
    bool adapt;
    bool mute;
    anc_form_t filterForm;
    uint16_t taps;        /* 32..1024, rounded down to a multiple of 16; multirate 128.. and 32 */
    uint32_t stepSize_e5; /* 0..20000: mu in 1e-5 */
    uint32_t leakage_e3;  /* 0..20000: decay in 1e-3 per second */
    int32_t energyFloorDb_e1;      /* -1000..-300: RMS of the filtered reference in 0.1 dBFS */
    int32_t outputLimitDb_e1;      /* -400..0: peak in 0.1 dBFS */
    int32_t transparencyGainDb_e1; /* -400..120: 0.1 dB */
} anc_config_t;

/* Levels since the last anc_engine_take_levels. A mean square of 2^32 is that of a full-scale
 * square wave. */
typedef struct {
    uint32_t samples; /* 0: nothing was processed, all other fields are 0 */
    uint64_t referenceMeanSquare;
    uint64_t errorMeanSquare;
    uint64_t outputMeanSquare;
    uint64_t
        disturbanceMeanSquare; /* of the estimate of the error without cancelling, e - model * y */
    uint64_t antiNoiseMeanSquare; /* of model * y, the anti-noise at the error microphone */
    uint32_t referencePeak;       /* largest magnitude, Q31, saturated */
    uint32_t errorPeak;
    uint32_t outputPeak;
    uint32_t clipped; /* samples with either microphone at full scale */
    uint32_t limited; /* samples that the output limiter changed */
    uint32_t silent;  /* samples with no output at all because of mode, fade or mute */
} anc_levels_t;

/* The model in the form of the inner loops, padded with zeros to rows of 8,
 * two at least. */
typedef struct {
    uint16_t delaySamples;
    uint16_t length;  /* multiple of 8, at least 16; 0: no model */
    int16_t exponent; /* h[n] = taps[n - delay] * 2^(exponent - 26) */
    int32_t taps[ANC_MAX_SECONDARY_TAPS + 8];
} anc_kernel_t;

/* Sums of the present block's outputs as far as they were known at its start: see block.h. */
typedef struct {
    bool valid;
    int64_t sums[ANC_BLOCK];
} anc_ahead_t;

typedef struct {
    uint32_t samples;
    uint64_t reference, error, output, disturbance, antiNoise; /* sums of squares >> 20 */
    uint32_t referencePeak, errorPeak, outputPeak;
    uint32_t clipped, limited, silent;
} anc_meters_t;

/* Only the functions below touch the fields; they are here so that the caller can own the memory.
 */
typedef struct {
    uint32_t sampleRateHz;
    anc_config_t config;
    bool secondaryValid;

    /* derived from config and model */
    uint16_t weightCount; /* all taps, or 64 direct and the late ones; a multiple of 4 */
    uint16_t directTaps;  /* at the full rate; only these learn by FxNLMS */
    anc_scalar_t step;    /* mu */
    anc_scalar_t leak;    /* decay of a tap at each visit of the round robin */
    int64_t energyFloor;  /* in units of `energy` */
    int32_t limit_q31;
    int32_t transparencyGain_q13;
    int32_t fadeStep_q24;
    uint32_t listenSamples;
    uint32_t clipHoldSamples;
    int32_t antiNoiseShift;   /* right, from sums over the model to Q31 */
    int32_t filteredShift;    /* right, from sums over the update kernel to filtered_q15 */
    int32_t filteredExponent; /* filtered reference = filtered_q15 * 2^(filteredExponent - 15) */

    /* running state */
    anc_mode_t source;   /* what the output plays now; follows config.mode through silence */
    int32_t fade_q24;    /* 0..2^24 */
    uint32_t listenLeft; /* samples of silence before anc fades in, for the supervisor */
    uint32_t clipLeft;   /* samples for which adaptation still rests after a clip */
    bool frozen;
    bool follows; /* fades to the target instead of FxNLMS */
    bool guardMute;
    bool ducked;
    bool limiting; /* the last output was limited */
    uint32_t leakIndex;
    uint32_t fadeIndex;
    uint32_t position; /* of the newest sample in the histories */
    uint32_t phase;    /* samples of the block so far, 1..ANC_BLOCK; 0 before the first */
    anc_ahead_t control, estimate;
    int32_t errors_q29[ANC_BLOCK]; /* emphasised, to learn from at the block's end; 0: nothing */
    int64_t energy; /* exact sum of squares of the newest `taps` filtered references */
    int32_t referenceSample_q31;
    int32_t errorBefore_q31; /* for the pre-emphasis */
    int32_t injected_q31;
    int32_t output_q31;
    int32_t disturbance_q31;
    anc_impulse_t impulse;
    anc_notch_t notches[ANC_NOTCHES];
    anc_meters_t meters;
    anc_multirate_t multirate; /* at rest in the other form */

    /* Large ones last: a chip reaches what lies in the first 2 KiB in one instruction. */
    anc_secondary_model_t secondary; /* as it was set, for reading back */
    anc_kernel_t model;              /* for the disturbance estimate */
    anc_kernel_t update;             /* model with pre-emphasis, for the filtered reference */
    /* Each history is written twice, ANC_HISTORY apart, so that a window is always one straight
     * run, newest first. */
    int32_t reference_q27[2 * ANC_HISTORY];
    int32_t played_q27[2 * ANC_HISTORY];
    int16_t filtered_q15[2 * ANC_HISTORY];
    int32_t weights[ANC_MAX_TAPS];
    int32_t savedWeights[ANC_MAX_TAPS];
    int32_t target[ANC_MAX_TAPS];
} anc_engine_t;

/* Everything at rest: mode off, default parameters, no model. sampleRateHz 8000..192000, otherwise
 * 48000 is taken. */
void anc_engine_init(anc_engine_t *e, uint32_t sampleRateHz);

/* Takes effect at once; mode and mute with a fade. A change of taps or form clears the weights,
 * also the saved ones. */
void anc_engine_configure(anc_engine_t *e, const anc_config_t *c);

/* Copies the model and clears the weights, also the saved ones. false and no change when a field is
 * out of range. */
bool anc_engine_set_secondary(anc_engine_t *e, const anc_secondary_model_t *m);

/* As anc_engine_set_secondary, but the weights stay: they go on until better ones are there. */
bool anc_engine_correct_secondary(anc_engine_t *e, const anc_secondary_model_t *m);

/* The model as it was set; NULL when there is none. */
const anc_secondary_model_t *anc_engine_secondary(const anc_engine_t *e);

/* The mode that the engine plays or is fading to. */
anc_mode_t anc_engine_mode(const anc_engine_t *e);

/* One sample of anti-noise (or transparency), Q31, magnitude never above the output limit. */
int32_t anc_engine_output(anc_engine_t *e, int32_t ref_q31);

/* A sample of another sound, added to every output from now on, within the output limit; 0 ends it.
 * For test sounds: audio context, before each anc_engine_output. */
void anc_engine_inject(anc_engine_t *e, int32_t sample_q31);

/* Learns from the error microphone's sample of the same instant. Call once after each
 * anc_engine_output. */
void anc_engine_adapt(anc_engine_t *e, int32_t err_q31);

/* anc_engine_output and anc_engine_adapt for n samples; the buffers may be the same ones. */
void anc_engine_process(anc_engine_t *e, const int32_t *ref_q31, const int32_t *err_q31,
                        int32_t *out_q31, size_t n);

/* The last sample's estimate of what the error microphone would hear without the anti-noise, Q31,
 * saturated. */
int32_t anc_engine_disturbance(const anc_engine_t *e);

/* Means and peaks since the last call; resets them. Sums stop after 2^21 samples, the means stay
 * valid. */
void anc_engine_take_levels(anc_engine_t *e, anc_levels_t *out);

/* Weights, newest tap first, ANC_WEIGHT_FRACTION_BITS fraction bits; *count gets the number in use:
 * taps, or fewer in the multirate form. */
const int32_t *anc_engine_weights(const anc_engine_t *e, uint16_t *count);

/* Replaces all weights. false and no change when count differs from the number in use or a value is
 * out of range. */
bool anc_engine_set_weights(anc_engine_t *e, const int32_t *weights, uint16_t count);

/* Largest magnitude of all weights. Walks over them: for the control rate. */
uint32_t anc_engine_weights_peak(const anc_engine_t *e);

void anc_engine_reset_weights(anc_engine_t *e);

/* One slot for weights that were good; zeros until the first save. */
void anc_engine_save_weights(anc_engine_t *e);
void anc_engine_restore_weights(anc_engine_t *e);

/*
 * Somebody else learns: while following, the weights fade to the target over about 20 ms instead of
 * FxNLMS and leakage, where and when those would learn. The target follows every other change of
 * the weights (set, reset, restore).
 */
void anc_engine_follow(anc_engine_t *e, bool follows);

/* One weight of the target; out of range it saturates. index below the number in use. */
void anc_engine_set_target(anc_engine_t *e, uint16_t index, int32_t weight);

/* Stops and resumes learning, leakage included; independent of the `adapt` parameter. */
void anc_engine_freeze(anc_engine_t *e, bool frozen);

/* Fades the output out and back in; independent of the `mute` parameter. */
void anc_engine_mute(anc_engine_t *e, bool muted);

/* The same for another reason, so that either may end without the other. */
void anc_engine_duck(anc_engine_t *e, bool ducked);

/* Fades a notch of the output in, see notch.h; index below ANC_NOTCHES. */
void anc_engine_set_notch(anc_engine_t *e, uint32_t index, int32_t k1_q20, int32_t k2_q20);
void anc_engine_release_notch(anc_engine_t *e, uint32_t index);

/* Whether a sudden sound passes through the filters: see impulse.h. */
bool anc_engine_startled(const anc_engine_t *e);

/* Whether the last sample is none to learn from: that, or a microphone has just clipped. */
bool anc_engine_disturbed(const anc_engine_t *e);

/* Sudden sounds since init. */
uint32_t anc_engine_impulses(const anc_engine_t *e);

#endif
