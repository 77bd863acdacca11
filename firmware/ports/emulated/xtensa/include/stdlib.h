/* The part of the C library that the core and its test programs use: libc.c. */
#ifndef ANC_XTENSA_STDLIB_H
#define ANC_XTENSA_STDLIB_H

#include <stddef.h>

/* Memory is handed out once: free does nothing. */
void *malloc(size_t bytes);
void *calloc(size_t n, size_t bytes);
void free(void *memory);
_Noreturn void exit(int status);
/* Decimal only. */
long strtol(const char *text, char **end, int base);
unsigned long strtoul(const char *text, char **end, int base);
int atoi(const char *text);

#endif
