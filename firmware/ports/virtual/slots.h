/*
 * Two firmware slots in a folder: a.img and b.img (core/device/image.h, the payload is a program),
 * and `state`, text that is replaced atomically:
 *     current a
 *     a good
 *     b empty
 * with the states of update_slot_state_t.
 */
#ifndef ANC_VIRTUAL_SLOTS_H
#define ANC_VIRTUAL_SLOTS_H

#include <stdio.h>

#include "device/image.h"

enum { SLOTS = 2, SLOTS_MAX_IMAGE_BYTES = 16 << 20, SLOTS_PATH_BYTES = 4096 };

typedef struct {
    const char *folder, *board;
    int current; /* the one to start, or that runs */
    update_slot_state_t states[SLOTS];
    char versions[SLOTS][UPDATE_TEXT_BYTES];
    FILE *other; /* being written or read */
    update_port_t port;
} slots_t;

/* Reads the folder; an empty one gets this program as its first firmware. Ends the program when the
 * folder cannot be used. */
void slots_open(slots_t *s, const char *folder, const char *board, uint32_t trialMs);

/* What the folder says now: the program that ran has changed it. */
void slots_reload(slots_t *s);

/* The boot loader's choice: what was activated is tried once, what was tried and not confirmed is
 * rejected, and an image that is not whole is passed over. Returns the program to start, which
 * stays valid until the next call, or NULL when there is none. */
const char *slots_boot(slots_t *s);

#endif
