#include "noise_recipes.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846, RATE = 48000;

static const noise_recipe_t recipes[] = {
    {.name = "white", .white = 1},
    {.name = "pink", .shaped = 1},
    {.name = "cabin",
     .shaped = 0.99998,
     .white = 0.0056,
     .sections = {{HIGHPASS, 30, 0.7, 0}, {LOWPASS, 150, 0.5, 0}}},
    {.name = "engine",
     .harmonics = 0.995,
     .shaped = 0.1,
     .sections = {{HIGHPASS, 30, 0.7, 0}, {LOWPASS, 200, 0.5, 0}}},
    {.name = "train",
     .shaped = 0.85,
     .joints = 0.5,
     .white = 0.005,
     .sections = {{HIGHPASS, 25, 0.7, 0}, {LOWPASS, 90, 0.5, 0}}},
};

const double noiseHarmonicAmplitudes[NOISE_HARMONICS] = {0.5,  1,    0.35, 0.6, 0.25,
                                                         0.35, 0.15, 0.2,  0.1, 0.1};
const double noiseHarmonicPhase = 0.381966;

const noise_recipe_t *noise_recipe(const char *name) {
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        if (strcmp(name, recipes[i].name) == 0) return &recipes[i];
    return NULL;
}

/* A pole and a zero an octave apart, every two octaves. */
static int pink_sections(section_t sections[NOISE_MAX_SECTIONS]) {
    for (int k = 0; k < NOISE_MAX_SECTIONS; k++) {
        const double scale = pow(4, k);
        sections[k] = (section_t){.b0 = 1,
                                  .b1 = -exp(-2 * PI * 20 * scale / RATE),
                                  .a1 = -exp(-2 * PI * 10 * scale / RATE)};
    }
    return NOISE_MAX_SECTIONS;
}

int noise_recipe_sections(const noise_recipe_t *recipe, section_t sections[NOISE_MAX_SECTIONS]) {
    if (strcmp(recipe->name, "pink") == 0) return pink_sections(sections);
    int count = 0;
    for (; recipe->sections[count].kind != SECTION_END; count++)
        sections[count] = section_make(recipe->sections[count], RATE);
    return count;
}

void noise_joint_sections(section_t sections[NOISE_JOINTS]) {
    sections[0] = section_make((section_spec_t){BANDPASS, 70, 4, 0}, RATE);
    sections[1] = section_make((section_spec_t){BANDPASS, 220, 5, 0}, RATE);
}

double noise_joint_gain(double energy) {
    return 1 / sqrt(2.0 / NOISE_JOINT_PERIOD * 1.03 * energy);
}
