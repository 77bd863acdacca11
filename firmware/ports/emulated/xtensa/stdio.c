#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simcall.h"

enum { FILES = 8, LINE = 512 };

struct anc_file {
    int descriptor;
    bool open;
};

static FILE standard[2] = {{1, true}, {2, true}};
FILE *const stdout = &standard[0], *const stderr = &standard[1];

FILE *fopen(const char *path, const char *mode) {
    static FILE files[FILES];
    const int flags = mode[0] == 'w' ? SIMCALL_REPLACE : 0;
    for (FILE *f = files; f < files + FILES; f++) {
        if (f->open) continue;
        f->descriptor = anc_simcall(SIMCALL_OPEN, (int)(intptr_t)path, flags, 0644);
        f->open = f->descriptor >= 0;
        return f->open ? f : NULL;
    }
    return NULL;
}

int fclose(FILE *f) {
    f->open = false;
    return anc_simcall(SIMCALL_CLOSE, f->descriptor, 0, 0) == 0 ? 0 : -1;
}

/* Until all is done or nothing more happens. */
static size_t transfer(int number, FILE *f, char *at, size_t size, size_t n) {
    size_t left = size * n;
    while (left > 0) {
        const int moved = anc_simcall(number, f->descriptor, (int)(intptr_t)at, (int)left);
        if (moved <= 0) break;
        at += moved;
        left -= (size_t)moved;
    }
    return size == 0 ? 0 : (size * n - left) / size;
}

size_t fread(void *to, size_t size, size_t n, FILE *f) {
    return transfer(SIMCALL_READ, f, to, size, n);
}

size_t fwrite(const void *from, size_t size, size_t n, FILE *f) {
    return transfer(SIMCALL_WRITE, f, (char *)(uintptr_t)from, size, n);
}

int fseek(FILE *f, long offset, int whence) {
    return anc_simcall(SIMCALL_LSEEK, f->descriptor, (int)offset, whence) < 0 ? -1 : 0;
}

long ftell(FILE *f) {
    return anc_simcall(SIMCALL_LSEEK, f->descriptor, 0, SEEK_CUR);
}

void rewind(FILE *f) {
    fseek(f, 0, SEEK_SET);
}

typedef struct {
    char *to;
    size_t size, length; /* the length may pass the size */
} text_t;

static void put(text_t *t, char c) {
    if (t->length + 1 < t->size) t->to[t->length] = c;
    t->length++;
}

static void put_number(text_t *t, uint64_t value, unsigned base) {
    char digits[24];
    int n = 0;
    do
        digits[n++] = "0123456789abcdef"[value % base];
    while ((value /= base) > 0);
    while (n > 0)
        put(t, digits[--n]);
}

int vsnprintf(char *to, size_t size, const char *format, va_list list) {
    text_t t = {to, size, 0};
    for (; *format; format++) {
        if (*format != '%') {
            put(&t, *format);
            continue;
        }
        int longs = 0;
        while (*++format == 'l' || *format == 'z')
            longs += *format == 'l';
        if (*format == 's') {
            for (const char *s = va_arg(list, const char *); *s; s++)
                put(&t, *s);
        } else if (*format == 'd') {
            const int64_t v = longs == 2 ? va_arg(list, int64_t) : va_arg(list, int);
            if (v < 0) put(&t, '-');
            put_number(&t, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10);
        } else if (*format == 'u' || *format == 'x') {
            const uint64_t v = longs == 2 ? va_arg(list, uint64_t) : va_arg(list, unsigned);
            put_number(&t, v, *format == 'u' ? 10 : 16);
        } else {
            put(&t, *format);
        }
    }
    if (size > 0) to[t.length < size ? t.length : size - 1] = '\0';
    return (int)t.length;
}

int snprintf(char *to, size_t size, const char *format, ...) {
    va_list list;
    va_start(list, format);
    const int length = vsnprintf(to, size, format, list);
    va_end(list);
    return length;
}

static int print(FILE *f, const char *format, va_list list) {
    char line[LINE];
    const int length = vsnprintf(line, sizeof line, format, list);
    fwrite(line, 1, length < LINE ? (size_t)length : LINE - 1, f);
    return length;
}

int fprintf(FILE *f, const char *format, ...) {
    va_list list;
    va_start(list, format);
    const int length = print(f, format, list);
    va_end(list);
    return length;
}

int printf(const char *format, ...) {
    va_list list;
    va_start(list, format);
    const int length = print(stdout, format, list);
    va_end(list);
    return length;
}

int sscanf(const char *text, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int found = 0;
    for (; *format; format++) {
        if (*format != '%') {
            if (*text++ != *format) break;
            continue;
        }
        while (*++format == 'l' || *format == 'z')
            continue; /* int, long and size_t are 32 bits each */
        char *end;
        const long value = *format == 'd' ? strtol(text, &end, 10) : (long)strtoul(text, &end, 10);
        if (end == text) break;
        *va_arg(list, long *) = value;
        text = end;
        found++;
    }
    va_end(list);
    return found;
}
