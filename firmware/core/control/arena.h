/* Memory that the caller gives once, handed out in pieces. */
#ifndef CONTROL_ARENA_H
#define CONTROL_ARENA_H

#include <stddef.h>

typedef struct {
    float *memory;
    size_t floats, used;
} arena_t;

/* The next n floats; NULL when there are not so many left, which `used` then shows. */
static inline float *arena_take(arena_t *a, size_t n) {
    const size_t from = a->used;
    a->used += n;
    return a->memory != NULL && a->used <= a->floats ? a->memory + from : NULL;
}

#endif
