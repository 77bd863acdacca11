/*
 * Firmware slots as a port gives them: one runs, the other takes the next image. A new image runs
 * on trial until it is confirmed; a reset before that, for whatever reason, or a roll-back starts
 * the image before it again. That decision is the port's boot loader's, so that it is made even
 * when the new image never gets as far as its first line.
 */
#ifndef ANC_UPDATE_PORT_H
#define ANC_UPDATE_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UPDATE_TEXT_BYTES = 32 }; /* of versions, chips and boards, the ending zero included */

typedef enum { UPDATE_SLOT_RUNNING = 0, UPDATE_SLOT_OTHER = 1 } update_slot_t;

/* Values of enum slotState of the link. */
typedef enum {
    UPDATE_SLOT_EMPTY = 0,     /* or half an image */
    UPDATE_SLOT_GOOD = 1,      /* confirmed: may be started at any time */
    UPDATE_SLOT_ACTIVATED = 2, /* the next start tries it */
    UPDATE_SLOT_TRIAL = 3,     /* runs, and is not confirmed yet */
    UPDATE_SLOT_REJECTED = 4,  /* was tried, and rolled back or never confirmed */
} update_slot_state_t;

typedef struct {
    update_slot_state_t state;
    char version[UPDATE_TEXT_BYTES]; /* of the image's own header; empty: there is none */
} update_slot_info_t;

/* Of an image as it lies in the other slot, from its own header and check sums. */
typedef enum {
    UPDATE_IMAGE_GOOD = 0,
    UPDATE_IMAGE_NONE,    /* no image at all */
    UPDATE_IMAGE_DAMAGED, /* its sizes or check sums are wrong */
    UPDATE_IMAGE_WRONG_CHIP,
    UPDATE_IMAGE_WRONG_BOARD,
} update_image_t;

/* All functions are called in the control context and return false when flash reports a failure. */
typedef struct {
    void *context;      /* given back to each function */
    const char *chip;   /* family, as images and boards name it: esp32, esp32c3, virtual, … */
    uint32_t slotBytes; /* the largest image */
    /* Audio cannot run while flash is written (no code in RAM, one core): the output is muted
     * before the first write and comes back after the last. */
    bool stopsAudio;
    /* How long an image on trial may take to be healthy before it rolls back; 0: UPDATE_TRIAL_MS.
     */
    uint32_t trialMs;

    bool (*describe)(void *context, update_slot_t slot, update_slot_info_t *info);
    /* Into the other slot, in order: each offset is 0 or the end of the write before. Offset 0
     * begins a new image of `total` bytes: what was there is no longer started. The port erases
     * what it needs. */
    bool (*write)(void *context, uint32_t offset, uint32_t total, const uint8_t *bytes, size_t n);
    /* From the other slot. */
    bool (*read)(void *context, uint32_t offset, uint8_t *bytes, size_t n);
    /* Looks at the image of `total` bytes in the other slot; *image says what it is. May take as
     * long as reading it takes. */
    bool (*check)(void *context, uint32_t total, update_image_t *image);
    /* The next start tries the other slot's image, which check has found good. */
    bool (*activate)(void *context);
    /* The running image is good: later starts take it. */
    bool (*confirm)(void *context);
    /* The running image is rejected: the next start, which the core asks for right after, takes the
     * other slot's. false: there is no good one. */
    bool (*roll_back)(void *context);
} update_port_t;

#endif
