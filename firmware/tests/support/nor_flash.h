/*
 * NOR flash in memory as flash.h describes it, that refuses misuse and loses power on demand: at
 * any unit programmed and in any erase, which then hold anything. A unit that was cut off but still
 * reads blank counts as blank.
 */
#ifndef ANC_TEST_NOR_FLASH_H
#define ANC_TEST_NOR_FLASH_H

#include <string.h>

#include "store/flash.h"
#include "support/expect.h"

enum { NOR_MAX_BYTES = 4096, NOR_MAX_SECTORS = 8, NOR_NO_CUT = -1 };

typedef struct {
    uint8_t bytes[NOR_MAX_BYTES];
    uint32_t sectorBytes, sectors, programBytes;
    uint32_t erases[NOR_MAX_SECTORS];
    uint64_t steps;      /* units programmed and sectors erased since start */
    int64_t stepsLeft;   /* until power fails within one; NOR_NO_CUT: never */
    bool dead;           /* power has failed: nothing is done any more */
    uint64_t random;     /* for what is left behind */
    uint32_t badSectors; /* a bit each: programming leaves them as they are, and no error */
    bool readFails;
} nor_flash_t;

static inline bool nor_read(void *context, uint32_t address, void *to, size_t n) {
    const nor_flash_t *f = context;
    EXPECT(address + n <= f->sectorBytes * f->sectors);
    memcpy(to, f->bytes + address, n);
    return !f->dead && !f->readFails;
}

/* Whether power fails in this step. */
static inline bool nor_step(nor_flash_t *f) {
    f->steps++;
    if (f->stepsLeft == NOR_NO_CUT || f->stepsLeft-- > 0) return false;
    f->dead = true;
    return true;
}

/* Noise, some of the bits that change, all, the first few bytes, or none of them. */
static inline void nor_tear(nor_flash_t *f, uint8_t *bytes, const uint8_t *after, uint32_t n) {
    const uint32_t kind = expect_random(&f->random) % 5;
    const uint32_t part = expect_random(&f->random) % (n + 1);
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t noise = (uint8_t)expect_random(&f->random);
        if (kind == 0) bytes[i] = noise;
        if (kind == 1) bytes[i] = (uint8_t)((bytes[i] & noise) | (after[i] & ~noise));
        if (kind == 2) bytes[i] = after[i];
        if (kind == 3 && i < part) bytes[i] = after[i];
    }
}

static inline bool nor_blank(const uint8_t *bytes, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (bytes[i] != 0xff) return false;
    return true;
}

static inline bool nor_program(void *context, uint32_t address, const void *from, size_t n) {
    nor_flash_t *f = context;
    const uint32_t unit = f->programBytes;
    EXPECT(address % unit == 0 && n % unit == 0 && n > 0);
    EXPECT(address + n <= f->sectorBytes * f->sectors);
    for (uint32_t at = 0; at < n && !f->dead; at += unit) {
        uint8_t *to = f->bytes + address + at;
        const uint8_t *bytes = (const uint8_t *)from + at;
        EXPECT(nor_blank(to, unit));
        const bool cut = nor_step(f);
        if (f->badSectors >> (address / f->sectorBytes) & 1) continue;
        if (cut)
            nor_tear(f, to, bytes, unit);
        else
            memcpy(to, bytes, unit);
    }
    return !f->dead;
}

static inline bool nor_erase(void *context, uint32_t sector) {
    nor_flash_t *f = context;
    EXPECT(sector < f->sectors);
    if (f->dead) return false;
    uint8_t *bytes = f->bytes + sector * f->sectorBytes;
    uint8_t ones[NOR_MAX_BYTES];
    memset(ones, 0xff, sizeof ones);
    f->erases[sector]++;
    if (nor_step(f))
        nor_tear(f, bytes, ones, f->sectorBytes);
    else
        memset(bytes, 0xff, f->sectorBytes);
    return !f->dead;
}

static inline flash_t nor_flash(nor_flash_t *f, uint32_t sectorBytes, uint32_t sectors,
                                uint32_t programBytes) {
    *f = (nor_flash_t){.sectorBytes = sectorBytes,
                       .sectors = sectors,
                       .programBytes = programBytes,
                       .stepsLeft = NOR_NO_CUT,
                       .random = 88172645463325252ULL};
    memset(f->bytes, 0xff, sizeof f->bytes);
    return (flash_t){.context = f,
                     .sectorBytes = sectorBytes,
                     .sectors = sectors,
                     .programBytes = programBytes,
                     .read = nor_read,
                     .program = nor_program,
                     .erase = nor_erase};
}

/* The power is back. */
static inline void nor_power_up(nor_flash_t *f) {
    f->dead = false;
    f->stepsLeft = NOR_NO_CUT;
}

#endif
