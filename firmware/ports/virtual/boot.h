/*
 * The boot loader of a headset with slots: it starts the program of a slot, again after each
 * restart or crash of it, and keeps the link's ends open in between, as a chip's USB stays plugged
 * in. Programs learn from the environment who started them: any program that takes the options of
 * this one and these variables is firmware.
 *     ANC_BOOT_RESET  reset reason of the link
 *     ANC_BOOT_TCP    descriptor of the listening socket, when there is one
 *     ANC_BOOT_PTY    descriptor of the pty's master, when there is one
 *     ANC_BOOT_SAFE   is there: safe mode
 * Exit status 0 ends the headset, BOOT_RESTART restarts it, anything else is a crash.
 */
#ifndef ANC_VIRTUAL_BOOT_H
#define ANC_VIRTUAL_BOOT_H

#include "host_link.h"
#include "options.h"
#include "slots.h"

enum { BOOT_RESTART = 75 };

typedef struct {
    bool booted; /* by a boot loader */
    uint8_t resetReason;
    int tcp, pty; /* -1: none */
    bool safeMode;
} boot_t;

/* What the boot loader said to this program. */
boot_t boot_read(void);

/* Runs the headset until it ends; returns the exit status. `link` has what is to be kept open. */
int boot_run(slots_t *slots, const host_link_t *link, char **argv);

#endif
