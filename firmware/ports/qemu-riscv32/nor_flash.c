/*
 * Two 16-bit chips side by side on a bus of 32 bits (hw/riscv/virt.c, hw/block/pflash_cfi01.c):
 * commands and states come twice, once for each half. Intel, Common Flash Interface and Command
 * Sets, application note 646.
 */
#include "nor_flash.h"

#include <string.h>

#include "machine.h"

enum { BASE = 0x22000000, SECTOR_BYTES = 256 * 1024, BUS_BYTES = 4 };

#define TWICE(command) ((uint32_t)(command) << 16 | (command))
#define READ_ARRAY TWICE(0xffu)
#define PROGRAM TWICE(0x40u)
#define ERASE TWICE(0x20u)
#define CONFIRM TWICE(0xd0u)
#define CLEAR_STATUS TWICE(0x50u)
#define READY TWICE(0x80u)
#define FAILED TWICE(0x3au) /* erase, program, voltage, lock */

static bool done(uint32_t address) {
    uint32_t status;
    do
        status = MACHINE_REGISTER(address);
    while ((status & READY) != READY);
    MACHINE_REGISTER(address) = CLEAR_STATUS;
    MACHINE_REGISTER(address) = READ_ARRAY;
    return (status & FAILED) == 0;
}

static bool read(void *context, uint32_t address, void *to, size_t n) {
    (void)context;
    memcpy(to, (const void *)(uintptr_t)(BASE + address), n);
    return true;
}

static bool program(void *context, uint32_t address, const void *from, size_t n) {
    (void)context;
    const uint8_t *bytes = from;
    for (size_t i = 0; i < n; i += BUS_BYTES) {
        const uint32_t at = BASE + address + (uint32_t)i;
        uint32_t word;
        memcpy(&word, bytes + i, sizeof word);
        MACHINE_REGISTER(at) = PROGRAM;
        MACHINE_REGISTER(at) = word;
        if (!done(at)) return false;
    }
    return true;
}

static bool erase(void *context, uint32_t sector) {
    (void)context;
    const uint32_t at = BASE + sector * SECTOR_BYTES;
    MACHINE_REGISTER(at) = ERASE;
    MACHINE_REGISTER(at) = CONFIRM;
    return done(at);
}

flash_t nor_flash(uint32_t sectors) {
    return (flash_t){.sectorBytes = SECTOR_BYTES,
                     .sectors = sectors,
                     .programBytes = BUS_BYTES,
                     .read = read,
                     .program = program,
                     .erase = erase};
}
