#include "dsp/engine.h"

#include <string.h>

#include "dsp/block.h"
#include "dsp/emphasis.h"
#include "dsp/fade.h"
#include "dsp/fixed.h"
#include "dsp/fxnlms.h"
#include "dsp/hot.h"
#include "dsp/meters.h"

enum {
    LEAK_TAPS = ANC_LEAK_TAPS_PER_SAMPLE * ANC_BLOCK,
    FADE_TAPS = ANC_FADE_TAPS_PER_SAMPLE * ANC_BLOCK,
    FADE_SHIFT = 3,
    TO_Q27 = 31 - ANC_BLOCK_FRACTION_BITS,
    TO_Q15 = 16,
    /* Weights Q28 and samples Q27 make upper halves in Q23, the output is Q31. */
    OUTPUT_SHIFT = 31 - (ANC_WEIGHT_FRACTION_BITS + ANC_BLOCK_FRACTION_BITS - 32),
    /* 16-bit converters left-justified count as clipped too. */
    CLIP_Q31 = 0x7fff0000,
};

/* round(v / 2^n) without a carry out of 32 bits, n 2..31 */
static int32_t rounded(int32_t v, int32_t n) {
    return shrRound32(v >> (n - 1), 1);
}

static int16_t to_q15(int32_t sample_q31) {
    return sat16(rounded(sample_q31, TO_Q15));
}

static void push(int32_t *history, uint32_t position, int32_t sample_q31) {
    const int32_t sample_q27 = rounded(sample_q31, TO_Q27);
    const int32_t sample = position & 1 ? -sample_q27 : sample_q27;
    history[position] = sample;
    history[position + ANC_HISTORY] = sample;
}

/* A sum of block.h over samples from place `first` of a history on. */
static int64_t signed_sum(uint32_t first, int64_t sum) {
    return first & 1 ? sub64(0, sum) : sum;
}

/* Where the history began when the block did: all of it was known then. */
static uint32_t at_start(const anc_engine_t *e) {
    return e->position + e->phase;
}

static bool at_full_scale(int32_t sample_q31) {
    return sample_q31 >= CLIP_Q31 || sample_q31 <= -CLIP_Q31;
}

/* Follows config.mode: the source changes only in silence, and anc listens before it speaks. */
static void step_fade(anc_engine_t *e) {
    if (e->source != e->config.mode && e->fade_q24 == 0) {
        e->source = e->config.mode;
        e->listenLeft = e->source == ANC_MODE_ANC ? e->listenSamples : 0;
    }
    bool up = e->source == e->config.mode && e->source != ANC_MODE_OFF && !e->config.mute &&
              !e->guardMute && !e->ducked && e->listenLeft == 0;
    e->fade_q24 = anc_fade_step(e->fade_q24, e->fadeStep_q24, up);
    if (e->listenLeft > 0) e->listenLeft--;
}

/* w * x; |sum| <= 2^10 * 2^26 */
static int64_t direct_sum(anc_engine_t *e) {
    const uint32_t start = at_start(e);
    if (!e->control.valid) {
        anc_block_ahead(e->control.sums, e->reference_q27 + start, e->weights + ANC_BLOCK,
                        e->directTaps - (size_t)ANC_BLOCK, ANC_BLOCK_WEIGHT_ROW);
        e->control.valid = true;
    }
    const int32_t rest = anc_block_rest(e->reference_q27 + e->position, e->weights);
    return add64(signed_sum(start, e->control.sums[e->phase - 1]), signed_sum(e->position, rest));
}

static int32_t source_sample(anc_engine_t *e, int32_t ref_q31, int64_t late_q31) {
    if (e->source == ANC_MODE_ANC) /* |late| <= 2^35 */
        return sat32(add64(shl64(direct_sum(e), OUTPUT_SHIFT), late_q31));
    if (e->source == ANC_MODE_TRANSPARENCY) /* |product| <= 2^31 * 2^15 */
        return sat32(shrRound64(mulW(ref_q31, e->transparencyGain_q13), 13));
    return 0;
}

static int64_t late_sample(anc_engine_t *e) {
    if (e->config.filterForm == ANC_FORM_FIR) return 0;
    return anc_multirate_step(&e->multirate, e->reference_q27 + e->position, e->position & 1,
                              e->weights + e->directTaps, e->weightCount - e->directTaps);
}

