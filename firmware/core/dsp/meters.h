/* Level meters: sums of squares, peaks and counts between two readings. */
#ifndef ANC_METERS_H
#define ANC_METERS_H

#include "dsp/engine.h"
#include "dsp/fixed.h"

enum {
    ANC_METER_SQUARE_SHIFT = 20,     /* a sample's square of at most 2^62 adds at most 2^42 */
    ANC_METER_MAX_SAMPLES = 1 << 21, /* so a sum is at most 2^63, unsigned */
};

typedef struct {
    int32_t reference_q31, error_q31, output_q31, disturbance_q31, antiNoise_q31;
    bool clipped, limited, silent;
} anc_meter_sample_t;

static inline void anc_meter_square(uint64_t *sum, int32_t sample_q31) {
    *sum += (uint64_t)shr64(mulW(sample_q31, sample_q31), ANC_METER_SQUARE_SHIFT);
}

static inline void anc_meter_peak(uint32_t *peak, int32_t sample_q31) {
    /* the magnitude, of INT32_MIN INT32_MAX */
    const int32_t sign = sample_q31 >> 31;
    const uint32_t magnitude =
        (uint32_t)(sample_q31 == INT32_MIN ? INT32_MAX : (sample_q31 ^ sign) - sign);
    if (magnitude > *peak) *peak = magnitude;
}

static inline void anc_meters_add(anc_meters_t *m, const anc_meter_sample_t *s) {
    if (m->samples < ANC_METER_MAX_SAMPLES) {
        m->samples++;
        anc_meter_square(&m->reference, s->reference_q31);
        anc_meter_square(&m->error, s->error_q31);
        anc_meter_square(&m->output, s->output_q31);
        anc_meter_square(&m->disturbance, s->disturbance_q31);
        anc_meter_square(&m->antiNoise, s->antiNoise_q31);
        m->clipped += s->clipped;
        m->limited += s->limited;
        m->silent += s->silent;
    }
    anc_meter_peak(&m->referencePeak, s->reference_q31);
    anc_meter_peak(&m->errorPeak, s->error_q31);
    anc_meter_peak(&m->outputPeak, s->output_q31);
}

/* Means, peaks and counts since the last call; starts anew. */
void anc_meters_take(anc_meters_t *m, anc_levels_t *out);

#endif
