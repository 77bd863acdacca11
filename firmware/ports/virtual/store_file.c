#include "store_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

size_t store_file_read(store_file_t *store, uint8_t *buffer, size_t capacity) {
    if (!store->path) {
        if (store->n > capacity) return 0;
        memcpy(buffer, store->bytes, store->n);
        return store->n;
    }
    FILE *f = fopen(store->path, "rb");
    if (!f) return 0;
    const size_t n = fread(buffer, 1, capacity, f);
    fclose(f);
    return n;
}

/* The new name is only safe once the folder is on the disk, too. */
static void sync_folder(const char *path) {
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1,
             slash ? path : ".");
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

bool store_file_write(store_file_t *store, const uint8_t *bytes, size_t n) {
    if (!store->path) {
        if (n > sizeof store->bytes) return false;
        memcpy(store->bytes, bytes, n);
        store->n = n;
        return true;
    }
    char fresh[4096];
    const int length = snprintf(fresh, sizeof fresh, "%s.new", store->path);
    if (length < 0 || (size_t)length >= sizeof fresh) return false;
    const int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return false;
    const bool written = write(fd, bytes, n) == (ssize_t)n && fsync(fd) == 0;
    const bool kept = close(fd) == 0 && written && rename(fresh, store->path) == 0;
    if (!kept) unlink(fresh);
    if (kept) sync_folder(store->path);
    return kept;
}
