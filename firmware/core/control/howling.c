#include "control/howling.h"

#include <math.h>
#include <string.h>

#define LOWEST_HZ 150.0f
#define PEAK_OVER_NEIGHBOURS 31.6f /* 15 dB: for noise, e^-31 */
#define HEARD 1e-6f                /* -60 dBFS */
#define OVER_DISTURBANCE 4.0f      /* 6 dB */
#define FALLS_TO 0.1f              /* -10 dB */
/* From a spectrum to the next, in power: it does not fall by more than 1.5 dB; growth is 1.5 to 40
 * dB. */
#define STAYS 0.7f
/* Share of the samples, one of so many, that the limiter changes. */
#define LIMITED_ONE_OF 16
#define GROWS_LEAST 1.4f
#define GROWS_MOST 1e4f

/* In hops of 512 samples, 10.7 ms at 48 kHz. */
enum {
    LIMITED_FRAMES = 3,
    GROWTH_FRAMES = 5,
    PROBE_FRAMES = 12,
    STUBBORN_FRAMES = 6,
    HOLD_FRAMES = 470,
    LONGEST_HOLD_FRAMES = 16 * HOLD_FRAMES,
    KNOWN_FRAMES = 940,
};

/* A Hann peak is four bins wide; the neighbours are beyond it. */
enum { NEAR = 4, FAR = 12 };

static const double pi = 3.14159265358979323846;

void howling_init(howling_t *h, uint32_t sampleRateHz) {
    memset(h, 0, sizeof *h);
    h->sampleRateHz = (float)sampleRateHz;
}

static float peak_power(const float *spectrum, uint32_t k) {
    return spectrum[k - 1] + spectrum[k] + spectrum[k + 1];
}

static bool stands_out(const float *spectrum, uint32_t k) {
    float sum = 0;
    uint32_t count = 0;
    for (uint32_t i = NEAR; i <= FAR; i++) {
        if (k > i) sum += spectrum[k - i], count++;
        if (k + i < LISTENER_BINS - 1) sum += spectrum[k + i], count++;
    }
    return spectrum[k] * (float)count > PEAK_OVER_NEIGHBOURS * sum;
}

static bool is_suspicious(const listener_t *l, uint32_t k, bool hasModel) {
    const float *e = l->error;
    if (e[k] < HEARD || e[k] < e[k - 1] || e[k] <= e[k + 1]) return false;
    if (hasModel && peak_power(e, k) < OVER_DISTURBANCE * peak_power(l->disturbance, k))
        return false;
    return stands_out(e, k) && stands_out(l->reference, k) && stands_out(l->output, k);
}

/* The strongest suspicious bin, or 0. */
static uint32_t find(const listener_t *l, bool hasModel) {
    uint32_t found = 0;
    const uint32_t lowest = (uint32_t)(LOWEST_HZ / l->hzPerBin) + 1;
    for (uint32_t k = lowest > NEAR ? lowest : NEAR; k < LISTENER_BINS - NEAR; k++)
        if (l->error[k] > l->error[found] || found == 0)
            if (is_suspicious(l, k, hasModel)) found = k;
    return found;
}

/* The top of the parabola through three logarithms (Smith and Serra, ICMC 1987). */
static float peak_hz(const listener_t *l, uint32_t k) {
    const float a = logf(l->error[k - 1] + 1e-20f), b = logf(l->error[k] + 1e-20f);
    const float c = logf(l->error[k + 1] + 1e-20f), curve = a - 2 * b + c;
    const float offset = curve < 0 ? 0.5f * (a - c) / curve : 0;
    return ((float)k + offset) * l->hzPerBin;
}

static uint32_t bin_of(const listener_t *l, float hz) {
    const uint32_t k = (uint32_t)lrintf(hz / l->hzPerBin);
    return k < 1 ? 1 : k > LISTENER_BINS - 2 ? LISTENER_BINS - 2 : k;
}

static bool is_in(const howling_notch_t *n) {
    return n->state == HOWLING_PROBING || n->state == HOWLING_HELD;
}

static void enter(howling_notch_t *n, howling_state_t state) {
    n->state = state;
    n->frames = n->stubborn = 0;
}

static void insert(howling_t *h, uint32_t i, howling_actions_t *actions) {
    const double w = 2 * pi * (double)(h->notches[i].hz / h->sampleRateHz);
    const double t = tan(pi * (double)(h->notches[i].widthHz / h->sampleRateHz));
    actions->changed[i] = actions->on[i] = true;
    actions->k1_q20[i] = (int32_t)lrintf((float)(-cos(w) * ANC_NOTCH_ONE_Q20));
    actions->k2_q20[i] = (int32_t)lrintf((float)((1 - t) / (1 + t) * ANC_NOTCH_ONE_Q20));
}

static void take_out(howling_t *h, uint32_t i, howling_state_t state, howling_actions_t *actions) {
    actions->changed[i] = true;
    actions->on[i] = false;
    enter(&h->notches[i], state);
}

