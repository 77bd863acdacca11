#include "slots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "store_file.h"

static const char *const NAMES[SLOTS] = {"a", "b"};
static const char *const STATES[] = {"empty", "good", "activated", "trial", "rejected"};
static const char CHIP[] = "virtual";

static const char *path_of(const slots_t *s, char *path, const char *name, const char *ending) {
    snprintf(path, SLOTS_PATH_BYTES, "%s/%s%s", s->folder, name, ending);
    return path;
}

static int other(const slots_t *s) {
    return 1 - s->current;
}

static bool save(const slots_t *s) {
    char text[128], path[SLOTS_PATH_BYTES];
    store_file_t file = {.path = path_of(s, path, "state", "")};
    const int n = snprintf(text, sizeof text, "current %s\na %s\nb %s\n", NAMES[s->current],
                           STATES[s->states[0]], STATES[s->states[1]]);
    return store_file_write(&file, (const uint8_t *)text, (size_t)n);
}

static bool find(const char *text, const char *const *table, int n, int *index) {
    for (*index = 0; *index < n; ++*index)
        if (strcmp(table[*index], text) == 0) return true;
    return false;
}

static bool load(slots_t *s) {
    char text[129] = "", path[SLOTS_PATH_BYTES], words[3][16];
    store_file_t file = {.path = path_of(s, path, "state", "")};
    int states[SLOTS];
    store_file_read(&file, (uint8_t *)text, sizeof text - 1);
    if (sscanf(text, "current %15s a %15s b %15s", words[0], words[1], words[2]) != 3 ||
        !find(words[0], NAMES, SLOTS, &s->current) || !find(words[1], STATES, 5, &states[0]) ||
        !find(words[2], STATES, 5, &states[1]))
        return false;
    s->states[0] = (update_slot_state_t)states[0];
    s->states[1] = (update_slot_state_t)states[1];
    return true;
}

static bool read_header(const slots_t *s, int slot, image_t *image) {
    char path[SLOTS_PATH_BYTES];
    uint8_t header[IMAGE_HEADER_BYTES];
    FILE *f = fopen(path_of(s, path, NAMES[slot], ".img"), "rb");
    if (!f) return false;
    const bool whole = fread(header, 1, sizeof header, f) == sizeof header;
    fclose(f);
    return whole && image_parse(header, image);
}

static void read_version(slots_t *s, int slot) {
    image_t image = {.version = ""};
    read_header(s, slot, &image);
    memcpy(s->versions[slot], image.version, sizeof image.version);
}

static uint8_t *read_program(const char *path, size_t room, size_t *n) {
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = allocate(1, SLOTS_MAX_IMAGE_BYTES);
    *n = f ? fread(bytes + room, 1, SLOTS_MAX_IMAGE_BYTES - room, f) : 0;
    if (f) fclose(f);
    return bytes;
}

/* This program as the firmware that the headset was made with. */
static void install(slots_t *s) {
    char path[SLOTS_PATH_BYTES];
    size_t n;
    uint8_t *bytes = read_program("/proc/self/exe", IMAGE_HEADER_BYTES, &n);
    image_t image = {.payloadBytes = (uint32_t)n, .version = ANC_FIRMWARE_VERSION};
    memcpy(image.chip, CHIP, sizeof CHIP);
    sha256_t sha;
    sha256_init(&sha);
    sha256_update(&sha, bytes + IMAGE_HEADER_BYTES, n);
    sha256_final(&sha, image.sha256);
    image_make_header(&image, bytes);
    store_file_t file = {.path = path_of(s, path, "a", ".img")};
    s->current = 0;
    s->states[0] = UPDATE_SLOT_GOOD;
    s->states[1] = UPDATE_SLOT_EMPTY;
    if (n == 0 || !store_file_write(&file, bytes, IMAGE_HEADER_BYTES + n) || !save(s))
        fail(EXIT_BAD_INPUT, "SLOTS_FAILED", "Give a folder that you may write to.",
             "cannot put firmware into %s: %s", s->folder, strerror(errno));
    free(bytes);
}

static bool describe(void *context, update_slot_t slot, update_slot_info_t *info) {
    const slots_t *s = context;
    const int index = slot == UPDATE_SLOT_RUNNING ? s->current : other(s);
    info->state = s->states[index];
    memcpy(info->version, s->versions[index], sizeof info->version);
    return true;
}

static bool open_other(slots_t *s, const char *mode) {
    char path[SLOTS_PATH_BYTES];
    if (s->other) fclose(s->other);
    s->other = fopen(path_of(s, path, NAMES[other(s)], ".img"), mode);
    return s->other != NULL;
}

