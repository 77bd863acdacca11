/* Any flash contents at all: mounting ends, what is read is bounded, and a blob written is found
 * again. Input: geometry, then what lies on the flash; sector headers are made whole on demand,
 * which no fuzzer finds. */
#include "store/settings_store.h"

#include <string.h>

#include "link/crc32.h"
#include "link/little_endian.h"

enum { SECTOR = 256, MAX_SECTORS = 4 };

static uint8_t bytes[SECTOR * MAX_SECTORS];

static bool read_flash(void *context, uint32_t address, void *to, size_t n) {
    const flash_t *flash = context;
    if (address + n > flash->sectors * flash->sectorBytes) __builtin_trap();
    memcpy(to, bytes + address, n);
    return true;
}

static bool program_flash(void *context, uint32_t address, const void *from, size_t n) {
    const flash_t *flash = context;
    if ((address | n) % flash->programBytes != 0) __builtin_trap();
    for (size_t i = 0; i < n; i++) {
        if (bytes[address + i] != 0xff) __builtin_trap(); /* programmed once between erases */
        bytes[address + i] = ((const uint8_t *)from)[i];
    }
    return true;
}

static bool erase_flash(void *context, uint32_t sector) {
    const flash_t *flash = context;
    if (sector >= flash->sectors) __builtin_trap();
    memset(bytes + sector * SECTOR, 0xff, SECTOR);
    return true;
}

/* As settings_store.h says, with the sequence that lies there. */
static void make_header(uint8_t *sector, uint32_t programBytes) {
    const uint32_t sequence = get_le(sector + 8, 4);
    memcpy(sector, "ANCS\1", 5);
    sector[5] = 0;
    put_le(sector + 6, programBytes, 2);
    put_le(sector + 8, sequence, 4);
    put_le(sector + 12, link_crc32(0, sector, 12), 4);
}

/* Makes records whole as far as their sizes go. */
static void make_records(uint8_t *sector, uint32_t programBytes) {
    uint32_t at = programBytes > 16 ? programBytes : 16;
    while (at + SETTINGS_RECORD_HEADER_BYTES <= SECTOR) {
        const uint32_t size = sector[at + 2];
        const uint32_t whole =
            (SETTINGS_RECORD_HEADER_BYTES + size + programBytes - 1) & ~(programBytes - 1);
        if (whole > SECTOR - at || sector[at] == 0xff) return;
        put_le(sector + at, sector[at] % (SETTINGS_KEYS + 1), 2);
        sector[at + 3] = 0;
        put_le(sector + at + 4, link_crc32(link_crc32(0, sector + at, 4), sector + at + 8, size),
               4);
        at += whole;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t written[] = "the blob that is written";
    if (size < 2) return 0;
    flash_t flash = {.context = &flash,
                     .sectorBytes = SECTOR,
                     .sectors = 2 + data[0] % (MAX_SECTORS - 1),
                     .programBytes = 1u << data[0] / 16 % 6,
                     .read = read_flash,
                     .program = program_flash,
                     .erase = erase_flash};
    const uint8_t repair = data[1]; /* a bit a sector: headers, and records */
    memset(bytes, 0xff, sizeof bytes);
    memcpy(bytes, data + 2, size - 2 < sizeof bytes ? size - 2 : sizeof bytes);
    for (uint32_t i = 0; i < flash.sectors; i++) {
        bytes[i * SECTOR + 11] = 0; /* no sequence that flash does not live to see */
        if (repair >> i & 1) make_header(bytes + i * SECTOR, flash.programBytes);
        if (repair >> i & 16) make_records(bytes + i * SECTOR, flash.programBytes);
    }

    settings_store_t s;
    uint8_t buffer[SECTOR];
    if (!settings_store_mount(&s, &flash)) __builtin_trap();
    for (unsigned key = 0; key < SETTINGS_KEYS; key++) {
        if (settings_store_read(&s, key, buffer, sizeof buffer) > sizeof buffer) __builtin_trap();
        /* what others hold may leave no room */
        if (key != 3 && !settings_store_write(&s, key, NULL, 0)) __builtin_trap();
    }
    for (int i = 0; i < 12; i++)
        if (!settings_store_write(&s, 3, written, sizeof written - (size_t)(i % 3)))
            __builtin_trap();
    if (!settings_store_mount(&s, &flash)) __builtin_trap();
    if (settings_store_read(&s, 3, buffer, sizeof buffer) != sizeof written - 2 ||
        memcmp(buffer, written, sizeof written - 2) != 0)
        __builtin_trap();
    return 0;
}
