/* The control side of the engine: parameters, model, weights, guards. Nothing here runs per sample.
 */
#include <string.h>

#include "dsp/decibel.h"
#include "dsp/engine.h"
#include "dsp/fade.h"
#include "dsp/fixed.h"
#include "dsp/fxnlms.h"
#include "dsp/kernel.h"
#include "dsp/meters.h"

enum { LISTEN_MS = 200, CLIP_HOLD_MS = 20, STEP_DENOMINATOR = 100000, LEAK_DENOMINATOR = 1000 };

/* The table's defaults, for a caller that never configures. */
static const anc_config_t defaults = {
    .mode = ANC_MODE_OFF,
    .adapt = true,
    .taps = 1024,
    .stepSize_e5 = 400,
    .leakage_e3 = 10,
    .energyFloorDb_e1 = -700,
    .outputLimitDb_e1 = -10,
};

static uint32_t samples_of_ms(const anc_engine_t *e, uint32_t ms) {
    return (uint32_t)((uint64_t)e->sampleRateHz * ms / 1000);
}

void anc_engine_init(anc_engine_t *e, uint32_t sampleRateHz) {
    memset(e, 0, sizeof *e);
    e->sampleRateHz = sampleRateHz >= 8000 && sampleRateHz <= 192000 ? sampleRateHz : 48000;
    e->listenSamples = samples_of_ms(e, LISTEN_MS);
    e->clipHoldSamples = samples_of_ms(e, CLIP_HOLD_MS);
    e->fadeStep_q24 = (int32_t)(ANC_FADE_FULL_Q24 / samples_of_ms(e, ANC_FADE_MS));
    anc_impulse_init(&e->impulse, samples_of_ms(e, ANC_IMPULSE_HOLD_MS),
                     samples_of_ms(e, ANC_IMPULSE_BUDGET_MS));
    e->config.taps = e->weightCount = e->directTaps = defaults.taps;
    anc_engine_configure(e, &defaults);
}

static uint32_t at_most(uint32_t value, uint32_t max) {
    return value < max ? value : max;
}

/* directTaps * (amplitude^2 of the floor) in the units of the filtered reference's energy, at
 * least 1. */
static int64_t energy_floor(const anc_engine_t *e) {
    int32_t amplitude_q31 = anc_amplitude_from_decibel(e->config.energyFloorDb_e1, 31);
    /* At -30 dBFS amplitude^2 < 2^53; Q58 leaves room for 1024 of them: < 2^59. */
    int64_t energy_q58 = mul64(shr64(mulW(amplitude_q31, amplitude_q31), 4), e->directTaps);
    int32_t shift = 28 + 2 * e->filteredExponent;
    if (shift > 62) return 1;
    if (shift < 8) shift = 8; /* for a model below -60 dB the floor stays there; so it is < 2^51 */
    int64_t floor = shrRound64(energy_q58, shift);
    return floor > 0 ? floor : 1;
}

/* Energy of what is in the history over the taps that learn. */
static int64_t measure_energy(const anc_engine_t *e) {
    int64_t energy = 0; /* <= 1024 * 2^30 = 2^40 */
    /* nothing of the present block is filtered before its end */
    const int16_t *x = e->filtered_q15 + e->position + e->phase % ANC_BLOCK;
    for (uint32_t i = 0; i < e->directTaps; i++)
        energy = mac16W(energy, x[i], x[i]);
    return energy;
}

static void derive(anc_engine_t *e) {
    const anc_config_t *c = &e->config;
    e->step = anc_scalar_ratio((int32_t)c->stepSize_e5, STEP_DENOMINATOR);
    /* A weight is visited every count / LEAK_TAPS samples: leak = rate * count / (LEAK_TAPS * fs),
     * < 1. */
    int64_t perVisit = mul64(c->leakage_e3, e->weightCount / ANC_LEAK_TAPS_PER_SAMPLE); /* < 2^23 */
    int64_t denominator = mul64(e->sampleRateHz, LEAK_DENOMINATOR);                     /* < 2^28 */
    e->leak = anc_scalar_ratio(narrow32(perVisit), narrow32(denominator));
    e->energyFloor = energy_floor(e);
    e->limit_q31 = anc_amplitude_from_decibel(c->outputLimitDb_e1, 31);
    e->transparencyGain_q13 = anc_amplitude_from_decibel(c->transparencyGainDb_e1, 13);
}

static uint16_t taps_of(anc_form_t form, uint16_t wanted) {
    if (form == ANC_FORM_FIR)
        return (uint16_t)(clamp32(wanted, ANC_MIN_TAPS, ANC_MAX_TAPS) & -ANC_TAPS_STEP);
    return (uint16_t)(clamp32(wanted, ANC_MULTIRATE_MIN_TAPS, ANC_MAX_TAPS) &
                      -ANC_MULTIRATE_TAPS_STEP);
}

/* What follows from a new form or length: everything that belonged to the old one goes. */
static void shape(anc_engine_t *e) {
    const bool late = e->config.filterForm == ANC_FORM_MULTIRATE;
    e->directTaps = late ? ANC_DIRECT_TAPS : e->config.taps;
    e->weightCount =
        (uint16_t)(e->directTaps + (late ? anc_late_count(e->config.taps) : (size_t)0));
    memset(&e->multirate, 0, sizeof e->multirate);
    anc_engine_reset_weights(e);
    memset(e->savedWeights, 0, sizeof e->savedWeights);
    e->leakIndex = 0;
    e->fadeIndex = 0;
    e->energy = measure_energy(e);
}