int32_t anc_engine_output(anc_engine_t *e, int32_t ref_q31) {
    e->position = (e->position == 0 ? ANC_HISTORY : e->position) - 1;
    if (e->phase++ == ANC_BLOCK) {
        e->phase = 1;
        e->control.valid = e->estimate.valid = false;
    }
    e->referenceSample_q31 = ref_q31;
    push(e->reference_q27, e->position, ref_q31);

    step_fade(e);
    /* In every sample, heard or not: its history goes on like that of the reference. */
    int64_t late_q31 = late_sample(e);
    int32_t source_q31 = e->fade_q24 > 0 ? source_sample(e, ref_q31, late_q31) : 0;
    int32_t wanted_q31 =
        anc_notches_idle(e->notches) ? source_q31 : anc_notches_output(e->notches, source_q31);
    int32_t limited_q31 = clamp32(wanted_q31, -e->limit_q31, e->limit_q31);
    /* Behind the fade, so that it is heard in silence; the limit holds for both together. */
    int32_t sum_q31 = addSat32(anc_fade_apply(limited_q31, e->fade_q24), e->injected_q31);
    e->output_q31 = clamp32(sum_q31, -e->limit_q31, e->limit_q31);
    e->limiting = limited_q31 != wanted_q31 || e->output_q31 != sum_q31;
    push(e->played_q27, e->position, e->output_q31);
    return e->output_q31;
}

void anc_engine_inject(anc_engine_t *e, int32_t sample_q31) {
    e->injected_q31 = sample_q31;
}

/* Filters the block's reference through the emphasised model and keeps its energy over the control
 * filter's length exact. The largest energy of the block. */
static int64_t filter_reference(anc_engine_t *e) {
    const anc_kernel_t *k = &e->update;
    if (k->length == 0) return 0;
    const bool idle = anc_notches_idle(e->notches);
    int64_t sums[ANC_BLOCK], largest = 0;
    const uint32_t newest = e->position + k->delaySamples;
    anc_block_ahead(sums, e->reference_q27 + newest, k->taps, k->length, k->length);
    for (uint32_t i = 0; i < ANC_BLOCK; i++) {
        uint32_t at = e->position + ANC_BLOCK - 1 - i;
        if (at >= ANC_HISTORY) at -= ANC_HISTORY;
        const int16_t oldest = e->filtered_q15[at + e->directTaps];
        /* |sum| <= 520 * 2^21, shift 6..14: it fits 32 bits with half a unit */
        const int32_t sum = newest & 1 ? sub32(0, narrow32(sums[i])) : narrow32(sums[i]);
        const int16_t whole = sat16(shrRound32(sum, e->filteredShift));
        const int16_t sample = idle ? whole : anc_notches_update(e->notches, whole);
        e->filtered_q15[at] = e->filtered_q15[at + ANC_HISTORY] = sample;
        /* 0 <= energy <= 1024 * 2^30 = 2^40: what is subtracted was added before */
        e->energy = add64(e->energy, sub32(mul16(sample, sample), mul16(oldest, oldest)));
        if (e->energy > largest) largest = e->energy;
    }
    return largest;
}

/* model * y at the error microphone, in units of 2^-31. |sum| <= 520 * 2^21 < 2^31, shifted left by
 * 27 at most: < 2^58. What the block itself plays arrives in it when the delay is short. */
static int64_t anti_noise(anc_engine_t *e) {
    const anc_kernel_t *k = &e->model;
    if (k->length == 0) return 0;
    const uint32_t known = k->delaySamples < ANC_BLOCK ? ANC_BLOCK : 0; /* first tap that is */
    const uint32_t start = at_start(e) + k->delaySamples + known - ANC_BLOCK;
    if (!e->estimate.valid) {
        anc_block_ahead(e->estimate.sums, e->played_q27 + start, k->taps + known, k->length - known,
                        k->length);
        e->estimate.valid = true;
    }
    int64_t sum = signed_sum(start, e->estimate.sums[e->phase - 1]);
    if (known > 0) {
        const uint32_t now = e->position + k->delaySamples;
        sum = add64(sum, signed_sum(now, anc_block_rest(e->played_q27 + now, k->taps)));
    }
    return scaleRound64(sum, e->antiNoiseShift);
}

