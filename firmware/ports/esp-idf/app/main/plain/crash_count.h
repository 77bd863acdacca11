/*
 * How often in a row the headset has crashed, in memory that outlives a reset but not a loss of
 * power. Whatever stands in it after power-up is no record.
 */
#ifndef ANC_CRASH_COUNT_H
#define ANC_CRASH_COUNT_H

#include <stdbool.h>
#include <stdint.h>

enum { CRASH_COUNT_SAFE = 3 }; /* so many in a row: the stored settings are to be left alone */

typedef struct {
    uint32_t magic, crashes, check;
} crash_count_t;

/* At start, with whether the reset was a crash. Returns the crashes in a row, this one included. */
uint32_t crash_count_started(crash_count_t *c, bool crashed);

/* The headset has run for a while: the row is broken. */
void crash_count_healthy(crash_count_t *c);

#endif
