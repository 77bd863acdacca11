#include "control/wind.h"

#include <math.h>
#include <string.h>

#define MEAN_S 0.25f
/* Wind must last so long, and calm, too, which is where gusts pause. */
#define ONSET_S 0.15f
#define CALM_S 0.8f
/* Wind that is back within so long was not over: the calm must then last twice as long, up to ...
 */
#define BACK_S 2.0f
#define CALM_MOST_S 6.4f

#define WINDY_COHERENCE 0.3f
#define CALM_COHERENCE 0.5f

/* Mean square of the reference's low bins over full scale: wind is above -50 dBFS, calm below -56
 * dBFS whatever the coherence. */
#define LOUD 1e-5f
#define FAINT 2.5e-6f

#define HIGHEST_HZ 300.0f

/* A gust: the reference over the disturbance, against what it usually is. */
#define GUST 10.0f
#define USUAL_S 5.0f
#define USUAL_LEAST_S 0.5f

enum { GUST_FRAMES = 3 };

void wind_init(wind_t *w, uint32_t sampleRateHz) {
    memset(w, 0, sizeof *w);
    w->hopSeconds = (float)LISTENER_HOP / (float)sampleRateHz;
    w->calmSeconds = CALM_S;
    w->sinceSeconds = BACK_S;
    const float bins = HIGHEST_HZ * LISTENER_SIZE / (float)sampleRateHz;
    w->bins = bins < LISTENER_LOW_BINS ? (uint32_t)bins : LISTENER_LOW_BINS - 1;
    if (w->bins < 1) w->bins = 1;
}

/* From bin 1 on: what the window leaks out of DC is not sound. */
static float low_power(const wind_t *w, const float *spectrum) {
    float sum = 0;
    for (uint32_t k = 1; k <= w->bins; k++)
        sum += spectrum[k];
    return sum;
}

static void average(wind_t *w, const listener_t *l) {
    const float share = w->hopSeconds / (MEAN_S + w->hopSeconds);
    const float x = 1 / (low_power(w, l->reference) + 1e-20f);
    const float d = 1 / (low_power(w, l->disturbance) + 1e-20f), xd = sqrtf(x * d);
    for (uint32_t k = 1; k <= w->bins; k++) {
        const float xr = l->low[k].referenceRe, xi = l->low[k].referenceIm;
        const float dr = l->low[k].disturbanceRe, di = l->low[k].disturbanceIm;
        w->mean[k].reference += share * (x * l->reference[k] - w->mean[k].reference);
        w->mean[k].disturbance += share * (d * l->disturbance[k] - w->mean[k].disturbance);
        w->mean[k].crossRe += share * (xd * (dr * xr + di * xi) - w->mean[k].crossRe);
        w->mean[k].crossIm += share * (xd * (di * xr - dr * xi) - w->mean[k].crossIm);
    }
    /* A sine's bin and its two neighbours hold 1.5 times a^2, noise likewise, of which the mean
     * square is half. */
    w->level += share * (low_power(w, l->reference) / 3 - w->level);
}

static void measure(wind_t *w) {
    float all = 0, coherent = 0;
    for (uint32_t k = 1; k <= w->bins; k++) {
        const float cross =
            w->mean[k].crossRe * w->mean[k].crossRe + w->mean[k].crossIm * w->mean[k].crossIm;
        all += w->mean[k].reference;
        if (w->mean[k].disturbance > 0) coherent += cross / w->mean[k].disturbance;
    }
    w->coherence = all > 0 ? coherent / all : 1;
}

/* Whether a gust has just begun. What is not one becomes usual. */
static bool gusts(wind_t *w, const listener_t *l) {
    const float reference = low_power(w, l->reference);
    const float disturbance = low_power(w, l->disturbance);
    const bool known = w->usualSeconds >= USUAL_LEAST_S;
    const bool jumps = known && reference / 3 > LOUD &&
                       reference * w->usualDisturbance > GUST * w->usualReference * disturbance;
    w->gustFrames = jumps ? w->gustFrames + 1 : 0;
    if (jumps) return w->gustFrames >= GUST_FRAMES;
    const float slow = w->usualSeconds < USUAL_S ? w->usualSeconds : USUAL_S;
    const float share = w->hopSeconds / (slow + w->hopSeconds);
    w->usualReference += share * (reference - w->usualReference);
    w->usualDisturbance += share * (disturbance - w->usualDisturbance);
    if (w->usualSeconds < USUAL_S) w->usualSeconds += w->hopSeconds;
    return false;
}

static void turn(wind_t *w) {
    w->blows = !w->blows;
    if (w->blows) {
        const float longer = 2 * w->calmSeconds;
        w->calmSeconds = w->sinceSeconds >= BACK_S ? CALM_S
                         : longer < CALM_MOST_S    ? longer
                                                   : CALM_MOST_S;
    }
    w->sinceSeconds = 0;
    w->againstSeconds = w->usualSeconds = 0;
    w->gustFrames = 0;
}

bool wind_step(wind_t *w, const listener_t *l) {
    average(w, l);
    measure(w);
    if (w->heardSeconds < MEAN_S) w->heardSeconds += w->hopSeconds;
    const bool windy = w->coherence < WINDY_COHERENCE && w->level > LOUD;
    const bool calm = w->coherence > CALM_COHERENCE || w->level < FAINT;
    const bool against = w->heardSeconds >= MEAN_S && (w->blows ? calm : windy);
    w->againstSeconds = against ? w->againstSeconds + w->hopSeconds : 0;
    if (w->sinceSeconds < BACK_S) w->sinceSeconds += w->hopSeconds;
    const bool begins = !w->blows && gusts(w, l);
    if (begins || w->againstSeconds >= (w->blows ? w->calmSeconds : ONSET_S)) turn(w);
    return w->blows;
}
