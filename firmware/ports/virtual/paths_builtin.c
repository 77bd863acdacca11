#include <math.h>
#include <string.h>

#include "fail.h"
#include "paths.h"
#include "sections.h"

enum { MAX_SECTIONS = 6 };

typedef struct {
    size_t length, delay;
    double gainDb;
    section_spec_t sections[MAX_SECTIONS];
} recipe_t;

static const recipe_t reference = {.length = 1};
static const recipe_t primaries[2] = {
    {1024,
     4,
     0,
     {{HIGH_SHELF, 370, 1.0, -9}, {HIGH_SHELF, 1900, 0.5, -14}, {LOWPASS, 9000, 0.7, 0}}},
    {1024,
     4,
     -1,
     {{HIGH_SHELF, 1300, 0.7, -7}, {HIGH_SHELF, 3000, 0.7, -6}, {LOWPASS, 9000, 0.7, 0}}},
};
static const recipe_t secondaries[2] = {
    {512,
     3,
     -12,
     {{HIGHPASS, 45, 0.7, 0},
      {LOW_SHELF, 330, 0.8, 15.5},
      {PEAKING, 1000, 1, -4},
      {PEAKING, 3800, 2, 10},
      {LOWPASS, 4500, 0.8, 0}}},
    {512,
     3,
     -12,
     {{HIGHPASS, 80, 0.7, 0},
      {LOW_SHELF, 330, 0.8, 6},
      {PEAKING, 700, 1, -5},
      {PEAKING, 3800, 2, 10},
      {LOWPASS, 4500, 0.8, 0}}},
};
static const recipe_t feedback = {
    128, 5, -60, {{HIGHPASS, 300, 0.7, 0}, {PEAKING, 5000, 1, 12}, {LOWPASS, 9000, 0.7, 0}}};

static response_t cook(const recipe_t *recipe) {
    section_t sections[MAX_SECTIONS];
    int count = 0;
    for (; recipe->sections[count].kind != SECTION_END; count++)
        sections[count] = section_make(recipe->sections[count], PATHS_SAMPLE_RATE_HZ);
    response_t r = {allocate(recipe->length, sizeof(float)), recipe->length};
    for (size_t n = 0; n < r.length; n++) {
        double v = n == recipe->delay ? pow(10, recipe->gainDb / 20) : 0;
        for (int i = 0; i < count; i++)
            v = section_step(&sections[i], v);
        r.taps[n] = (float)v;
    }
    return r;
}

paths_t paths_builtin(const char *name) {
    const char *fit = strchr(name, ':');
    const int loose = fit && strcmp(fit, ":loose") == 0;
    if (fit && !loose && strcmp(fit, ":normal") != 0)
        fail(EXIT_BAD_INPUT, "PATH_INVALID", "There are builtin:normal and builtin:loose.",
             "no built-in paths '%s'", name);
    return (paths_t){.reference = cook(&reference),
                     .primary = cook(&primaries[loose]),
                     .secondary = cook(&secondaries[loose]),
                     .feedback = cook(&feedback)};
}

paths_t paths_read(const char *name, const char *secondaryFile) {
    const size_t n = strlen("builtin");
    const int builtin = strncmp(name, "builtin", n) == 0 && (name[n] == '\0' || name[n] == ':');
    return builtin ? paths_builtin(name) : paths_json(name, secondaryFile);
}
