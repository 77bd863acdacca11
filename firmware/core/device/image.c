#include "device/image.h"

#include <string.h>

#include "link/crc32.h"
#include "link/little_endian.h"

static const uint32_t MAGIC = 0x49434e41; /* "ANCI" */
static const uint16_t FORMAT = 1;

enum { SIZE = 8, CRC = 12, CHIP = 16, BOARD = 32, VERSION = 64, HASH = 96, PIECE = 256 };

static uint32_t header_crc(const uint8_t *header) {
    static const uint8_t none[4] = {0};
    uint32_t crc = link_crc32(0, header, CRC);
    crc = link_crc32(crc, none, sizeof none);
    return link_crc32(crc, header + CHIP, IMAGE_HEADER_BYTES - CHIP);
}

static void put_text(uint8_t *out, const char *text, size_t bytes) {
    memset(out, 0, bytes);
    for (size_t i = 0; i + 1 < bytes && text[i] != '\0'; i++)
        out[i] = (uint8_t)text[i];
}

static void get_text(char *text, const uint8_t *in, size_t bytes) {
    memcpy(text, in, bytes);
    text[bytes - 1] = '\0';
}

bool image_parse(const uint8_t header[IMAGE_HEADER_BYTES], image_t *image) {
    if (get_le(header, 4) != MAGIC || get_le(header + 4, 2) != FORMAT ||
        get_le(header + 6, 2) != IMAGE_HEADER_BYTES ||
        get_le(header + CRC, 4) != header_crc(header))
        return false;
    image->payloadBytes = get_le(header + SIZE, 4);
    get_text(image->chip, header + CHIP, sizeof image->chip);
    get_text(image->board, header + BOARD, sizeof image->board);
    get_text(image->version, header + VERSION, sizeof image->version);
    memcpy(image->sha256, header + HASH, SHA256_BYTES);
    return true;
}

void image_make_header(const image_t *image, uint8_t header[IMAGE_HEADER_BYTES]) {
    put_le(header, MAGIC, 4);
    put_le(header + 4, FORMAT, 2);
    put_le(header + 6, IMAGE_HEADER_BYTES, 2);
    put_le(header + SIZE, image->payloadBytes, 4);
    put_text(header + CHIP, image->chip, sizeof image->chip);
    put_text(header + BOARD, image->board, sizeof image->board);
    put_text(header + VERSION, image->version, sizeof image->version);
    memcpy(header + HASH, image->sha256, SHA256_BYTES);
    put_le(header + CRC, header_crc(header), 4);
}

static bool payload_hash(const update_port_t *port, uint32_t total, uint8_t hash[SHA256_BYTES]) {
    uint8_t piece[PIECE];
    sha256_t sha;
    sha256_init(&sha);
    for (uint32_t at = IMAGE_HEADER_BYTES; at < total;) {
        const uint32_t run = total - at < PIECE ? total - at : PIECE;
        if (!port->read(port->context, at, piece, run)) return false;
        sha256_update(&sha, piece, run);
        at += run;
    }
    sha256_final(&sha, hash);
    return true;
}

bool image_check(const update_port_t *port, uint32_t total, const char *board,
                 update_image_t *found) {
    uint8_t header[IMAGE_HEADER_BYTES], hash[SHA256_BYTES];
    image_t image;
    *found = UPDATE_IMAGE_NONE;
    if (total <= IMAGE_HEADER_BYTES) return true;
    if (!port->read(port->context, 0, header, sizeof header)) return false;
    if (!image_parse(header, &image)) return true;
    if (strcmp(image.chip, port->chip) != 0) {
        *found = UPDATE_IMAGE_WRONG_CHIP;
    } else if (image.board[0] != '\0' && strcmp(image.board, board) != 0) {
        *found = UPDATE_IMAGE_WRONG_BOARD;
    } else if (image.payloadBytes != total - IMAGE_HEADER_BYTES) {
        *found = UPDATE_IMAGE_DAMAGED;
    } else {
        if (!payload_hash(port, total, hash)) return false;
        *found =
            memcmp(hash, image.sha256, sizeof hash) == 0 ? UPDATE_IMAGE_GOOD : UPDATE_IMAGE_DAMAGED;
    }
    return true;
}
