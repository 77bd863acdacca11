/*
 * A firmware image for ports that have no format of their own (docs/update.md): a header of 128
 * bytes, little-endian, text padded with zeros,
 *     magic "ANCI" u32 | format u16 = 1 | header bytes u16 = 128 | payload bytes u32
 *     | CRC-32 of the header with this field 0 u32 | chip [16] | board [32], empty: any board of
 *     the chip | version [32] | SHA-256 of the payload [32]
 * and the payload.
 */
#ifndef ANC_DEVICE_IMAGE_H
#define ANC_DEVICE_IMAGE_H

#include "device/update_port.h"
#include "link/sha256.h"

enum { IMAGE_HEADER_BYTES = 128, IMAGE_CHIP_BYTES = 16 };

typedef struct {
    uint32_t payloadBytes;
    char chip[IMAGE_CHIP_BYTES], board[UPDATE_TEXT_BYTES], version[UPDATE_TEXT_BYTES];
    uint8_t sha256[SHA256_BYTES]; /* of the payload */
} image_t;

/* false when this is no header, or a damaged one. */
bool image_parse(const uint8_t header[IMAGE_HEADER_BYTES], image_t *image);
/* Texts longer than their fields are cut. */
void image_make_header(const image_t *image, uint8_t header[IMAGE_HEADER_BYTES]);

/* As update_port_t.check: reads the whole image of `total` bytes with the port's read. false when
 * it cannot be read. */
bool image_check(const update_port_t *port, uint32_t total, const char *board,
                 update_image_t *found);

#endif
