/*
 * Settings on NOR flash: a few blobs, each under a key, replaced all or nothing even when power
 * fails within any program or erase.
 *
 * On flash. A sector begins with a header (little-endian; every record padded with 0xff to whole
 * units of flash_t.programBytes):
 *     magic "ANCS" u32 | format u16 | programBytes u16 | sequence u32 | CRC-32 of these u32
 * and records follow until the first blank unit:
 *     key u16 | size u16 | CRC-32 of key, size and bytes u32 | bytes
 * The last whole record of a key counts; one of size 0 says that there is none. The sector with
 * the highest sequence is the present one; flash is worn out long before sequences run out.
 *
 * A record goes behind the last one. When it does not fit, or something torn lies there, the next
 * sector is erased and takes the present records and the new one, and its header last: until that
 * is whole the sector before stays the present one. So sectors take turns and wear alike.
 *
 * No heap, no globals; not for two contexts at a time.
 */
#ifndef ANC_SETTINGS_STORE_H
#define ANC_SETTINGS_STORE_H

#include "store/flash.h"

enum {
    SETTINGS_KEY_PARAMETERS = 0, /* of params_serialise */
    SETTINGS_KEYS = 8,           /* ids of the others are not given yet */
    SETTINGS_MAX_PROGRAM_BYTES = 32,
    SETTINGS_RECORD_HEADER_BYTES = 8,
};

typedef struct {
    uint32_t offset; /* in its sector; 0: there is none */
    uint32_t size;   /* of the blob */
} settings_record_t;

typedef struct {
    flash_t flash;
    uint32_t sector;   /* the present one */
    uint32_t sequence; /* its; 0: no sector holds anything yet */
    uint32_t end;      /* offset behind its last record */
    bool torn;         /* nothing may be programmed there */
    settings_record_t records[SETTINGS_KEYS];
} settings_store_t;

/* Finds what is stored; a flash with nothing of the kind is an empty store. `flash` is copied.
 * false when the geometry cannot be used (fewer than two sectors, sizes that are no powers of two)
 * or the flash cannot be read. */
bool settings_store_mount(settings_store_t *s, const flash_t *flash);

/* Copies the key's blob; returns its size, 0 when there is none, it is longer than capacity or it
 * cannot be read. */
size_t settings_store_read(const settings_store_t *s, unsigned key, uint8_t *buffer,
                           size_t capacity);

/* Replaces the key's blob, reads it back and compares; n = 0 removes it. A blob that is stored
 * already costs no wear. false and the old one stays when the blobs of all keys do not fit one
 * sector. false, too, when the chip fails: then the old one stays until the next mount, which may
 * find either. */
bool settings_store_write(settings_store_t *s, unsigned key, const uint8_t *bytes, size_t n);

#endif
