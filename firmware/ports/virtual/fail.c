#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void fail(int status, const char *code, const char *hint, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "error[%s]: ", code);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    if (hint) fprintf(stderr, "hint: %s\n", hint);
    va_end(arguments);
    exit(status);
}

void *allocate(unsigned long count, unsigned long size) {
    void *memory = calloc(count ? count : 1, size);
    if (!memory) fail(EXIT_TROUBLE, "NO_MEMORY", NULL, "cannot get %lu bytes", count * size);
    return memory;
}
