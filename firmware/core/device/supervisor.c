#include "device/supervisor.h"

#include <string.h>

#include "dsp/decibel.h"
#include "dsp/fixed.h"

enum {
    SMOOTHING_MS = 50,
    JUDGE_MS = 150,         /* of silence before a suspicion is judged */
    JUDGE_TIMEOUT_MS = 600, /* judged by then whatever there is */
    LEARN_MS = 100,         /* of silence before the ratio is taken */
    SAVE_MS = 1000,
    ROLLED_BACK_MS = 1000,
    ROLLBACK_WINDOW_MS = 10000,
    RATIO_MS = 10000, /* time constant of the ratio in a healthy run */
    QUIET_MS = 1000,
    DOUBT_MS = 1000,    /* a suspicion that comes back so soon after it was not confirmed, … */
    MOST_DOUBTS = 4,    /* … so many times in a row, is confirmed by that */
    LOUD_MS = 10000,    /* surroundings that clip are not suspected again for so long */
    LIMITING_HOLDS = 5, /* limiting must last so many times the hold: a thump is no divergence */
};

/* A reference that was so much louder with the output than in silence, in power, was that output.
 */
enum { OWN_SOUND = 4 };

/* Mean squares: full scale is 2^32. */
enum {
    SILENT_REFERENCE = 4, /* -90 dBFS */
    FAINT_REFERENCE = 43, /* -80 dBFS: below it the ratio says nothing */
    FAINT_ERROR = 136,    /* -75 dBFS: an error below it is never a divergence */
};

static const uint64_t MAX_RATIO_Q16 = (uint64_t)1 << 36;

static uint32_t samples_of_ms(const supervisor_t *s, uint32_t ms) {
    return (uint32_t)((uint64_t)s->sampleRateHz * ms / 1000);
}

/* 10^(tenths / 200) in Q16, for 0..300 */
static uint64_t amplitude_q16(int32_t tenths) {
    if (tenths > 200) return 10 * (uint64_t)anc_amplitude_from_decibel(tenths - 200, 16);
    return (uint64_t)anc_amplitude_from_decibel(tenths, 16);
}

/* value * factor in Q16; value < 2^40, factor < 2^37: the partial products stay below 2^61. */
static uint64_t times_q16(uint64_t value, uint64_t factor_q16) {
    return (value >> 16) * factor_q16 + (((value & 0xffff) * factor_q16) >> 16);
}

void supervisor_init(supervisor_t *s, uint32_t sampleRateHz) {
    memset(s, 0, sizeof *s);
    s->sampleRateHz = sampleRateHz;
    s->unclippedSamples = samples_of_ms(s, QUIET_MS);
    supervisor_configure(s, &(supervisor_config_t){60, 100, 3});
}

void supervisor_configure(supervisor_t *s, const supervisor_config_t *c) {
    s->config.divergenceThresholdDb_e1 = clamp32(c->divergenceThresholdDb_e1, 10, 300);
    s->config.divergenceHoldMs = c->divergenceHoldMs < 10 ? 10 : c->divergenceHoldMs;
    s->config.rollbackMax =
        c->rollbackMax < SUPERVISOR_ROLLBACK_LOG ? c->rollbackMax : SUPERVISOR_ROLLBACK_LOG;
}

static void enter(supervisor_t *s, supervisor_guard_t guard) {
    s->guard = guard;
    s->stateSince = s->clock;
    s->divergedSamples = s->limitedSamples = s->clippingSamples = s->healthySamples = 0;
}

static void hold(anc_engine_t *e, bool held) {
    anc_engine_freeze(e, held);
    anc_engine_mute(e, held);
}

static void forget_silence(supervisor_t *s) {
    s->silentReference = s->silentError = 0;
    s->silentSamples = 0;
    s->wasSilent = false;
}

