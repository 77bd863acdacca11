/*
 * The two firmware slots of the partition table for the core's updates. That a new image is on
 * trial, and that the one before comes back unless it is confirmed, is the boot loader's work
 * (CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE).
 */
#ifndef ANC_UPDATE_H
#define ANC_UPDATE_H

#include "device/update_port.h"

/* NULL when the partition table has no second slot. */
const update_port_t *update_port(void);

/* Restarts: into the other slot when the core has rejected this image. Does not return. */
void update_restart(void) __attribute__((noreturn));

#endif
