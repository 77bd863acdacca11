/*
 * When to start without the stored settings: after three crashes in a row, each within ten seconds
 * of its start. The count lies in memory that a reset leaves alone and a loss of power does not.
 */
#ifndef ANC_SAFE_MODE_H
#define ANC_SAFE_MODE_H

#include <stdbool.h>
#include <stdint.h>

enum { SAFE_MODE_CRASHES = 3, SAFE_MODE_SETTLED_MS = 10000 };

typedef struct {
    uint32_t mark; /* says that the count is one; anything after a loss of power */
    uint32_t crashes;
} safe_mode_t;

/* At start, with whether the one before ended by a crash, watchdog or brown-out. Returns whether
 * this one is to be in safe mode. */
bool safe_mode_start(safe_mode_t *s, bool crashed);
/* It has run for SAFE_MODE_SETTLED_MS. */
void safe_mode_settled(safe_mode_t *s);

#endif
