#include "dsp/meters.h"

#include <string.h>

#include "dsp/fixed.h"

enum { MEAN_SHIFT = 30 - ANC_METER_SQUARE_SHIFT }; /* to means >> 30 */

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
