/* Stored parameters in a file, replaced atomically; in memory when there is no file. */
#ifndef ANC_VIRTUAL_STORE_FILE_H
#define ANC_VIRTUAL_STORE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *path; /* NULL: in memory */
    uint8_t bytes[1024];
    size_t n;
} store_file_t;

size_t store_file_read(store_file_t *store, uint8_t *buffer, size_t capacity);
/* false and the old contents stay, whatever happens in between. */
bool store_file_write(store_file_t *store, const uint8_t *bytes, size_t n);

#endif
