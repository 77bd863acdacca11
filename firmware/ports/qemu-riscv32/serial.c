/* virtio 1.1, section 5.3: port 1 of a console with several ports, queues 4 and 5. */
#include "serial.h"

#include <string.h>

#include "machine.h"

enum {
    KIND_CONSOLE = 3,
    FEATURE_MULTIPORT = 1 << 1,
    PORT = 1,
    QUEUE_CONTROL_RX = 2,
    QUEUE_CONTROL_TX = 3,
    QUEUE_RX = 4,
    QUEUE_TX = 5,
};

enum { EVENT_DEVICE_READY = 0, EVENT_PORT_ADD = 1, EVENT_PORT_READY = 3, EVENT_PORT_OPEN = 6 };

typedef struct {
    uint32_t port;
    uint16_t event, value;
} control_t;

static void tell(serial_t *s, uint16_t event) {
    uint16_t done;
    size_t bytes;
    while (virtio_return(&s->controlTx, &done, &bytes))
        continue;
    const uint16_t id = s->controlTxNext++ % VIRTIO_QUEUE_ENTRIES;
    const control_t message = {.port = PORT, .event = event, .value = 1};
    memcpy(s->controlTxBuffers[id], &message, sizeof message);
    virtio_lend(&s->controlTx, id, s->controlTxBuffers[id], sizeof message, false);
}

bool serial_init(serial_t *s) {
    memset(s, 0, sizeof *s);
    s->base = virtio_find(KIND_CONSOLE);
    if (!s->base || !virtio_begin(s->base, FEATURE_MULTIPORT)) return false;
    virtio_queue_init(&s->controlRx, s->base, QUEUE_CONTROL_RX);
    virtio_queue_init(&s->controlTx, s->base, QUEUE_CONTROL_TX);
    virtio_queue_init(&s->rx, s->base, QUEUE_RX);
    virtio_queue_init(&s->tx, s->base, QUEUE_TX);
    virtio_ready(s->base);
    for (uint16_t id = 0; id < VIRTIO_QUEUE_ENTRIES; id++) {
        virtio_lend(&s->controlRx, id, s->controlRxBuffers[id], SERIAL_CONTROL_BYTES, true);
        serial_give_back(s, id);
    }
    tell(s, EVENT_DEVICE_READY);
    return true;
}

static void heard(serial_t *s, const control_t *message) {
    if (message->port != PORT) return;
    if (message->event == EVENT_PORT_ADD) {
        tell(s, EVENT_PORT_READY);
        tell(s, EVENT_PORT_OPEN);
    }
    if (message->event != EVENT_PORT_OPEN) return;
    s->isOpen = message->value != 0;
    if (!s->isOpen) s->txHead = s->txTail + s->txLent; /* nobody waits for it */
}

static void send(serial_t *s) {
    uint16_t id;
    size_t bytes;
    while (virtio_return(&s->tx, &id, &bytes)) {
        s->txTail += s->txLent;
        s->txLent = 0;
    }
    if (s->txLent > 0 || s->txTail == s->txHead) return;
    const uint32_t start = s->txTail % SERIAL_TX_BYTES, count = s->txHead - s->txTail;
    const uint32_t straight = SERIAL_TX_BYTES - start;
    s->txLent = count < straight ? count : straight;
    virtio_lend(&s->tx, 0, s->txRing + start, s->txLent, false);
}

void serial_work(serial_t *s) {
    uint16_t id;
    size_t bytes;
    while (virtio_return(&s->controlRx, &id, &bytes)) {
        control_t message;
        memcpy(&message, s->controlRxBuffers[id], sizeof message);
        virtio_lend(&s->controlRx, id, s->controlRxBuffers[id], SERIAL_CONTROL_BYTES, true);
        if (bytes >= sizeof message) heard(s, &message);
    }
    send(s);
}

bool serial_take(serial_t *s, uint16_t *id, const uint8_t **bytes, size_t *n) {
    if (!virtio_return(&s->rx, id, n)) return false;
    *bytes = s->rxBuffers[*id];
    return true;
}

void serial_give_back(serial_t *s, uint16_t id) {
    virtio_lend(&s->rx, id, s->rxBuffers[id], SERIAL_RX_BYTES, true);
}

bool serial_put(serial_t *s, const uint8_t *bytes, size_t n) {
    if (n > SERIAL_TX_BYTES - (s->txHead - s->txTail)) return false;
    for (size_t i = 0; i < n; i++)
        s->txRing[s->txHead++ % SERIAL_TX_BYTES] = bytes[i];
    return true;
}

bool serial_is_sent(const serial_t *s) {
    return s->txHead == s->txTail;
}