/* The notch that knows this frequency, or ANC_NOTCHES. */
static uint32_t known(const howling_t *h, float hz) {
    for (uint32_t i = 0; i < ANC_NOTCHES; i++) {
        const howling_notch_t *n = &h->notches[i];
        if (n->state != HOWLING_FREE && fabsf(hz - n->hz) < n->widthHz / 4) return i;
    }
    return ANC_NOTCHES;
}

/* One that is free, or only remembers. */
static uint32_t spare(const howling_t *h) {
    static const howling_state_t order[] = {HOWLING_FREE, HOWLING_REJECTED, HOWLING_RELEASED};
    for (uint32_t o = 0; o < sizeof order / sizeof *order; o++)
        for (uint32_t i = 0; i < ANC_NOTCHES; i++)
            if (h->notches[i].state == order[o]) return i;
    return ANC_NOTCHES;
}

/* How a suspicion has gone on since the last spectrum. Returns whether it is one to act on. */
static bool lasts(howling_t *h, const listener_t *l, uint32_t k) {
    const float power = peak_power(l->reference, k);
    const float growth = h->candidatePower > 0 ? power / h->candidatePower : 0;
    const bool same =
        h->candidateFrames > 0 && k + 1 >= h->candidateBin && k <= h->candidateBin + 1;
    const bool limits = l->limited > LISTENER_SIZE / LIMITED_ONE_OF;
    const bool grows = growth > GROWS_LEAST && growth < GROWS_MOST;
    const bool counts = grows || (growth > STAYS && limits);
    h->candidateFrames = same && counts ? h->candidateFrames + 1 : 1;
    h->candidateBin = k;
    h->candidatePower = power;
    return h->candidateFrames >= (limits ? LIMITED_FRAMES : GROWTH_FRAMES);
}

static void act(howling_t *h, const listener_t *l, uint32_t k, howling_actions_t *actions) {
    const float hz = peak_hz(l, k);
    uint32_t i = known(h, hz);
    if (i < ANC_NOTCHES && h->notches[i].state == HOWLING_REJECTED) return;
    if (i < ANC_NOTCHES && is_in(&h->notches[i])) {
        if (++h->notches[i].stubborn > STUBBORN_FRAMES) actions->persistsHz = hz;
        return;
    }
    if (i < ANC_NOTCHES) { /* back again: no need to ask */
        howling_notch_t *n = &h->notches[i];
        if (n->holdFrames < LONGEST_HOLD_FRAMES) n->holdFrames *= 2;
        enter(n, HOWLING_HELD);
        insert(h, i, actions);
        actions->howlsHz = hz;
        return;
    }
    i = spare(h);
    if (i == ANC_NOTCHES) {
        if (++h->spareless > STUBBORN_FRAMES) actions->persistsHz = hz;
        return;
    }
    const float widthHz = fminf(fmaxf(hz / 4, 80), 1000);
    h->notches[i] = (howling_notch_t){.state = HOWLING_PROBING,
                                      .hz = hz,
                                      .widthHz = widthHz,
                                      .before = peak_power(l->reference, k),
                                      .holdFrames = HOLD_FRAMES};
    insert(h, i, actions);
}

static void pass_time(howling_t *h, const listener_t *l, bool plays, howling_actions_t *actions) {
    for (uint32_t i = 0; i < ANC_NOTCHES; i++) {
        howling_notch_t *n = &h->notches[i];
        n->frames++;
        if (n->state == HOWLING_PROBING && !plays) enter(n, HOWLING_HELD);
        if (n->state == HOWLING_PROBING && n->frames >= PROBE_FRAMES) {
            const float now = peak_power(l->reference, bin_of(l, n->hz));
            if (now < FALLS_TO * n->before) {
                actions->howlsHz = n->hz;
                enter(n, HOWLING_HELD);
            } else {
                take_out(h, i, HOWLING_REJECTED, actions);
            }
        } else if (n->state == HOWLING_HELD && n->frames >= n->holdFrames) {
            take_out(h, i, HOWLING_RELEASED, actions);
        } else if (!is_in(n) && n->frames >= KNOWN_FRAMES) {
            enter(n, HOWLING_FREE);
        }
    }
}

static void forgive(howling_t *h) {
    h->spareless = 0;
    for (uint32_t i = 0; i < ANC_NOTCHES; i++)
        h->notches[i].stubborn = 0;
}

howling_actions_t howling_step(howling_t *h, const listener_t *l, howling_situation_t situation) {
    howling_actions_t actions = {.howlsHz = 0};
    pass_time(h, l, situation.plays, &actions);
    const uint32_t k = situation.plays ? find(l, situation.hasModel) : 0;
    if (k == 0) {
        h->candidateFrames = 0;
        h->candidatePower = 0;
    } else if (lasts(h, l, k)) {
        act(h, l, k, &actions);
    }
    /* said once, then counted anew; and only what goes on without a pause counts */
    if (k == 0 || actions.persistsHz > 0) forgive(h);
    return actions;
}

uint32_t howling_notches(const howling_t *h) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < ANC_NOTCHES; i++)
        count += is_in(&h->notches[i]);
    return count;
}
