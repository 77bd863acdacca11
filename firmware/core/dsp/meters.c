#include "dsp/meters.h"

#include <string.h>

#include "dsp/fixed.h"

enum {
    SQUARE_SHIFT = 20,     /* a sample's square of at most 2^62 adds at most 2^42 */
    MAX_SAMPLES = 1 << 21, /* so a sum is at most 2^63, unsigned */
    MEAN_SHIFT = 30 - 20,  /* from sums of squares >> 20 to means >> 30 */
};

static void add_square(uint64_t *sum, int32_t sample_q31) {
    *sum += (uint64_t)shr64(mulW(sample_q31, sample_q31), SQUARE_SHIFT);
}

static void hold_peak(uint32_t *peak, int32_t sample_q31) {
    uint32_t magnitude = (uint32_t)sat32(absW(sample_q31));
    if (magnitude > *peak) *peak = magnitude;
}

void anc_meters_add(anc_meters_t *m, const anc_meter_sample_t *s) {
    if (m->samples < MAX_SAMPLES) {
        m->samples++;
        add_square(&m->reference, s->reference_q31);
        add_square(&m->error, s->error_q31);
        add_square(&m->output, s->output_q31);
        add_square(&m->disturbance, s->disturbance_q31);
        add_square(&m->antiNoise, s->antiNoise_q31);
        m->clipped += s->clipped;
        m->limited += s->limited;
        m->silent += s->silent;
    }
    hold_peak(&m->referencePeak, s->reference_q31);
    hold_peak(&m->errorPeak, s->error_q31);
    hold_peak(&m->outputPeak, s->output_q31);
}

void anc_meters_take(anc_meters_t *m, anc_levels_t *out) {
    memset(out, 0, sizeof *out);
    if (m->samples > 0) {
        out->samples = m->samples;
        out->referenceMeanSquare = (m->reference / m->samples) >> MEAN_SHIFT;
        out->errorMeanSquare = (m->error / m->samples) >> MEAN_SHIFT;
        out->outputMeanSquare = (m->output / m->samples) >> MEAN_SHIFT;
        out->disturbanceMeanSquare = (m->disturbance / m->samples) >> MEAN_SHIFT;
        out->antiNoiseMeanSquare = (m->antiNoise / m->samples) >> MEAN_SHIFT;
        out->referencePeak = m->referencePeak;
        out->errorPeak = m->errorPeak;
        out->outputPeak = m->outputPeak;
        out->clipped = m->clipped;
        out->limited = m->limited;
        out->silent = m->silent;
    }
    memset(m, 0, sizeof *m);
}
