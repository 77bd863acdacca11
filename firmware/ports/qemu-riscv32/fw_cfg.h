/* What the command line of QEMU hands to the firmware by `-fw_cfg name=...,string=...`. */
#ifndef ANC_QEMU_FW_CFG_H
#define ANC_QEMU_FW_CFG_H

#include <stdbool.h>
#include <stddef.h>

/* The item as a string; false when there is none, or when it is longer than capacity - 1. */
bool fw_cfg_read(const char *name, char *text, size_t capacity);

#endif