static bool write_other(void *context, uint32_t offset, uint32_t total, const uint8_t *bytes,
                        size_t n) {
    slots_t *s = context;
    (void)total;
    if (offset == 0) {
        s->states[other(s)] = UPDATE_SLOT_EMPTY;
        s->versions[other(s)][0] = '\0';
        if (!save(s) || !open_other(s, "w+b")) return false;
    }
    return s->other && fseek(s->other, (long)offset, SEEK_SET) == 0 &&
           fwrite(bytes, 1, n, s->other) == n && fflush(s->other) == 0;
}

static bool read_other(void *context, uint32_t offset, uint8_t *bytes, size_t n) {
    slots_t *s = context;
    return s->other && fseek(s->other, (long)offset, SEEK_SET) == 0 &&
           fread(bytes, 1, n, s->other) == n;
}

static bool check_other(void *context, uint32_t total, update_image_t *image) {
    slots_t *s = context;
    return s->other && fsync(fileno(s->other)) == 0 &&
           image_check(&s->port, total, s->board, image);
}

static bool activate_other(void *context) {
    slots_t *s = context;
    s->states[other(s)] = UPDATE_SLOT_ACTIVATED;
    read_version(s, other(s));
    return save(s);
}

static bool confirm_running(void *context) {
    slots_t *s = context;
    s->states[s->current] = UPDATE_SLOT_GOOD;
    return save(s);
}

static bool roll_back(void *context) {
    slots_t *s = context;
    if (s->states[other(s)] != UPDATE_SLOT_GOOD) return false;
    s->states[s->current] = UPDATE_SLOT_REJECTED;
    s->current = other(s);
    return save(s);
}

void slots_open(slots_t *s, const char *folder, const char *board, uint32_t trialMs) {
    *s = (slots_t){.folder = folder, .board = board};
    s->port = (update_port_t){.context = s,
                              .chip = CHIP,
                              .slotBytes = SLOTS_MAX_IMAGE_BYTES,
                              .trialMs = trialMs,
                              .describe = describe,
                              .write = write_other,
                              .read = read_other,
                              .check = check_other,
                              .activate = activate_other,
                              .confirm = confirm_running,
                              .roll_back = roll_back};
    mkdir(folder, 0755);
    if (!load(s)) install(s);
    slots_reload(s);
}

void slots_reload(slots_t *s) {
    load(s);
    read_version(s, 0);
    read_version(s, 1);
}

/* The slot's payload as a program of its own; NULL when the image is not whole. */
static const char *unpack(const slots_t *s, int slot) {
    static char program[SLOTS_PATH_BYTES];
    char path[SLOTS_PATH_BYTES];
    image_t image;
    uint8_t hash[SHA256_BYTES];
    size_t n;
    sha256_t sha;
    if (!read_header(s, slot, &image)) return NULL;
    uint8_t *bytes = read_program(path_of(s, path, NAMES[slot], ".img"), 0, &n);
    sha256_init(&sha);
    sha256_update(&sha, bytes + IMAGE_HEADER_BYTES, n - IMAGE_HEADER_BYTES);
    sha256_final(&sha, hash);
    store_file_t file = {.path = path_of(s, program, NAMES[slot], ".run")};
    const bool good = n == IMAGE_HEADER_BYTES + (size_t)image.payloadBytes &&
                      memcmp(hash, image.sha256, sizeof hash) == 0 &&
                      store_file_write(&file, bytes + IMAGE_HEADER_BYTES, image.payloadBytes) &&
                      chmod(program, 0755) == 0;
    free(bytes);
    return good ? program : NULL;
}

const char *slots_boot(slots_t *s) {
    if (s->states[s->current] == UPDATE_SLOT_TRIAL) {
        s->states[s->current] = UPDATE_SLOT_REJECTED;
        s->current = other(s);
        save(s);
    } else if (s->states[other(s)] == UPDATE_SLOT_ACTIVATED) {
        const slots_t before = *s;
        s->current = other(s);
        s->states[s->current] = UPDATE_SLOT_TRIAL;
        if (!save(s)) *s = before; /* what leaves no trace could be tried for ever */
    }
    const char *program = unpack(s, s->current);
    if (program) return program;
    s->states[s->current] = UPDATE_SLOT_REJECTED;
    if (s->states[other(s)] != UPDATE_SLOT_GOOD) return NULL;
    s->current = other(s);
    save(s);
    return unpack(s, s->current);
}
