/*
 * The stored parameters as a blob in NVS, in a partition of their own: neither a new firmware nor
 * a full system partition touches them. For device_port_t.
 */
#ifndef ANC_SETTINGS_H
#define ANC_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens the partition. Erases nothing: what cannot be read stays where it is until a user stores
 * again. */
void settings_init(void);

size_t settings_read(uint8_t *buffer, size_t capacity);

/* Replaces the blob, all or nothing: NVS writes the new one before it gives up the old. To be
 * called with the output silent, because flash is written. */
bool settings_write(const uint8_t *bytes, size_t n);

#endif