void anc_engine_configure(anc_engine_t *e, const anc_config_t *c) {
    anc_form_t form = c->filterForm == ANC_FORM_MULTIRATE ? ANC_FORM_MULTIRATE : ANC_FORM_FIR;
    uint16_t taps = taps_of(form, c->taps);
    bool resized = taps != e->config.taps || form != e->config.filterForm;
    e->config = *c;
    e->config.filterForm = form;
    if (c->mode != ANC_MODE_TRANSPARENCY && c->mode != ANC_MODE_ANC) e->config.mode = ANC_MODE_OFF;
    e->config.taps = taps;
    e->config.stepSize_e5 = at_most(c->stepSize_e5, 20000);
    e->config.leakage_e3 = at_most(c->leakage_e3, 20000);
    e->config.energyFloorDb_e1 = clamp32(c->energyFloorDb_e1, -1000, -300);
    e->config.outputLimitDb_e1 = clamp32(c->outputLimitDb_e1, -400, 0);
    e->config.transparencyGainDb_e1 = clamp32(c->transparencyGainDb_e1, -400, 120);
    if (resized) shape(e);
    derive(e);
}

static void forget_filtered(anc_engine_t *e) {
    memset(e->filtered_q15, 0, sizeof e->filtered_q15);
    memset(e->errors_q29, 0, sizeof e->errors_q29);
    anc_notches_restart_update(e->notches);
    e->energy = 0;
}

bool anc_engine_correct_secondary(anc_engine_t *e, const anc_secondary_model_t *m) {
    if (!anc_secondary_valid(m)) return false;
    e->secondary = *m;
    e->secondaryValid = true;
    anc_kernel_from_model(&e->model, m);
    anc_kernel_emphasised(&e->update, m);
    /* sums of upper halves are Q21 * 2^exponent; the anti-noise is Q31 */
    e->antiNoiseShift = -10 - e->model.exponent;
    e->filteredExponent = anc_kernel_output_exponent(&e->update);
    e->filteredShift = 6 + e->filteredExponent - e->update.exponent;
    /* The old model's outputs are in other units. */
    forget_filtered(e);
    e->estimate.valid = false;
    derive(e);
    return true;
}

bool anc_engine_set_secondary(anc_engine_t *e, const anc_secondary_model_t *m) {
    if (!anc_engine_correct_secondary(e, m)) return false;
    anc_engine_reset_weights(e);
    memset(e->savedWeights, 0, sizeof e->savedWeights);
    return true;
}

const anc_secondary_model_t *anc_engine_secondary(const anc_engine_t *e) {
    return e->secondaryValid ? &e->secondary : NULL;
}

anc_mode_t anc_engine_mode(const anc_engine_t *e) {
    return e->config.mode;
}

int32_t anc_engine_disturbance(const anc_engine_t *e) {
    return e->disturbance_q31;
}

void anc_engine_take_levels(anc_engine_t *e, anc_levels_t *out) {
    anc_meters_take(&e->meters, out);
}

const int32_t *anc_engine_weights(const anc_engine_t *e, uint16_t *count) {
    *count = e->weightCount;
    return e->weights;
}

bool anc_engine_set_weights(anc_engine_t *e, const int32_t *weights, uint16_t count) {
    if (count != e->weightCount) return false;
    for (uint32_t i = 0; i < count; i++)
        if (absW(weights[i]) > ANC_WEIGHT_MAX) return false;
    memcpy(e->weights, weights, count * sizeof *weights);
    memcpy(e->target, weights, count * sizeof *weights);
    e->control.valid = false;
    return true;
}

uint32_t anc_engine_weights_peak(const anc_engine_t *e) {
    int64_t peak = 0;
    for (uint32_t i = 0; i < e->weightCount; i++)
        if (absW(e->weights[i]) > peak) peak = absW(e->weights[i]);
    return (uint32_t)peak;
}

void anc_engine_reset_weights(anc_engine_t *e) {
    memset(e->weights, 0, sizeof e->weights);
    memset(e->target, 0, sizeof e->target);
    e->control.valid = false;
}

void anc_engine_save_weights(anc_engine_t *e) {
    memcpy(e->savedWeights, e->weights, sizeof e->savedWeights);
}

void anc_engine_restore_weights(anc_engine_t *e) {
    memcpy(e->weights, e->savedWeights, sizeof e->weights);
    memcpy(e->target, e->savedWeights, sizeof e->target);
    e->control.valid = false;
}

void anc_engine_follow(anc_engine_t *e, bool follows) {
    if (e->follows == follows) return;
    e->follows = follows;
    /* nobody filtered the reference meanwhile */
    forget_filtered(e);
}

void anc_engine_set_target(anc_engine_t *e, uint16_t index, int32_t weight) {
    e->target[index] = clamp32(weight, -ANC_WEIGHT_MAX, ANC_WEIGHT_MAX);
}

void anc_engine_freeze(anc_engine_t *e, bool frozen) {
    e->frozen = frozen;
}

void anc_engine_mute(anc_engine_t *e, bool muted) {
    e->guardMute = muted;
}

void anc_engine_duck(anc_engine_t *e, bool ducked) {
    e->ducked = ducked;
}

void anc_engine_set_notch(anc_engine_t *e, uint32_t index, int32_t k1_q20, int32_t k2_q20) {
    anc_notch_set(&e->notches[index], k1_q20, k2_q20);
}

void anc_engine_release_notch(anc_engine_t *e, uint32_t index) {
    anc_notch_release(&e->notches[index]);
}

bool anc_engine_startled(const anc_engine_t *e) {
    return e->impulse.left > 0;
}

bool anc_engine_disturbed(const anc_engine_t *e) {
    return e->clipLeft > 0 || anc_engine_startled(e);
}

uint32_t anc_engine_impulses(const anc_engine_t *e) {
    return e->impulse.count;
}
