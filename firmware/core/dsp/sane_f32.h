/* What floating point must be protected from. */
#ifndef ANC_SANE_F32_H
#define ANC_SANE_F32_H

/* Full scale is 1: what is 120 dB above it, infinite or not a number is no sample, and counts as 0.
 */
static inline float sane_f32(float v) {
    return v > -1e6f && v < 1e6f ? v : 0.0f;
}

#endif
