/* Memory that the caller gives once, handed out in pieces. */
#ifndef CONTROL_ARENA_H
#define CONTROL_ARENA_H

#include <stddef.h>
#include <stdint.h>

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

/* The next n doubles, aligned, in place of 2n + 1 floats. */
static inline double *arena_take_doubles(arena_t *a, size_t n) {
    float *from = arena_take(a, 2 * n + 1);
    if (from == NULL) return NULL;
    const uintptr_t unaligned = (uintptr_t)from % sizeof(double);
    return (double *)(void *)(unaligned == 0 ? from : from + 1);
}

#endif
