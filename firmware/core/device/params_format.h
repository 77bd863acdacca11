/*
 * Stored parameters of past firmware. The format's number goes up whenever an id or a raw value
 * comes to mean something else; each such change is one line of paramsChanges, and every store ever
 * written goes through the lines behind its own format. New and removed parameters need no line:
 * what a store does not know gets its default, what it alone knows is passed over.
 */
#ifndef ANC_PARAMS_FORMAT_H
#define ANC_PARAMS_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

enum { PARAMS_FORMAT = 1 };

typedef struct {
    uint16_t format; /* the first one with the change; 0 ends the table */
    uint16_t from;   /* id before */
    uint16_t to;     /* id since; 0: the parameter is gone, and its id may mean another one */
    int32_t numerator, denominator; /* raw value since / raw value before; rounded to nearest */
} params_change_t;

/* In the order of their formats. */
extern const params_change_t paramsChanges[];

/* Makes an entry of a store one of the present format. false: nothing is left of it, because it is
 * gone or its value no longer fits 32 bits. */
bool params_migrate(const params_change_t *changes, uint16_t storedFormat, uint32_t *id,
                    int32_t *raw);

#endif
