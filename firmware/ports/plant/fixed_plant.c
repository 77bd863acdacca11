#include "fixed_plant.h"

#include <math.h>
#include <string.h>

#include "fixed_noise.h"

enum { MASK = FIXED_PLANT_HISTORY - 1, TO_Q31 = 31 - FIXED_SIGNAL_BITS };

static fixed_path_t make_path(const path_recipe_t *recipe, unsigned latency) {
    fixed_path_t path = {.delay = (uint32_t)recipe->delay + latency,
                         .gain = fixed_from(pow(10, recipe->gainDb / 20), FIXED_COEFFICIENT_BITS)};
    for (; recipe->sections[path.count].kind != SECTION_END; path.count++) {
        const section_t s = section_make(recipe->sections[path.count], PATH_SAMPLE_RATE_HZ);
        path.sections[path.count] = fixed_section(&s);
    }
    return path;
}

void fixed_plant_init(fixed_plant_t *plant, const path_recipes_t *recipes, unsigned latencySamples,
                      double micNoiseDb, uint32_t seed) {
    memset(plant, 0, sizeof *plant);
    plant->primary = make_path(&recipes->primary, 0);
    plant->secondary = make_path(&recipes->secondary, latencySamples);
    plant->feedback = make_path(&recipes->feedback, latencySamples);
    plant->micNoise = fixed_from(pow(10, micNoiseDb / 20), 31);
    plant->referenceNoise = seed + 1;
    plant->errorNoise = seed + 2;
}

static int32_t heard(fixed_path_t *path, const int32_t *history, uint32_t n) {
    const int32_t x = history[(n - path->delay) & MASK];
    return fixed_sections_step(path->sections, path->count,
                               fixed_scale(x, path->gain, FIXED_COEFFICIENT_BITS));
}

/* 24-bit converters, left-justified, that clip. */
static int32_t convert(int32_t v_q27) {
    const int32_t limit = 1 << FIXED_SIGNAL_BITS;
    if (v_q27 >= limit) return 2147483392;
    if (v_q27 < -limit) return INT32_MIN;
    return (int32_t)((uint32_t)v_q27 << TO_Q31 & ~255u);
}

int32_t fixed_plant_reference(fixed_plant_t *plant, int32_t noise_q27) {
    plant->noise[plant->n & MASK] = noise_q27;
    int32_t r = noise_q27 + heard(&plant->feedback, plant->played, plant->n);
    r += fixed_scale(fixed_white(&plant->referenceNoise), plant->micNoise, 31);
    return convert(r);
}

int32_t fixed_plant_error(fixed_plant_t *plant, int32_t out_q31) {
    plant->played[plant->n & MASK] = out_q31 >> TO_Q31;
    int32_t e = heard(&plant->primary, plant->noise, plant->n);
    e += heard(&plant->secondary, plant->played, plant->n);
    e += fixed_scale(fixed_white(&plant->errorNoise), plant->micNoise, 31);
    plant->n++;
    return convert(e);
}
