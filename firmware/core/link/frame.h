/*
 * Frames of the link (docs/protocol.md): COBS(kind u8 | message u8 | sequence u16 | body | CRC-32)
 * and a zero byte. No I/O.
 */
#ifndef ANC_LINK_FRAME_H
#define ANC_LINK_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "generated/messages.h"
#include "link/cobs.h"

enum {
    LINK_HEADER_BYTES = 4,
    LINK_CRC_BYTES = 4,
    LINK_MAX_BODY_BYTES = LINK_MAX_FRAME_BYTES - LINK_HEADER_BYTES - LINK_CRC_BYTES,
    LINK_MAX_ENCODED_BYTES = LINK_COBS_BYTES(LINK_MAX_FRAME_BYTES) + 1,
};

typedef struct {
    uint8_t kind, message;
    uint16_t sequence;
    const uint8_t *body;
    size_t bodyBytes;
} link_frame_t;

typedef struct {
    uint8_t bytes[LINK_MAX_ENCODED_BYTES];
    size_t n;
    bool tooLong; /* the rest of this frame is skipped */
    uint32_t frames, damaged;
} link_decoder_t;

void link_decoder_init(link_decoder_t *decoder);

/* Takes bytes up to the end of the first good frame; *bytes and *n move on. false when they are
 * used up. frame->body stays valid until the next call. Damaged frames are counted and skipped,
 * empty ones just skipped. */
bool link_decode(link_decoder_t *decoder, const uint8_t **bytes, size_t *n, link_frame_t *frame);

/* Writes at most LINK_MAX_ENCODED_BYTES to out, the ending zero included; returns their number, 0
 * when the body is longer than LINK_MAX_BODY_BYTES. */
size_t link_encode(const link_frame_t *frame, uint8_t *out);

#endif
