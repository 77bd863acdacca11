#include "secondary_model.h"

#include <math.h>

bool plant_secondary_model(const float *taps, size_t length, unsigned latencySamples,
                           anc_secondary_model_t *model) {
    const unsigned delay =
        latencySamples < ANC_MAX_SECONDARY_DELAY ? latencySamples : ANC_MAX_SECONDARY_DELAY;
    const size_t padding = latencySamples - delay;
    if (padding >= ANC_MAX_SECONDARY_TAPS) return false;
    if (length > ANC_MAX_SECONDARY_TAPS - padding) length = ANC_MAX_SECONDARY_TAPS - padding;
    double peak = 0;
    for (size_t i = 0; i < length; i++)
        peak = fmax(peak, fabs((double)taps[i]));
    if (!(peak > 0)) return false;
    int exponent;
    frexp(peak, &exponent);
    if (exponent < -16 || exponent > 16) return false;
    *model = (anc_secondary_model_t){.delaySamples = (uint16_t)delay,
                                     .length = (uint16_t)(padding + length),
                                     .exponent = (int16_t)exponent};
    for (size_t i = 0; i < length; i++) {
        const double v = floor(ldexp((double)taps[i], 15 - exponent) + 0.5);
        model->taps_q15[padding + i] = (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
    }
    return true;
}
