/* How this program ends on bad input and on trouble: a stable code, what was wrong, a hint; on
 * stderr. */
#ifndef ANC_VIRTUAL_FAIL_H
#define ANC_VIRTUAL_FAIL_H

enum { EXIT_TROUBLE = 1, EXIT_BAD_INPUT = 2 };

/* error[CODE]: message, hint: ..., then exit(status). hint may be NULL. */
__attribute__((noreturn, format(printf, 4, 5))) void
fail(int status, const char *code, const char *hint, const char *format, ...);

/* malloc that ends the program when there is no memory; the bytes are 0. */
void *allocate(unsigned long count, unsigned long size);

#endif