/* Leakage also goes on while the output is limited: it brings a filter that is too strong back. */
static void leak(anc_engine_t *e) {
    for (uint32_t left = LEAK_TAPS; left > 0;) {
        const uint32_t rest = e->weightCount - e->leakIndex, n = left < rest ? left : rest;
        anc_fxnlms_leak(e->weights + e->leakIndex, n, e->leak);
        e->leakIndex = n == rest ? 0 : e->leakIndex + n;
        left -= n;
    }
}

/* round((target - weight) / 2^FADE_SHIFT): the difference needs 33 bits, its upper and its lower
 * part do not. */
static int32_t fade_step(int32_t target, int32_t weight) {
    const int32_t low = (1 << FADE_SHIFT) - 1;
    const int32_t rest = sub32(target & low, weight & low);
    return add32(sub32(target >> FADE_SHIFT, weight >> FADE_SHIFT), shrRound32(rest, FADE_SHIFT));
}

static void fade_to_target(anc_engine_t *e) {
    const uint32_t left = e->weightCount - e->fadeIndex, n = left < FADE_TAPS ? left : FADE_TAPS;
    int32_t *weights = e->weights + e->fadeIndex;
    const int32_t *target = e->target + e->fadeIndex;
    for (uint32_t i = 0; i < n; i++)
        weights[i] = add32(weights[i], fade_step(target[i], weights[i]));
    e->fadeIndex = n == left ? 0 : e->fadeIndex + n;
}

/* The block's end: all weights change here, or not at all when its last sample is none to learn in.
 * A function of its own, so that the other samples need not save its registers. */
static ANC_NOINLINE void finish_block(anc_engine_t *e, bool learns) {
    if (!e->follows) {
        const int64_t energy = add64(filter_reference(e), e->energyFloor);
        if (learns) {
            const anc_block_gains_t gains =
                anc_block_gains(e->step, e->errors_q29, energy, e->filteredExponent);
            anc_block_update(e->weights, e->filtered_q15 + e->position, e->directTaps, &gains);
            leak(e);
        }
    } else if (learns) {
        fade_to_target(e);
    }
}

void anc_engine_adapt(anc_engine_t *e, int32_t err_q31) {
    int64_t antiNoise = anti_noise(e);
    e->disturbance_q31 = sat32(sub64(err_q31, antiNoise));

    bool clipped = at_full_scale(e->referenceSample_q31) || at_full_scale(err_q31);
    if (clipped)
        e->clipLeft = e->clipHoldSamples;
    else if (e->clipLeft > 0)
        e->clipLeft--;
    bool impulse =
        anc_impulse_step(&e->impulse, to_q15(e->referenceSample_q31), to_q15(e->disturbance_q31));

    /* |before * 29491| < 2^46; emphasised < 2^32 */
    int64_t emphasised =
        add64(err_q31, shrRound64(mulW(e->errorBefore_q31, ANC_EMPHASIS_1_Q15), 15));
    e->errorBefore_q31 = err_q31;

    bool learns = e->source == ANC_MODE_ANC && e->fade_q24 == ANC_FADE_FULL_Q24 &&
                  e->config.adapt && !e->frozen && e->secondaryValid;
    /* What ends in a disturbance may have begun with it: all of the block up to here goes. */
    const bool rests = e->limiting || e->clipLeft > 0 || impulse;
    if (rests) memset(e->errors_q29, 0, sizeof e->errors_q29);
    e->errors_q29[e->phase - 1] = learns && !rests ? narrow32(shrRound64(emphasised, 2)) : 0;
    if (e->phase == ANC_BLOCK) finish_block(e, learns);

    anc_meters_add(&e->meters, &(anc_meter_sample_t){
                                   .reference_q31 = e->referenceSample_q31,
                                   .error_q31 = err_q31,
                                   .output_q31 = e->output_q31,
                                   .disturbance_q31 = e->disturbance_q31,
                                   .antiNoise_q31 = sat32(antiNoise),
                                   .clipped = clipped,
                                   .limited = e->limiting,
                                   .silent = e->fade_q24 == 0 && e->injected_q31 == 0,
                               });
}

void anc_engine_process(anc_engine_t *e, const int32_t *ref_q31, const int32_t *err_q31,
                        int32_t *out_q31, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int32_t err = err_q31[i]; /* out may be the same buffer */
        out_q31[i] = anc_engine_output(e, ref_q31[i]);
        anc_engine_adapt(e, err);
    }
}
