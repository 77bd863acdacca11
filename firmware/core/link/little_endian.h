/* Integers as bytes, lowest first. */
#ifndef ANC_LINK_LITTLE_ENDIAN_H
#define ANC_LINK_LITTLE_ENDIAN_H

#include <stddef.h>
#include <stdint.h>

/* The lowest `bytes` bytes of value, 1..4. */
static inline void put_le(uint8_t *out, uint32_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

static inline uint32_t get_le(const uint8_t *in, size_t bytes) {
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint32_t)in[i] << (8 * i);
    return value;
}

#endif
