#include "dsp/engine.h"

#include "dsp/emphasis.h"
#include "dsp/fade.h"
#include "dsp/fir.h"
#include "dsp/fixed.h"
#include "dsp/fxnlms.h"
#include "dsp/meters.h"

enum {
    MASK = ANC_HISTORY - 1,
    LEAK_TAPS = ANC_LEAK_TAPS_PER_SAMPLE,
    FADE_TAPS = ANC_FADE_TAPS_PER_SAMPLE,
    FADE_SHIFT = 3,
    /* Weights Q28 and samples Q15 make sums in Q43, the output is Q31. */
    OUTPUT_SHIFT = ANC_WEIGHT_FRACTION_BITS + 15 - 31,
    /* 16-bit converters left-justified count as clipped too. */
    CLIP_Q31 = 0x7fff0000,
};

static int16_t to_q15(int32_t sample_q31) {
    return sat16(shrRound64(sample_q31, 16));
}

static void push(int16_t *history, uint32_t position, int16_t sample) {
    history[position] = sample;
    history[position + ANC_HISTORY] = sample;
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

static int32_t source_sample(const anc_engine_t *e, int32_t ref_q31, int64_t late_q31) {
    if (e->source == ANC_MODE_ANC) {
        int64_t sum = anc_fir_wide(e->reference_q15 + e->position, e->weights, e->directTaps);
        /* |sum| <= 2^56, |late| <= 2^35 */
        return sat32(add64(shrRound64(sum, OUTPUT_SHIFT), late_q31));
    }
    if (e->source == ANC_MODE_TRANSPARENCY) /* |product| <= 2^31 * 2^15 */
        return sat32(shrRound64(mulW(ref_q31, e->transparencyGain_q13), 13));
    return 0;
}

static int64_t late_sample(anc_engine_t *e) {
    if (e->config.filterForm == ANC_FORM_FIR) return 0;
    return anc_multirate_step(&e->multirate, e->reference_q15 + e->position,
                              e->weights + e->directTaps, e->weightCount - e->directTaps);
}

int32_t anc_engine_output(anc_engine_t *e, int32_t ref_q31) {
    e->position = (e->position - 1) & MASK;
    e->referenceSample_q31 = ref_q31;
    push(e->reference_q15, e->position, to_q15(ref_q31));

    step_fade(e);
    /* In every sample, heard or not: its history goes on like that of the reference. */
    int64_t late_q31 = late_sample(e);
    int32_t source_q31 = e->fade_q24 > 0 ? source_sample(e, ref_q31, late_q31) : 0;
    int32_t wanted_q31 = anc_notches_output(e->notches, source_q31);
    int32_t limited_q31 = clamp32(wanted_q31, -e->limit_q31, e->limit_q31);
    /* Behind the fade, so that it is heard in silence; the limit holds for both together. */
    int32_t sum_q31 = addSat32(anc_fade_apply(limited_q31, e->fade_q24), e->injected_q31);
    e->output_q31 = clamp32(sum_q31, -e->limit_q31, e->limit_q31);
    e->limiting = limited_q31 != wanted_q31 || e->output_q31 != sum_q31;
    push(e->played_q15, e->position, to_q15(e->output_q31));
    return e->output_q31;
}

void anc_engine_inject(anc_engine_t *e, int32_t sample_q31) {
    e->injected_q31 = sample_q31;
}

/* Filters the reference through the emphasised model and keeps its energy over the control filter's
 * length exact. */
static void filter_reference(anc_engine_t *e) {
    const anc_kernel_t *k = &e->update;
    /* 1024 taps reach to the sample that is overwritten here: its mirror is read before. */
    int16_t oldest = e->filtered_q15[e->position + e->directTaps];
    int64_t sum = anc_fir_16(e->reference_q15 + e->position + k->delaySamples, k->taps, k->length);
    int16_t newest = anc_notches_update(e->notches, sat16(scaleRound64(sum, e->filteredShift)));
    push(e->filtered_q15, e->position, newest);
    /* 0 <= energy <= 1024 * 2^30 = 2^40: what is subtracted was added before */
    e->energy = sub64(add64(e->energy, mul16(newest, newest)), mul16(oldest, oldest));
}

/* model * y at the error microphone, in units of 2^-31. |sum| <= 2^40, shifted left by 18 at most:
 * < 2^58. */
static int64_t anti_noise(const anc_engine_t *e) {
    const anc_kernel_t *k = &e->model;
    int64_t sum = anc_fir_16(e->played_q15 + e->position + k->delaySamples, k->taps, k->length);
    return scaleRound64(sum, e->antiNoiseShift);
}

/* Leakage also goes on while the output is limited: it brings a filter that is too strong back. */
static void leak(anc_engine_t *e) {
    for (uint32_t i = 0; i < LEAK_TAPS; i++) {
        e->weights[e->leakIndex] = anc_fxnlms_leak(e->weights[e->leakIndex], e->leak);
        e->leakIndex++;
    }
    if (e->leakIndex >= e->weightCount) e->leakIndex = 0;
}

/* |difference| < 2^32 */
static void fade_to_target(anc_engine_t *e) {
    for (uint32_t i = 0; i < FADE_TAPS && e->fadeIndex < e->weightCount; i++, e->fadeIndex++) {
        const int32_t weight = e->weights[e->fadeIndex];
        const int64_t difference = sub64(e->target[e->fadeIndex], weight);
        e->weights[e->fadeIndex] = narrow32(add64(weight, shrRound64(difference, FADE_SHIFT)));
    }
    if (e->fadeIndex >= e->weightCount) e->fadeIndex = 0;
}

void anc_engine_adapt(anc_engine_t *e, int32_t err_q31) {
    if (!e->follows) filter_reference(e);
    int64_t antiNoise = anti_noise(e);
    e->disturbance_q31 = sat32(sub64(err_q31, antiNoise));

    bool clipped = at_full_scale(e->referenceSample_q31) || at_full_scale(err_q31);
    if (clipped)
        e->clipLeft = e->clipHoldSamples;
    else if (e->clipLeft > 0)
        e->clipLeft--;
    bool impulse =
        anc_impulse_step(&e->impulse, e->reference_q15[e->position], to_q15(e->disturbance_q31));

    /* |error * 2^15| + |before * 29491| < 2^47; emphasised < 2^32 */
    int64_t emphasised =
        shrRound64(add64(shl64(err_q31, 15), mulW(e->errorBefore_q31, ANC_EMPHASIS_1_Q15)), 15);
    e->errorBefore_q31 = err_q31;

    bool learns = e->source == ANC_MODE_ANC && e->fade_q24 == ANC_FADE_FULL_Q24 &&
                  e->config.adapt && !e->frozen && e->secondaryValid;
    if (learns && e->follows) {
        fade_to_target(e);
    } else if (learns && !e->limiting && e->clipLeft == 0 && !impulse) {
        anc_gain_t gain = anc_fxnlms_gain(e->step, emphasised, add64(e->energy, e->energyFloor),
                                          e->filteredExponent);
        anc_fxnlms_update(e->weights, e->filtered_q15 + e->position, e->directTaps, gain);
    }
    if (learns && !e->follows) leak(e);

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
