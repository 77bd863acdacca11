/*
 * NOR flash as a port gives it: sectors are erased whole to 0xff, and programming clears bits.
 * Power may fail within any call: a sector being erased or a unit being programmed then holds
 * anything, all else holds what it held.
 */
#ifndef ANC_STORE_FLASH_H
#define ANC_STORE_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    void *context;         /* given back to each function */
    uint32_t sectorBytes;  /* a power of two */
    uint32_t sectors;      /* addresses run from 0 to sectors * sectorBytes */
    uint32_t programBytes; /* 1 to 32, a power of two: a unit is programmed once between erases */
    /* Each returns false when the chip reports a failure. `address` and `n` of program are
     * multiples of programBytes. */
    bool (*read)(void *context, uint32_t address, void *to, size_t n);
    bool (*program)(void *context, uint32_t address, const void *from, size_t n);
    bool (*erase)(void *context, uint32_t sector);
} flash_t;

#endif