void supervisor_guard_clear(supervisor_t *s, anc_engine_t *e) {
    if (s->guard == SUPERVISOR_FROZEN || s->guard == SUPERVISOR_MUTED)
        anc_engine_restore_weights(e);
    hold(e, false);
    memset(s->rollbackAt, 0, sizeof s->rollbackAt);
    enter(s, SUPERVISOR_NORMAL);
}

/* value += (target - value) * n / (n + slow); both < 2^48, n + slow < 2^24, so the product is
 * halved first. */
static uint64_t approach(uint64_t value, uint64_t target, uint32_t n, uint32_t slow) {
    uint64_t step_q12 = ((uint64_t)n << 12) / ((uint64_t)n + slow);
    return target > value ? value + (((target - value) * step_q12 + 4095) >> 12)
                          : value - (((value - target) * step_q12) >> 12);
}

static void smooth_levels(supervisor_t *s, const anc_levels_t *l) {
    uint32_t slow = samples_of_ms(s, SMOOTHING_MS);
    s->smooth.reference = approach(s->smooth.reference, l->referenceMeanSquare, l->samples, slow);
    s->smooth.error = approach(s->smooth.error, l->errorMeanSquare, l->samples, slow);
    s->smooth.disturbance =
        approach(s->smooth.disturbance, l->disturbanceMeanSquare, l->samples, slow);
    s->smooth.antiNoise = approach(s->smooth.antiNoise, l->antiNoiseMeanSquare, l->samples, slow);
}

/* Sums what the microphones hear while the output is silent; the first interval still holds the
 * path's ringing. */
static void listen(supervisor_t *s, const anc_engine_t *e, const anc_levels_t *l) {
    /* wind at the reference is no measure of the paths */
    bool silent = l->silent == l->samples && !e->ducked;
    if (silent && s->wasSilent) {
        s->silentReference += l->referenceMeanSquare * l->samples;
        s->silentError += l->errorMeanSquare * l->samples;
        s->silentSamples += l->samples;
        if (s->silentSamples > samples_of_ms(s, 4 * LEARN_MS)) { /* so that it follows the noise */
            s->silentReference /= 2;
            s->silentError /= 2;
            s->silentSamples /= 2;
        }
    } else if (!silent) {
        forget_silence(s);
    }
    s->wasSilent = silent;
}

static void learn_ratio(supervisor_t *s) {
    if (s->silentSamples < samples_of_ms(s, LEARN_MS)) return;
    uint64_t reference = s->silentReference / s->silentSamples;
    if (reference < FAINT_REFERENCE) return;
    uint64_t ratio_q16 = ((s->silentError / s->silentSamples) << 16) / reference;
    s->ratio_q16 = ratio_q16 < 1 ? 1 : ratio_q16 > MAX_RATIO_Q16 ? MAX_RATIO_Q16 : ratio_q16;
}

/* What the error would be without anti-noise. */
static uint64_t expected_error(const supervisor_t *s) {
    uint64_t expected = s->smooth.disturbance;
    if (s->ratio_q16 > 0 && s->smooth.reference >= FAINT_REFERENCE) {
        uint64_t byRatio = times_q16(s->smooth.reference, s->ratio_q16);
        if (byRatio < expected) expected = byRatio;
    }
    return expected;
}

static bool error_is_high(const supervisor_t *s) {
    uint64_t amplitude = amplitude_q16(s->config.divergenceThresholdDb_e1);
    uint64_t limit = times_q16(times_q16(expected_error(s), amplitude), amplitude);
    /* Anti-noise 6 dB below the error cannot be the cause. */
    return s->smooth.error > limit && s->smooth.error > FAINT_ERROR &&
           s->smooth.antiNoise > s->smooth.error / 4;
}

/* A howl whose amplitude the clipping of a microphone holds need not be louder than the sound. */
static bool clips(supervisor_t *s, const anc_levels_t *l) {
    const bool isLoud = s->loudAt > 0 && s->clock - s->loudAt < samples_of_ms(s, LOUD_MS);
    s->clippingSamples =
        !isLoud && l->clipped > l->samples / 4 ? s->clippingSamples + l->samples : 0;
    return s->clippingSamples >= LIMITING_HOLDS * samples_of_ms(s, s->config.divergenceHoldMs);
}

