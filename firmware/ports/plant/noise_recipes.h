/* The noise generators of docs/plant.md: shares of four ingredients, each of RMS 1. */
#ifndef ANC_PLANT_NOISE_RECIPES_H
#define ANC_PLANT_NOISE_RECIPES_H

#include "sections.h"

enum {
    NOISE_MAX_SECTIONS = 6,
    NOISE_HARMONICS = 10,
    NOISE_JOINTS = 2,
    NOISE_JOINT_PERIOD = 43200, /* samples; a second joint follows the first one by a tenth */
    NOISE_NORM_SAMPLES = 65536, /* of an impulse response, for its energy */
};

typedef struct {
    const char *name;
    /* A share of 0 draws no random number. They are added in this order. */
    double harmonics, shaped, joints, white;
    section_spec_t sections[NOISE_MAX_SECTIONS]; /* of the shaped part, up to SECTION_END */
} noise_recipe_t;

/* NULL: there is no such generator. */
const noise_recipe_t *noise_recipe(const char *name);

/* What shapes white noise; returns their number. */
int noise_recipe_sections(const noise_recipe_t *recipe, section_t sections[NOISE_MAX_SECTIONS]);

/* What rings when the wheels meet a joint of the rails, side by side. */
void noise_joint_sections(section_t sections[NOISE_JOINTS]);

/* For joints of RMS 1, from the energy of the impulse response of both together. */
double noise_joint_gain(double energy);

extern const double noiseHarmonicAmplitudes[NOISE_HARMONICS];
extern const double noiseHarmonicPhase; /* turns, times the square of the harmonic's number */

#endif
