/* The generators of docs/plant.md in integers: the same random numbers, sections and shares. */
#ifndef ANC_PLANT_FIXED_NOISE_H
#define ANC_PLANT_FIXED_NOISE_H

#include <stdbool.h>

#include "fixed_section.h"
#include "noise_recipes.h"

enum { FIXED_SINE_BITS = 12, FIXED_SINES = 1 << FIXED_SINE_BITS };

/* White noise of RMS 1, Q27: the top bits of the same draw as mulberry32_white. */
int32_t fixed_white(uint32_t *state);

typedef struct {
    uint32_t state; /* of the random numbers */
    fixed_section_t shape[NOISE_MAX_SECTIONS], joints[NOISE_JOINTS];
    int shapeCount;
    uint32_t sinceJoint;
    int32_t harmonics, shaped, ring, white, tone;    /* shares at the level; 0: none */
    uint64_t phase, phaseStep, slow[2], slowStep[2]; /* 2^64 is a turn */
    int32_t amplitudes[NOISE_HARMONICS];             /* Q27 */
    uint64_t phases[NOISE_HARMONICS];
    int32_t sine[FIXED_SINES + 1]; /* Q30, a whole turn and its begin again */
} fixed_noise_t;

/* name: cabin, engine, train, pink, white or sine:HZ, 1..20000. levelDb -60..0. false: it is none
 * of them. */
bool fixed_noise_init(fixed_noise_t *noise, const char *name, double levelDb, uint32_t seed);

/* The next sample at 48 kHz, Q27. */
int32_t fixed_noise_next(fixed_noise_t *noise);

#endif
