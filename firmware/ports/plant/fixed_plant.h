/*
 * docs/plant.md in integers, for chips without floating point: the built-in paths as sections
 * behind a delay. Their responses go on where those of the page end.
 */
#ifndef ANC_PLANT_FIXED_PLANT_H
#define ANC_PLANT_FIXED_PLANT_H

#include "fixed_section.h"
#include "path_recipes.h"

enum {
    FIXED_PLANT_MAX_LATENCY = 480,
    FIXED_PLANT_HISTORY = 512, /* a power of two above latency and delay of every path */
};

typedef struct {
    fixed_section_t sections[PATH_MAX_SECTIONS];
    int count;
    uint32_t delay;
    int32_t gain; /* Q28 */
} fixed_path_t;

typedef struct {
    fixed_path_t primary, secondary, feedback;
    int32_t noise[FIXED_PLANT_HISTORY], played[FIXED_PLANT_HISTORY]; /* Q27 */
    uint32_t n;
    uint32_t referenceNoise, errorNoise; /* states of the random numbers */
    int32_t micNoise;                    /* Q31 */
} fixed_plant_t;

/* latencySamples 0..FIXED_PLANT_MAX_LATENCY; every path of the recipes begins after its sample 0,
 * and the reference one is a unit impulse. */
void fixed_plant_init(fixed_plant_t *plant, const path_recipes_t *recipes, unsigned latencySamples,
                      double micNoiseDb, uint32_t seed);

/* A sample takes two steps: noise (Q27) in, reference microphone (Q31) out ... */
int32_t fixed_plant_reference(fixed_plant_t *plant, int32_t noise_q27);
/* ... then loudspeaker in, error microphone out, both Q31. */
int32_t fixed_plant_error(fixed_plant_t *plant, int32_t out_q31);

#endif
