#include "path_recipes.h"

#include <math.h>
#include <string.h>

#define REFERENCE                                                                                  \
    { .length = 1 }
#define FEEDBACK                                                                                   \
    {                                                                                              \
        128, 5, -60, {                                                                             \
            {HIGHPASS, 300, 0.7, 0}, {PEAKING, 5000, 1, 12}, {                                     \
                LOWPASS, 9000, 0.7, 0                                                              \
            }                                                                                      \
        }                                                                                          \
    }

static const path_recipes_t normal = {
    .reference = REFERENCE,
    .primary = {1024,
                4,
                0,
                {{HIGH_SHELF, 370, 1.0, -9},
                 {HIGH_SHELF, 1900, 0.5, -14},
                 {LOWPASS, 9000, 0.7, 0}}},
    .secondary = {512,
                  3,
                  -12,
                  {{HIGHPASS, 45, 0.7, 0},
                   {LOW_SHELF, 330, 0.8, 15.5},
                   {PEAKING, 1000, 1, -4},
                   {PEAKING, 3800, 2, 10},
                   {LOWPASS, 4500, 0.8, 0}}},
    .feedback = FEEDBACK,
};
static const path_recipes_t loose = {
    .reference = REFERENCE,
    .primary = {1024,
                4,
                -1,
                {{HIGH_SHELF, 1300, 0.7, -7},
                 {HIGH_SHELF, 3000, 0.7, -6},
                 {LOWPASS, 9000, 0.7, 0}}},
    .secondary = {512,
                  3,
                  -12,
                  {{HIGHPASS, 80, 0.7, 0},
                   {LOW_SHELF, 330, 0.8, 6},
                   {PEAKING, 700, 1, -5},
                   {PEAKING, 3800, 2, 10},
                   {LOWPASS, 4500, 0.8, 0}}},
    .feedback = FEEDBACK,
};

const path_recipes_t *path_recipes(const char *name) {
    if (strcmp(name, "builtin") == 0 || strcmp(name, "builtin:normal") == 0) return &normal;
    return strcmp(name, "builtin:loose") == 0 ? &loose : NULL;
}

void path_recipe_response(const path_recipe_t *recipe, float *taps) {
    section_t sections[PATH_MAX_SECTIONS];
    int count = 0;
    for (; recipe->sections[count].kind != SECTION_END; count++)
        sections[count] = section_make(recipe->sections[count], PATH_SAMPLE_RATE_HZ);
    for (size_t n = 0; n < recipe->length; n++) {
        double v = n == recipe->delay ? pow(10, recipe->gainDb / 20) : 0;
        for (int i = 0; i < count; i++)
            v = section_step(&sections[i], v);
        taps[n] = (float)v;
    }
}