static bool suspicious(supervisor_t *s, const anc_levels_t *l) {
    s->divergedSamples = error_is_high(s) ? s->divergedSamples + l->samples : 0;
    s->limitedSamples = l->limited > l->samples / 4 ? s->limitedSamples + l->samples : 0;
    uint32_t needed = samples_of_ms(s, s->config.divergenceHoldMs);
    s->suspectCertain = s->limitedSamples >= LIMITING_HOLDS * needed;
    s->suspectClips = clips(s, l) && !s->suspectCertain && s->divergedSamples < needed;
    return s->suspectCertain || s->suspectClips || s->divergedSamples >= needed;
}

/* Whether error over reference was higher than it is in silence, by half the threshold in decibel.
 */
static bool confirmed(const supervisor_t *s) {
    if (s->suspectCertain || s->silentSamples == 0) return true;
    uint64_t silentReference = s->silentReference / s->silentSamples;
    uint64_t silentError = s->silentError / s->silentSamples;
    if (s->suspectClips) return s->suspect.reference > OWN_SOUND * silentReference;
    if (silentReference < FAINT_REFERENCE || s->suspect.reference < FAINT_REFERENCE)
        return s->suspect.error > 2 * silentError;
    uint64_t suspectRatio_q16 = (s->suspect.error << 16) / s->suspect.reference;
    uint64_t silentRatio_q16 = (silentError << 16) / silentReference;
    uint64_t amplitude = amplitude_q16(s->config.divergenceThresholdDb_e1);
    return suspectRatio_q16 > times_q16(silentRatio_q16, amplitude);
}

static uint32_t recent_rollbacks(const supervisor_t *s) {
    uint32_t n = 0;
    uint64_t window = samples_of_ms(s, ROLLBACK_WINDOW_MS);
    for (uint32_t i = 0; i < SUPERVISOR_ROLLBACK_LOG; i++)
        if (s->rollbackAt[i] > 0 && s->clock - s->rollbackAt[i] < window) n++;
    return n;
}

static uint32_t roll_back(supervisor_t *s, anc_engine_t *e) {
    uint32_t recent = recent_rollbacks(s);
    if (recent >= s->config.rollbackMax) {
        enter(s, SUPERVISOR_MUTED);
        return SUPERVISOR_EVENT_MUTED;
    }
    s->rollbackAt[s->rollbacks++ % SUPERVISOR_ROLLBACK_LOG] = s->clock;
    /* Good weights that fail again within the window are good no more: the path has changed. */
    if (recent == 0)
        anc_engine_restore_weights(e);
    else
        anc_engine_reset_weights(e);
    hold(e, false);
    enter(s, SUPERVISOR_ROLLED_BACK);
    return SUPERVISOR_EVENT_ROLLBACK;
}

static uint32_t freeze(supervisor_t *s, anc_engine_t *e) {
    s->suspect = s->smooth;
    hold(e, true);
    forget_silence(s);
    enter(s, SUPERVISOR_FROZEN);
    return SUPERVISOR_EVENT_DIVERGENCE;
}

static uint32_t watch(supervisor_t *s, anc_engine_t *e, const anc_levels_t *l) {
    if (!anc_engine_startled(e) && !e->ducked && suspicious(s, l)) return freeze(s, e);
    if (s->guard == SUPERVISOR_ROLLED_BACK &&
        s->clock - s->stateSince >= samples_of_ms(s, ROLLED_BACK_MS))
        s->guard = SUPERVISOR_NORMAL;

    bool healthy = l->silent == 0 && l->limited == 0 && l->clipped == 0 &&
                   s->smooth.error <= expected_error(s);
    s->healthySamples = healthy ? s->healthySamples + l->samples : 0;
    if (!healthy) return 0;
    if (s->ratio_q16 > 0 && s->smooth.reference >= FAINT_REFERENCE) {
        uint64_t ratio_q16 = (s->smooth.disturbance << 16) / s->smooth.reference;
        if (ratio_q16 > MAX_RATIO_Q16) ratio_q16 = MAX_RATIO_Q16;
        s->ratio_q16 = approach(s->ratio_q16, ratio_q16, l->samples, samples_of_ms(s, RATIO_MS));
    }
    if (s->healthySamples >= samples_of_ms(s, SAVE_MS)) {
        anc_engine_save_weights(e);
        s->healthySamples = 0;
    }
    return 0;
}

