/* QEMU's docs/specs/fw_cfg.rst: a selector, and the selected item byte by byte. */
#include "fw_cfg.h"

#include <stdint.h>
#include <string.h>

enum {
    DATA = 0x10100000,
    SELECTOR = DATA + 8, /* big-endian */
    FILE_DIRECTORY = 0x19,
    NAME_BYTES = 56,
};

static void choose(uint16_t key) {
    *(volatile uint16_t *)(uintptr_t)SELECTOR = (uint16_t)(key << 8 | key >> 8);
}

static void take(void *to, size_t n) {
    const volatile uint8_t *const data = (volatile uint8_t *)(uintptr_t)DATA;
    for (uint8_t *p = to; n > 0; n--)
        *p++ = *data;
}

static uint32_t take_number(size_t bytes) {
    uint32_t value = 0;
    for (uint8_t byte; bytes > 0; bytes--) {
        take(&byte, 1);
        value = value << 8 | byte;
    }
    return value;
}

bool fw_cfg_read(const char *name, char *text, size_t capacity) {
    choose(FILE_DIRECTORY);
    for (uint32_t files = take_number(4); files > 0; files--) {
        const uint32_t bytes = take_number(4);
        const uint16_t key = (uint16_t)take_number(2);
        char found[NAME_BYTES];
        take_number(2); /* reserved */
        take(found, sizeof found);
        if (strncmp(found, name, sizeof found) != 0) continue;
        if (bytes >= capacity) return false;
        choose(key);
        take(text, bytes);
        text[bytes] = '\0';
        return true;
    }
    return false;
}
