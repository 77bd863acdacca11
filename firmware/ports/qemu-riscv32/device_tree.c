/* Devicetree Specification 0.4, chapter 5. Everything is big-endian, in words. */
#include "device_tree.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    MAGIC_WORD = 0,
    STRUCTURE_WORD = 2, /* offsets in bytes of the tree's structure and of its names */
    NAMES_WORD = 3,
    BEGIN_NODE = 1,
    END_NODE = 2,
    PROPERTY = 3,
    NOTHING = 4,
};
static const uint32_t MAGIC = 0xd00dfeed;

static uint32_t word(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static size_t words_of(size_t bytes) {
    return (bytes + 3) & ~(size_t)3;
}

const char *device_tree_arguments(const void *tree) {
    const uint8_t *const bytes = tree;
    if (word(bytes + 4 * MAGIC_WORD) != MAGIC) return NULL;
    const uint8_t *at = bytes + word(bytes + 4 * STRUCTURE_WORD);
    const char *const names = (const char *)bytes + word(bytes + 4 * NAMES_WORD);
    for (;;) {
        const uint32_t token = word(at);
        at += 4;
        if (token == BEGIN_NODE) {
            at += words_of(strlen((const char *)at) + 1);
        } else if (token == PROPERTY) {
            const uint32_t n = word(at);
            if (strcmp(names + word(at + 4), "bootargs") == 0) return (const char *)at + 8;
            at += 8 + words_of(n);
        } else if (token != END_NODE && token != NOTHING) {
            return NULL;
        }
    }
}
