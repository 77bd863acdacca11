/* What the engine knows of a secondary path. */
#ifndef ANC_PLANT_SECONDARY_MODEL_H
#define ANC_PLANT_SECONDARY_MODEL_H

#include "dsp/engine.h"

/* The engine's model of a response behind the latency. false when it cannot be modelled. */
bool plant_secondary_model(const float *taps, size_t length, unsigned latencySamples,
                           anc_secondary_model_t *model);

#endif
