/*
 * Feed-forward control that keeps measuring the secondary path with a probe v.
 *     y = w x + v,   f = e - s * v         f updates both filters: the probe does not disturb w
 *     s: see probe_model.h
 *     w = w - mu f' xf / (P + P_floor)     xf = s * x with the present s
 * The probe's power follows the residual's: it fades as noise is cancelled and comes back when the
 * path changes. (Akhtar, Abe and Kawamata, IEEE Trans. Audio Speech Lang. Process. 14(2), 2006;
 * scheduling: the same authors, IEICE Electron. Express 4(2), 2007; Carini and Malatini, IEEE
 * Trans. Audio Speech Lang. Process. 16(5), 2008.)
 *
 * The papers leave out a path that changes its sign: w would reach the limiter before s has turned.
 * Here w is dropped when it gets louder than the reference says it would be without, and waits
 * until s has been learned. Without a model of the path s starts at zero with 256 taps.
 */
#include <math.h>
#include <string.h>

#include "controllers/classes.h"
#include "controllers/control_filter.h"
#include "controllers/loudness_watch.h"
#include "controllers/probe_model.h"

static const float STEP = 0.004f;
enum { MODEL_TAPS = 256 };
static const double POWER_S = 0.1;
/* Power of the probe at the error microphone relative to what is left of the disturbance there:
 * -20 dB, and -2 dB while the model learns alone, after the control filter was dropped. */
static const double PROBE_SHARE = 0.01, RELEARN_PROBE_SHARE = 0.6309573444801932;
static const double RELEARN_S = 1.5;
/* Samples between two looks at the model. */
enum { PERIOD = 64 };
/* Of the output limit: the largest RMS of the probe's white part. */
static const double RMS_SHARE = 0.05;
enum { SEED_OFFSET = 1000 }; /* the plant's noise has the seeds next to the given one */

typedef struct {
    probe_model_t model;
    control_filter_t filter;
    loudness_watch_t watch;
    emphasis_f32_t emphasis;
    float stepSize, reference;
    double rmsMax, smoothing, gain, residualPower;
    uint32_t relearnSamples, relearning, lookIn;
} online_secondary_t;
_Static_assert(sizeof(online_secondary_t) <= CONTROLLER_STATE_BYTES, "state");

static bool is_known(const controller_options_t *o) {
    for (size_t i = 0; i < o->secondaryTaps; i++)
        if (o->secondary[i] != 0) return true;
    return false;
}

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    online_secondary_t *s = state;
    const bool isKnown = is_known(o);
    controller_options_t present = *o;
    present.secondaryTaps = isKnown ? o->secondaryTaps : MODEL_TAPS;
    probe_model_lay_out(&s->model, present.secondaryTaps, o->sampleRateHz, o->seed + SEED_OFFSET,
                        arena);
    control_filter_lay_out(&s->filter, &present, CONTROL_FILTER_LEAKAGE, arena);
    loudness_watch_init(&s->watch, o->sampleRateHz);
    const double rate = (double)o->sampleRateHz;
    s->stepSize = o->stepSize < 0 ? STEP : o->stepSize;
    s->rmsMax = RMS_SHARE * (double)o->outputLimit;
    s->smoothing = 1 / (POWER_S * rate);
    s->relearnSamples = (uint32_t)(RELEARN_S * rate + 0.5);
    s->relearning = isKnown ? 0 : s->relearnSamples;
    s->lookIn = PERIOD;
}

static void look_at_model(online_secondary_t *s) {
    s->gain = probe_model_gain(&s->model);
    control_filter_set_secondary(&s->filter, s->model.taps, s->model.length);
}

static void start(void *state, const controller_options_t *o) {
    online_secondary_t *s = state;
    if (is_known(o)) memcpy(s->model.taps, o->secondary, o->secondaryTaps * sizeof(float));
    look_at_model(s);
}

static bool is_listening(const online_secondary_t *s) {
    return s->relearning > 0 || !loudness_watch_is_ready(&s->watch);
}

static double present_share(const online_secondary_t *s) {
    return s->relearning > 0 ? RELEARN_PROBE_SHARE : PROBE_SHARE;
}

static float probe_rms(const online_secondary_t *s) {
    const double wanted = sqrt(present_share(s) * s->residualPower / s->gain);
    return (float)(wanted < s->rmsMax ? wanted : s->rmsMax);
}

static float play(void *state, float reference) {
    online_secondary_t *s = state;
    s->reference = reference;
    const float control = control_filter_next(&s->filter, reference);
    const float probe = probe_model_next(&s->model, probe_rms(s));
    return is_listening(s) ? probe : control + probe;
}

static void learn(void *state, float error, float played, bool isHeld) {
    online_secondary_t *s = state;
    (void)played;
    const float f = probe_model_learn(&s->model, error,
                                      isHeld              ? PROBE_MODEL_STILL
                                      : s->relearning > 0 ? PROBE_MODEL_FAST
                                                          : PROBE_MODEL_STEADY);
    const float e = emphasis_f32_next(&s->emphasis, f);
    /* of the probe's share as well: free of the sign of s, unlike the power of f, which could run
     * away with the probe */
    const double residual = (double)error * (double)error / (1 + present_share(s));
    s->residualPower += s->smoothing * (residual - s->residualPower);
    if (s->relearning > 0) s->relearning--;
    const bool isPlaying = !is_listening(s);
    if (loudness_watch_judge(&s->watch, s->reference, f, isPlaying, isHeld)) {
        control_filter_clear(&s->filter);
        s->relearning = s->relearnSamples;
    } else if (isPlaying && !isHeld) {
        control_filter_descend(&s->filter, e, s->stepSize);
    } else if (isPlaying) {
        control_filter_leak(&s->filter);
    }
    if (--s->lookIn > 0) return;
    s->lookIn = PERIOD;
    look_at_model(s);
}

static void reset(void *state) {
    online_secondary_t *s = state;
    control_filter_reset(&s->filter);
    probe_model_clear(&s->model);
    loudness_watch_clear(&s->watch);
    look_at_model(s);
    s->emphasis.before = 0;
    s->relearning = s->relearnSamples;
}

static const float *weights(const void *state, size_t *taps) {
    const online_secondary_t *s = state;
    *taps = s->filter.taps;
    return s->filter.weights;
}

const controller_class_t controller_online_secondary = {
    .name = "online-secondary",
    .title = "FxNLMS that measures its secondary path as it goes, with a scheduled probe",
    .source = "Akhtar, Abe and Kawamata, IEEE Trans. Audio Speech Lang. Process. 14(2), 2006",
    .lay_out = lay_out,
    .start = start,
    .play = play,
    .learn = learn,
    .reset = reset,
    .weights = weights,
};
