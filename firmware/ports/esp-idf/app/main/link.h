/*
 * The bytes of the host: USB-Serial-JTAG, native USB or a UART, as the board says; one of link_*.c
 * is compiled. Control task only.
 */
#ifndef ANC_LINK_H
#define ANC_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINK_RX_BYTES = 2048, LINK_TX_BYTES = 4096 };

void link_start(void);

/* Whether a host may be there: it has opened the port, where that can be seen; else there is a
 * cable, or only a wire. */
bool link_is_open(void);

/* What has arrived, at most n bytes; waits for the first of it at most so long. */
size_t link_read(uint8_t *bytes, size_t n, uint32_t waitMs);

/* All or none; never waits. */
bool link_write(const uint8_t *bytes, size_t n);

#endif
