/* CRC-32 of IEEE 802.3: reflected polynomial 0xEDB88320, start and end inverted. */
#ifndef ANC_LINK_CRC32_H
#define ANC_LINK_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* crc is 0 at first, or the result so far: the CRC of pieces is that of the whole. */
uint32_t link_crc32(uint32_t crc, const uint8_t *bytes, size_t n);

#endif
