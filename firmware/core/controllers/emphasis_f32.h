/* Pre-emphasis 1 - 0.9 z^-1 of error and filtered reference: makes the spectrum of usual noise
 * flatter, as in the engine. */
#ifndef CONTROLLERS_EMPHASIS_F32_H
#define CONTROLLERS_EMPHASIS_F32_H

#include <stddef.h>

#define EMPHASIS_F32 0.9f

typedef struct {
    float before;
} emphasis_f32_t;

static inline float emphasis_f32_next(emphasis_f32_t *e, float sample) {
    const float out = sample - EMPHASIS_F32 * e->before;
    e->before = sample;
    return out;
}

/* to[0..taps] = path * (1 - c z^-1): one value more than the path has; c 0 copies. */
static inline void emphasise_f32(float *to, const float *path, size_t taps, float c) {
    for (size_t i = 0; i <= taps; i++) {
        const float now = i < taps ? path[i] : 0, before = i > 0 ? path[i - 1] : 0;
        to[i] = now - c * before;
    }
}

#endif
