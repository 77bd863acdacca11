/*
 * Safe mode: the headset starts with its defaults and leaves what is stored alone. Entered by the
 * board's button, held from the start on, or after crashes in a row.
 */
#ifndef ANC_SAFE_MODE_H
#define ANC_SAFE_MODE_H

#include <stdbool.h>

/* At start, once. With a button it takes up to half a second, longer only while that is held. */
bool safe_mode_wanted(void);

/* The headset has run long enough: the next crash is the first again. */
void safe_mode_healthy(void);

#endif
