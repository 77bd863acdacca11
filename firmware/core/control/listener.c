#include "control/listener.h"

#include <string.h>

#include "control/fft.h"

/* Hann's window halves a sine of amplitude a, so its bin is a * SIZE / 4. */
static const float scale = 4.0f / LISTENER_SIZE / 32768.0f;

void listener_init(listener_t *l, uint32_t sampleRateHz) {
    memset(l, 0, sizeof *l);
    l->hzPerBin = (float)sampleRateHz / LISTENER_SIZE;
    fft_tables(l->cosine, l->sine, LISTENER_SIZE);
}

void listener_push(listener_t *l, listener_sample_t sample, bool limited) {
    if (l->index == 0) l->limitedIn[l->filling] = 0;
    l->pieces[l->filling][l->index] = sample;
    if (limited) l->limitedIn[l->filling]++;
    if (++l->index < LISTENER_HOP) return;
    l->index = 0;
    l->filling = (l->filling + 1) % LISTENER_PIECES;
    l->filled++;
}

typedef enum { REFERENCE_AND_OUTPUT, ERROR_AND_DISTURBANCE } pair_t;

/* Two real signals under the window as one complex one, transformed. */
static void transform(listener_t *l, pair_t pair, uint32_t oldest) {
    for (uint32_t n = 0; n < LISTENER_SIZE; n++) {
        const uint32_t piece = (oldest + n / LISTENER_HOP) % LISTENER_PIECES;
        const listener_sample_t *s = &l->pieces[piece][n % LISTENER_HOP];
        const float cosine =
            n < LISTENER_HOP ? l->cosine[n] : -l->cosine[n - LISTENER_HOP]; /* of 2 pi n / SIZE */
        const float window = scale * (0.5f - 0.5f * cosine);
        const bool first = pair == REFERENCE_AND_OUTPUT;
        l->re[n] = window * (float)(first ? s->reference : s->error);
        l->im[n] = window * (float)(first ? s->output : s->disturbance);
    }
    fft_forward((complex_t){l->re, l->im}, LISTENER_SIZE, l->cosine, l->sine, LISTENER_SIZE);
}

typedef struct {
    float aRe, aIm, bRe, bIm;
} bins_t;

/* Bin k of the two signals. */
static bins_t separate(const listener_t *l, uint32_t k) {
    const uint32_t m = (LISTENER_SIZE - k) % LISTENER_SIZE;
    return (bins_t){
        (l->re[k] + l->re[m]) / 2,
        (l->im[k] - l->im[m]) / 2,
        (l->im[k] + l->im[m]) / 2,
        (l->re[m] - l->re[k]) / 2,
    };
}

bool listener_work(listener_t *l) {
    const uint32_t filled = l->filled;
    if (filled == l->looked || filled < 2) return false;
    l->looked = filled;
    /* piece p of all is at p % PIECES; the audio fills number `filled` */
    const uint32_t oldest = (filled - 2) % LISTENER_PIECES;
    l->limited = (uint32_t)l->limitedIn[oldest] + l->limitedIn[(oldest + 1) % LISTENER_PIECES];
    transform(l, REFERENCE_AND_OUTPUT, oldest);
    for (uint32_t k = 0; k < LISTENER_BINS; k++) {
        const bins_t z = separate(l, k);
        l->reference[k] = z.aRe * z.aRe + z.aIm * z.aIm;
        l->output[k] = z.bRe * z.bRe + z.bIm * z.bIm;
        if (k >= LISTENER_LOW_BINS) continue;
        l->low[k].referenceRe = z.aRe;
        l->low[k].referenceIm = z.aIm;
    }
    transform(l, ERROR_AND_DISTURBANCE, oldest);
    for (uint32_t k = 0; k < LISTENER_BINS; k++) {
        const bins_t z = separate(l, k);
        l->error[k] = z.aRe * z.aRe + z.aIm * z.aIm;
        l->disturbance[k] = z.bRe * z.bRe + z.bIm * z.bIm;
        if (k >= LISTENER_LOW_BINS) continue;
        l->low[k].disturbanceRe = z.bRe;
        l->low[k].disturbanceIm = z.bIm;
    }
    /* too slow: the audio has begun to write over what was read */
    return l->filled == filled;
}
