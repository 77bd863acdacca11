/* What the core uses of string.h; there is no C library in the module. See memory.c. */
#ifndef ANC_WASM_STRING_H
#define ANC_WASM_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);

#endif
