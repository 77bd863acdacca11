/*
 * Consistent Overhead Byte Stuffing (Cheshire and Baker, IEEE/ACM Trans. Networking 7(2), 1999):
 * bytes without any zero, so that zero can end a frame.
 */
#ifndef ANC_LINK_COBS_H
#define ANC_LINK_COBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Encoded size of n bytes at most, without the ending zero. */
#define LINK_COBS_BYTES(n) ((n) + (n) / 254 + 1)

/* Writes at most LINK_COBS_BYTES(n) bytes to out, which must not overlap in; returns their number.
 */
size_t link_cobs_encode(const uint8_t *in, size_t n, uint8_t *out);

/* Decodes in place. false when the bytes are no COBS; *n gets the decoded size. */
bool link_cobs_decode(uint8_t *bytes, size_t *n);

#endif
