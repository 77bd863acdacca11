/* Level meters: sums of squares, peaks and counts between two readings. */
#ifndef ANC_METERS_H
#define ANC_METERS_H

#include "dsp/engine.h"

typedef struct {
    int32_t reference_q31, error_q31, output_q31, disturbance_q31, antiNoise_q31;
    bool clipped, limited, silent;
} anc_meter_sample_t;

void anc_meters_add(anc_meters_t *m, const anc_meter_sample_t *s);

/* Means, peaks and counts since the last call; starts anew. */
void anc_meters_take(anc_meters_t *m, anc_levels_t *out);

#endif
