/*
 * The parameters' three states: value, stored, default. Raw integers (value * 10^decimals) by index
 * into the generated paramTable; no I/O.
 */
#ifndef ANC_PARAMS_H
#define ANC_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device/params_format.h"
#include "generated/params_table.h"

enum {
    PARAMS_NONE = -1,
    /* magic u32, format u16, count u16, then id u16 and raw i32 each, CRC-32 */
    PARAMS_STORE_BYTES = 8 + 6 * PARAM_COUNT + 4,
};

typedef struct {
    int32_t values[PARAM_COUNT];
    int32_t stored[PARAM_COUNT]; /* of those that are not persistent: the default */
    bool storeValid;             /* a store was there at start and was whole, or has been written */
} params_t;

void params_init(params_t *p);

/* Index, or PARAMS_NONE. */
int params_by_id(uint32_t id);
int params_by_name(const char *name);

/* Sets to the nearest step; *taken gets what was set. false and no change when out of range. */
bool params_set(params_t *p, int index, int32_t raw, int32_t *taken);

/* Raw value of text in the parameter's unit. false when it is no such text; the range is not looked
 * at. */
bool params_parse(int index, const char *text, int32_t *raw);

/* The persistent values as they are to be stored; returns the size, at most PARAMS_STORE_BYTES. */
size_t params_serialise(const params_t *p, uint8_t *out);

/* Takes stored values of this or a past format as `stored` and as values; parameters that the store
 * does not know, or with a value that is no longer in range, get their default. false and no change
 * when the bytes are damaged or of a later format. */
bool params_load(params_t *p, const uint8_t *bytes, size_t n);

/* As firmware whose format and changes are these. */
bool params_load_from(params_t *p, const uint8_t *bytes, size_t n, uint16_t format,
                      const params_change_t *changes);

/* Tells that the present values are now the stored ones. */
void params_stored(params_t *p);

#endif
