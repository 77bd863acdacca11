/* The part of the C library that the core and its test programs use: stdio.c. */
#ifndef ANC_XTENSA_STDIO_H
#define ANC_XTENSA_STDIO_H

#include <stdarg.h>
#include <stddef.h>

enum { SEEK_SET, SEEK_CUR, SEEK_END };

typedef struct anc_file FILE;
extern FILE *const stdout, *const stderr;

FILE *fopen(const char *path, const char *mode);
int fclose(FILE *f);
size_t fread(void *to, size_t size, size_t n, FILE *f);
size_t fwrite(const void *from, size_t size, size_t n, FILE *f);
int fseek(FILE *f, long offset, int whence);
long ftell(FILE *f);
void rewind(FILE *f);

/* Conversions: s, d, u, x, with l, ll and z. */
int vsnprintf(char *to, size_t size, const char *format, va_list list);
int snprintf(char *to, size_t size, const char *format, ...);
int fprintf(FILE *f, const char *format, ...);
int printf(const char *format, ...);
/* Conversions: d, u, with l and z; other characters must match. */
int sscanf(const char *text, const char *format, ...);

#endif
