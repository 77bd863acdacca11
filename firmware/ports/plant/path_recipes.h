/* The built-in paths of docs/plant.md as delay, gain and sections. */
#ifndef ANC_PLANT_PATH_RECIPES_H
#define ANC_PLANT_PATH_RECIPES_H

#include "sections.h"

enum { PATH_SAMPLE_RATE_HZ = 48000, PATH_MAX_SECTIONS = 6, PATH_FITS = 2 };

typedef struct {
    size_t length, delay; /* of the response, in samples */
    double gainDb;
    section_spec_t sections[PATH_MAX_SECTIONS]; /* up to SECTION_END */
} path_recipe_t;

typedef struct {
    path_recipe_t reference, primary, secondary, feedback;
} path_recipes_t;

/* Of `builtin[:normal|loose]`; NULL: there is no such fit. */
const path_recipes_t *path_recipes(const char *name);

/* The first `length` values of the response. */
void path_recipe_response(const path_recipe_t *recipe, float *taps);

#endif
