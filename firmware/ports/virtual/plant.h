/* The acoustics between loudspeaker and microphones, one sample at a time: docs/plant.md. */
#ifndef ANC_VIRTUAL_PLANT_H
#define ANC_VIRTUAL_PLANT_H

#include <stdbool.h>
#include <stdint.h>

#include "noise.h"
#include "paths.h"

enum { PLANT_MAX_LATENCY = 4800 };

typedef struct plant plant_t;

/* latencySamples 0..PLANT_MAX_LATENCY; the paths are borrowed. */
plant_t *plant_new(const paths_t *paths, unsigned latencySamples, double micNoiseDb, uint32_t seed);

/* Other paths from now on; what is on its way in the air stays there. Borrowed, too. */
void plant_swap(plant_t *plant, const paths_t *paths);

typedef struct {
    bool referenceSilent, errorSilent, speakerSilent, signFlip;
    double referenceClip; /* magnitude at which the reference microphone clips, 1 is full scale */
    double feedbackGain;  /* of the feedback path, 1 is as it was measured */
    double windRms, knockPeak; /* at the reference microphone alone */
} plant_faults_t;

void plant_set_faults(plant_t *plant, plant_faults_t faults);

/* A sample takes two steps: noise in, reference microphone out ... */
int32_t plant_reference(plant_t *plant, double noise);
/* ... then loudspeaker in, error microphone out. *off gets what it would be without the
 * loudspeaker. */
int32_t plant_error(plant_t *plant, int32_t out_q31, int32_t *off_q31);

#endif
