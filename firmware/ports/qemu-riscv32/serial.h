/* The link's line: a `virtserialport`, which knows whether a host is there and loses no byte. */
#ifndef ANC_QEMU_SERIAL_H
#define ANC_QEMU_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtio.h"

enum {
    SERIAL_TX_BYTES = 1 << 16, /* a power of two */
    SERIAL_RX_BYTES = 2048,
    SERIAL_CONTROL_BYTES = 64,
};

typedef struct {
    virtio_queue_t rx, tx, controlRx, controlTx;
    uint32_t base;
    bool isOpen; /* a host is there */
    uint8_t txRing[SERIAL_TX_BYTES];
    uint32_t txHead, txTail, txLent;
    uint8_t rxBuffers[VIRTIO_QUEUE_ENTRIES][SERIAL_RX_BYTES];
    uint8_t controlRxBuffers[VIRTIO_QUEUE_ENTRIES][SERIAL_CONTROL_BYTES];
    uint8_t controlTxBuffers[VIRTIO_QUEUE_ENTRIES][8];
    uint16_t controlTxNext;
} serial_t;

/* false: the machine has no such port. */
bool serial_init(serial_t *serial);

/* Sees whether a host has come or gone and sends what is waiting. */
void serial_work(serial_t *serial);

/* The next bytes from the host, to be given back before the next call; false when there are none.
 */
bool serial_take(serial_t *serial, uint16_t *id, const uint8_t **bytes, size_t *n);
void serial_give_back(serial_t *serial, uint16_t id);

/* All n bytes or none. */
bool serial_put(serial_t *serial, const uint8_t *bytes, size_t n);
bool serial_is_sent(const serial_t *serial);

#endif
