/*
 * Blocks of memory for sessions. Sizes are rounded up to one of four classes an octave, so at most
 * a fifth of a block is unused; a freed block goes into the list of its class and is the next one
 * of that class to be given out. Memory only grows, by pages of 64 KiB, and nothing moves.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "port.h"

enum {
    SMALLEST_BITS = 8, /* 256 bytes */
    LARGEST_BITS = 24, /* 16 MiB */
    STEPS = 4,
    CLASSES = (LARGEST_BITS - SMALLEST_BITS) * STEPS,
    PAGE_BYTES = 65536,
};

typedef struct block {
    struct block *next;
} block_t;

extern unsigned char __heap_base; /* from the linker */

static block_t *freed[CLASSES];
static uintptr_t top;

/* Class c holds (STEPS + c % STEPS) / STEPS * 2^(SMALLEST_BITS + c / STEPS) bytes. */
static size_t class_bytes(uint32_t c) {
    return (size_t)(STEPS + c % STEPS) << (SMALLEST_BITS - 2 + c / STEPS);
}

static uint32_t class_of(size_t bytes) {
    uint32_t c = 0;
    while (c < CLASSES && class_bytes(c) < bytes)
        c++;
    return c;
}

/* By an eighth at least: each growth detaches every view that the caller has. */
static bool grow(size_t pages, size_t more) {
    const size_t eighth = pages / 8;
    if (eighth > more && __builtin_wasm_memory_grow(0, eighth) != SIZE_MAX) return true;
    return __builtin_wasm_memory_grow(0, more) != SIZE_MAX;
}

static void *take_new(size_t bytes) {
    if (top == 0) top = ((uintptr_t)&__heap_base + 63U) & ~(uintptr_t)63U;
    const size_t pages = __builtin_wasm_memory_size(0);
    const uint64_t free_bytes = (uint64_t)pages * PAGE_BYTES - top;
    if (bytes > free_bytes) {
        const size_t lack = bytes - (size_t)free_bytes;
        if (!grow(pages, (lack + PAGE_BYTES - 1) / PAGE_BYTES)) return NULL;
    }
    void *block = (void *)top;
    top += bytes;
    return block;
}

/* A zeroed block, aligned to 64 bytes; NULL when it is larger than 14 MiB or there is no more
 * memory. */
ANC_EXPORT(memory_take) void *anc_memory_take(size_t bytes) {
    const uint32_t c = class_of(bytes);
    if (c >= CLASSES) return NULL;
    block_t *block = freed[c];
    if (!block) return take_new(class_bytes(c)); /* new pages are zero */
    freed[c] = block->next;
    return memset(block, 0, class_bytes(c));
}

/* `bytes` is what the block was taken with. */
ANC_EXPORT(memory_give_back) void anc_memory_give_back(void *block, size_t bytes) {
    const uint32_t c = class_of(bytes);
    ((block_t *)block)->next = freed[c];
    freed[c] = block;
}

/* What a block of that size takes up. */
ANC_EXPORT(memory_block_bytes) size_t anc_memory_block_bytes(size_t bytes) {
    const uint32_t c = class_of(bytes);
    return c < CLASSES ? class_bytes(c) : 0;
}

/* With bulk memory operations these builtins are single instructions, not calls of themselves. */
void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    return __builtin_memcpy(to, from, n);
}

void *memmove(void *to, const void *from, size_t n) {
    return __builtin_memmove(to, from, n);
}

void *memset(void *to, int byte, size_t n) {
    return __builtin_memset(to, byte, n);
}
