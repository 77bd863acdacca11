/* SHA-256 of FIPS 180-4, in pieces of any size. */
#ifndef ANC_LINK_SHA256_H
#define ANC_LINK_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_BLOCK_BYTES = 64 };

typedef struct {
    uint32_t state[8];
    uint64_t bytes; /* taken so far; the last bytes % 64 of them wait in block */
    uint8_t block[SHA256_BLOCK_BYTES];
} sha256_t;

void sha256_init(sha256_t *s);
void sha256_update(sha256_t *s, const uint8_t *bytes, size_t n);
/* Ends it: init is next. */
void sha256_final(sha256_t *s, uint8_t hash[SHA256_BYTES]);

#endif
