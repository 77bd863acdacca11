/* Two firmware slots in memory, for tests of updates. */
#ifndef ANC_TEST_SLOTS_H
#define ANC_TEST_SLOTS_H

#include <string.h>

#include "device/image.h"
#include "support/expect.h"

enum { SLOTS_BYTES = 20000 };

typedef struct {
    uint8_t other[SLOTS_BYTES];
    uint32_t bytes; /* written of it */
    uint32_t total;
    update_slot_info_t info[2];
    unsigned writes, confirms, rollbacks;
    bool writeFails, readFails, readLies;
    const update_port_t *port;
} slots_t;

static inline bool slots_describe(void *context, update_slot_t slot, update_slot_info_t *info) {
    *info = ((slots_t *)context)->info[slot];
    return true;
}

static inline bool slots_write(void *context, uint32_t offset, uint32_t total, const uint8_t *bytes,
                               size_t n) {
    slots_t *s = context;
    if (offset == 0) {
        s->bytes = 0;
        s->info[UPDATE_SLOT_OTHER] = (update_slot_info_t){.state = UPDATE_SLOT_EMPTY};
    }
    EXPECT_EQ(offset, s->bytes); /* in order */
    EXPECT(offset + n <= total && total <= sizeof s->other);
    s->writes++;
    if (s->writeFails) return false;
    memcpy(s->other + offset, bytes, n);
    s->bytes += (uint32_t)n;
    s->total = total;
    return true;
}

static inline bool slots_read(void *context, uint32_t offset, uint8_t *bytes, size_t n) {
    const slots_t *s = context;
    EXPECT(offset + n <= s->bytes);
    memcpy(bytes, s->other + offset, n);
    if (s->readLies && offset <= 300 && 300 < offset + n) bytes[300 - offset] ^= 1;
    return !s->readFails;
}

static inline bool slots_check(void *context, uint32_t total, update_image_t *image) {
    return image_check(((slots_t *)context)->port, total, "test-board", image);
}

static inline bool slots_activate(void *context) {
    slots_t *s = context;
    image_t image;
    EXPECT(s->bytes == s->total && image_parse(s->other, &image));
    s->info[UPDATE_SLOT_OTHER].state = UPDATE_SLOT_ACTIVATED;
    memcpy(s->info[UPDATE_SLOT_OTHER].version, image.version, sizeof image.version);
    return true;
}

static inline bool slots_confirm(void *context) {
    slots_t *s = context;
    s->confirms++;
    s->info[UPDATE_SLOT_RUNNING].state = UPDATE_SLOT_GOOD;
    return true;
}

static inline bool slots_roll_back(void *context) {
    slots_t *s = context;
    s->rollbacks++;
    s->info[UPDATE_SLOT_RUNNING].state = UPDATE_SLOT_REJECTED;
    return s->info[UPDATE_SLOT_OTHER].state == UPDATE_SLOT_GOOD;
}

static inline update_port_t slots_port(slots_t *s) {
    memset(s, 0, sizeof *s);
    s->info[UPDATE_SLOT_RUNNING] = (update_slot_info_t){UPDATE_SLOT_GOOD, "1.2.3"};
    return (update_port_t){.context = s,
                           .chip = "test",
                           .slotBytes = SLOTS_BYTES,
                           .describe = slots_describe,
                           .write = slots_write,
                           .read = slots_read,
                           .check = slots_check,
                           .activate = slots_activate,
                           .confirm = slots_confirm,
                           .roll_back = slots_roll_back};
}

/* An image of n bytes in all. */
static inline void slots_image(uint8_t *bytes, uint32_t n, const char *chip, const char *board) {
    image_t image = {.payloadBytes = n - IMAGE_HEADER_BYTES, .version = "2.0.0"};
    sha256_t sha;
    for (uint32_t i = IMAGE_HEADER_BYTES; i < n; i++)
        bytes[i] = (uint8_t)(i * 2654435761U >> 24);
    memcpy(image.chip, chip, strlen(chip));
    memcpy(image.board, board, strlen(board));
    sha256_init(&sha);
    sha256_update(&sha, bytes + IMAGE_HEADER_BYTES, image.payloadBytes);
    sha256_final(&sha, image.sha256);
    image_make_header(&image, bytes);
}

#endif
