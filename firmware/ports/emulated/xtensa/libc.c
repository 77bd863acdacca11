#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "simcall.h"

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    unsigned char *t = to;
    const unsigned char *f = from;
    while (n--)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t n) {
    unsigned char *t = to;
    const unsigned char *f = from;
    if ((uintptr_t)t < (uintptr_t)f) return memcpy(to, from, n);
    while (n--)
        t[n] = f[n];
    return to;
}

void *memset(void *to, int value, size_t n) {
    unsigned char *t = to;
    while (n--)
        *t++ = (unsigned char)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t n) {
    const unsigned char *x = a, *y = b;
    for (; n; n--, x++, y++)
        if (*x != *y) return *x - *y;
    return 0;
}

size_t strlen(const char *text) {
    size_t n = 0;
    while (text[n])
        n++;
    return n;
}

char *strchr(const char *text, int c) {
    for (;; text++) {
        if (*text == (char)c) return (char *)(uintptr_t)text;
        if (!*text) return NULL;
    }
}

int strncmp(const char *a, const char *b, size_t n) {
    for (; n; n--, a++, b++)
        if (*a != *b || !*a) return (unsigned char)*a - (unsigned char)*b;
    return 0;
}

int strcmp(const char *a, const char *b) {
    return strncmp(a, b, SIZE_MAX);
}

void *malloc(size_t bytes) {
    extern char anc_heap[], anc_heap_end[];
    static size_t used;
    const size_t size = (bytes + 15) & ~(size_t)15;
    if (size < bytes || size > (size_t)(anc_heap_end - anc_heap) - used) return NULL;
    used += size;
    return anc_heap + used - size;
}

void *calloc(size_t n, size_t bytes) {
    void *memory = malloc(n * bytes); /* the emulator has cleared it */
    return memory;
}

void free(void *memory) {
    (void)memory;
}

void exit(int status) {
    for (;;)
        anc_simcall(SIMCALL_EXIT, status, 0, 0);
}

unsigned long strtoul(const char *text, char **end, int base) {
    (void)base;
    unsigned long value = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        value = 10 * value + (unsigned long)(*text - '0');
    if (end) *end = (char *)(uintptr_t)text;
    return value;
}

long strtol(const char *text, char **end, int base) {
    const unsigned long value = strtoul(text + (*text == '-'), end, base);
    return (long)(*text == '-' ? 0 - value : value);
}

int atoi(const char *text) {
    return (int)strtol(text, NULL, 10);
}
