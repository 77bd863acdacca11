#include <string.h>

#include "fail.h"
#include "path_recipes.h"
#include "paths.h"

static response_t cook(const path_recipe_t *recipe) {
    response_t r = {allocate(recipe->length, sizeof(float)), recipe->length};
    path_recipe_response(recipe, r.taps);
    return r;
}

paths_t paths_builtin(const char *name) {
    const path_recipes_t *recipes = path_recipes(name);
    if (!recipes)
        fail(EXIT_BAD_INPUT, "PATH_INVALID", "There are builtin:normal and builtin:loose.",
             "no built-in paths '%s'", name);
    return (paths_t){.reference = cook(&recipes->reference),
                     .primary = cook(&recipes->primary),
                     .secondary = cook(&recipes->secondary),
                     .feedback = cook(&recipes->feedback)};
}

paths_t paths_read(const char *name, const char *secondaryFile) {
    const size_t n = strlen("builtin");
    const int builtin = strncmp(name, "builtin", n) == 0 && (name[n] == '\0' || name[n] == ':');
    return builtin ? paths_builtin(name) : paths_json(name, secondaryFile);
}