uint32_t supervisor_trip(supervisor_t *s, anc_engine_t *e) {
    if (s->guard == SUPERVISOR_FROZEN || s->guard == SUPERVISOR_MUTED) return 0;
    if (s->mode == ANC_MODE_ANC) {
        s->suspectCertain = true;
        s->suspectClips = false;
        return freeze(s, e);
    }
    hold(e, true);
    enter(s, SUPERVISOR_MUTED);
    return SUPERVISOR_EVENT_MUTED;
}

static uint32_t judge(supervisor_t *s, anc_engine_t *e) {
    bool ready = s->silentSamples >= samples_of_ms(s, JUDGE_MS) ||
                 s->clock - s->stateSince >= samples_of_ms(s, JUDGE_TIMEOUT_MS);
    if (!ready) return 0;
    /* The loudspeaker in the reference microphone makes error over reference look innocent: with it
     * both are loud, in silence neither is. */
    if (s->suspectClips && !confirmed(s)) {
        s->loudAt = s->clock;
        hold(e, false);
        enter(s, SUPERVISOR_NORMAL);
        return 0;
    }
    const bool soon = s->doubtedAt > 0 && s->clock - s->doubtedAt < samples_of_ms(s, DOUBT_MS);
    s->doubts = soon ? s->doubts + 1 : 1;
    if (confirmed(s) || s->doubts >= MOST_DOUBTS) {
        s->doubts = 0;
        s->doubtedAt = 0;
        return roll_back(s, e);
    }
    s->doubtedAt = s->clock;
    hold(e, false);
    enter(s, SUPERVISOR_NORMAL);
    return 0;
}

static uint32_t watch_inputs(supervisor_t *s, const anc_levels_t *l) {
    uint32_t events = 0, pause = samples_of_ms(s, QUIET_MS);
    if (l->clipped > 0) {
        if (s->unclippedSamples >= pause) events |= SUPERVISOR_EVENT_CLIPPED;
        s->unclippedSamples = 0;
    } else if (s->unclippedSamples < pause) {
        s->unclippedSamples += l->samples;
    }
    if (l->referenceMeanSquare >= SILENT_REFERENCE) {
        s->quietSamples = 0;
    } else if (s->quietSamples < pause) {
        s->quietSamples += l->samples;
        if (s->quietSamples >= pause) events |= SUPERVISOR_EVENT_REFERENCE_SILENT;
    }
    return events;
}

uint32_t supervisor_step(supervisor_t *s, anc_engine_t *e, const anc_levels_t *levels) {
    if (levels->samples == 0) return 0;
    s->clock += levels->samples;
    uint32_t events = watch_inputs(s, levels);
    /* a knock is soon over, its level in the averages is not */
    if (!anc_engine_startled(e)) smooth_levels(s, levels);

    if (anc_engine_mode(e) != s->mode) {
        s->mode = anc_engine_mode(e);
        forget_silence(s);
        if (s->guard == SUPERVISOR_FROZEN || s->guard == SUPERVISOR_MUTED)
            events |= SUPERVISOR_EVENT_CLEARED;
        supervisor_guard_clear(s, e);
    }
    listen(s, e, levels);
    learn_ratio(s);

    if (s->mode != ANC_MODE_ANC || s->guard == SUPERVISOR_MUTED) return events;
    if (s->guard == SUPERVISOR_FROZEN) return events | judge(s, e);
    return events | watch(s, e, levels);
}
