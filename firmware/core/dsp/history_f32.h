/*
 * The newest samples of a signal as one straight run, newest first: every sample is written twice,
 * `length` apart.
 */
#ifndef ANC_HISTORY_F32_H
#define ANC_HISTORY_F32_H

#include <stddef.h>

typedef struct {
    float *samples; /* 2 * length, of the caller */
    size_t length, at;
} history_f32_t;

/* Floats of memory for so many samples. */
static inline size_t history_f32_floats(size_t length) {
    return 2 * length;
}

static inline void history_f32_put(history_f32_t *h, float sample) {
    h->at = h->at == 0 ? h->length - 1 : h->at - 1;
    h->samples[h->at] = sample;
    h->samples[h->at + h->length] = sample;
}

/* `length` samples, newest first; valid until the next put. */
static inline const float *history_f32_window(const history_f32_t *h) {
    return h->samples + h->at;
}

#endif
