#include "link/frame.h"

#include <string.h>

#include "link/crc32.h"
#include "link/little_endian.h"

void link_decoder_init(link_decoder_t *decoder) {
    *decoder = (link_decoder_t){.n = 0};
}

/* The collected bytes as a frame; false when they are none. */
static bool open_frame(link_decoder_t *decoder, link_frame_t *frame) {
    size_t n = decoder->n;
    uint8_t *bytes = decoder->bytes;
    if (decoder->tooLong || !link_cobs_decode(bytes, &n)) return false;
    if (n < LINK_HEADER_BYTES + LINK_CRC_BYTES || n > LINK_MAX_FRAME_BYTES) return false;
    const size_t checked = n - LINK_CRC_BYTES;
    if (link_crc32(0, bytes, checked) != get_le(bytes + checked, LINK_CRC_BYTES)) return false;
    *frame = (link_frame_t){.kind = bytes[0],
                            .message = bytes[1],
                            .sequence = (uint16_t)(bytes[2] | bytes[3] << 8),
                            .body = bytes + LINK_HEADER_BYTES,
                            .bodyBytes = checked - LINK_HEADER_BYTES};
    return true;
}

static void collect(link_decoder_t *decoder, const uint8_t *bytes, size_t n) {
    const size_t room = sizeof decoder->bytes - decoder->n;
    if (n > room) {
        decoder->tooLong = true;
        n = room;
    }
    memcpy(decoder->bytes + decoder->n, bytes, n);
    decoder->n += n;
}

bool link_decode(link_decoder_t *decoder, const uint8_t **bytes, size_t *n, link_frame_t *frame) {
    while (*n > 0) {
        const uint8_t *end = memchr(*bytes, 0, *n);
        const size_t piece = end ? (size_t)(end - *bytes) : *n;
        collect(decoder, *bytes, piece);
        const size_t used = end ? piece + 1 : piece;
        *bytes += used;
        *n -= used;
        if (!end || decoder->n == 0) continue;
        const bool good = open_frame(decoder, frame);
        decoder->n = 0;
        decoder->tooLong = false;
        if (good) {
            decoder->frames++;
            return true;
        }
        decoder->damaged++;
    }
    return false;
}

size_t link_encode(const link_frame_t *frame, uint8_t *out) {
    if (frame->bodyBytes > LINK_MAX_BODY_BYTES) return 0;
    uint8_t plain[LINK_MAX_FRAME_BYTES];
    plain[0] = frame->kind;
    plain[1] = frame->message;
    plain[2] = (uint8_t)frame->sequence;
    plain[3] = (uint8_t)(frame->sequence >> 8);
    if (frame->bodyBytes > 0) memcpy(plain + LINK_HEADER_BYTES, frame->body, frame->bodyBytes);
    size_t n = LINK_HEADER_BYTES + frame->bodyBytes;
    const uint32_t crc = link_crc32(0, plain, n);
    put_le(plain + n, crc, LINK_CRC_BYTES);
    n += LINK_CRC_BYTES;
    n = link_cobs_encode(plain, n, out);
    out[n++] = 0;
    return n;
}
