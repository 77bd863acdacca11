/* A device with a port in memory, and the host's end of its link, for tests. */
#ifndef ANC_TEST_HEADSET_H
#define ANC_TEST_HEADSET_H

#include <string.h>

#include "device/device.h"
#include "link/wire.h"
#include "support/expect.h"

typedef struct {
    device_t device;
    uint8_t sent[1 << 18];
    size_t sentBytes;
    size_t room; /* of the port's output, in bytes */
    uint8_t store[4096];
    size_t storeBytes;
    bool storeFails, storeLies;
    unsigned reboots;
    bool locked;
    bool safeMode;
    const update_port_t *update; /* NULL: no slots */
    uint64_t nowMs;
    uint16_t sequence;
    /* the frame last taken from `sent` */
    link_decoder_t decoder;
    link_frame_t frame;
} headset_t;

static inline bool headset_tx(void *context, const uint8_t *bytes, size_t n) {
    headset_t *h = context;
    if (n > h->room || n > sizeof h->sent - h->sentBytes) return false;
    memcpy(h->sent + h->sentBytes, bytes, n);
    h->sentBytes += n;
    return true;
}

static inline size_t headset_store_read(void *context, uint8_t *buffer, size_t capacity) {
    headset_t *h = context;
    const size_t n = h->storeBytes < capacity ? h->storeBytes : capacity;
    memcpy(buffer, h->store, n);
    if (h->storeLies && n > 0) buffer[n / 2] ^= 1;
    return n;
}

static inline bool headset_store_write(void *context, const uint8_t *bytes, size_t n) {
    headset_t *h = context;
    if (h->storeFails || n > sizeof h->store) return false;
    memcpy(h->store, bytes, n);
    h->storeBytes = n;
    return true;
}

static inline void headset_reboot(void *context) {
    ((headset_t *)context)->reboots++;
}

/* A port's lock may be a mutex that nobody can take twice. */
static inline void headset_lock(void *context, bool locked) {
    headset_t *h = context;
    EXPECT(h->locked != locked);
    h->locked = locked;
}

/* Power-up: everything but the store is new. */
static inline void headset_start(headset_t *h) {
    const device_port_t port = {.context = h,
                                .tx = headset_tx,
                                .store_read = headset_store_read,
                                .store_write = headset_store_write,
                                .reboot = headset_reboot,
                                .lock = headset_lock,
                                .update = h->update};
    const device_info_t info = {.board = "test-board",
                                .firmwareVersion = "1.2.3",
                                .serialNumber = "T1",
                                .sampleRateHz = 48000,
                                .addedLatencySamples = 5,
                                .safeMode = h->safeMode};
    device_init(&h->device, &port, &info);
    h->sentBytes = 0;
    h->room = SIZE_MAX;
    h->sequence = 0;
    link_decoder_init(&h->decoder);
    device_control(&h->device, h->nowMs);
    device_link_opened(&h->device);
}

/* Lets n samples of a tone and the control steps that belong to them pass. */
static inline void headset_run(headset_t *h, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const int32_t sample = (int32_t)((i * 2654435761U) & 0x3ffffff) - 0x2000000;
        device_audio_output(&h->device, sample);
        device_audio_adapt(&h->device, sample / 2);
        if (i % 480 == 479) device_control(&h->device, h->nowMs += 10);
    }
}

static inline void headset_send(headset_t *h, uint8_t kind, uint8_t message, const uint8_t *body,
                                size_t n) {
    uint8_t encoded[LINK_MAX_ENCODED_BYTES];
    const link_frame_t frame = {
        .kind = kind, .message = message, .sequence = ++h->sequence, .body = body, .bodyBytes = n};
    device_rx(&h->device, encoded, link_encode(&frame, encoded));
}

/* The oldest frame sent; false when there is none. */
static inline bool headset_next(headset_t *h) {
    const uint8_t *bytes = h->sent;
    size_t left = h->sentBytes;
    const bool found = link_decode(&h->decoder, &bytes, &left, &h->frame);
    memmove(h->sent, h->sent + (h->sentBytes - left), left);
    h->sentBytes = left;
    return found;
}

/* The field of the present frame; its value is 0 when absent. */
static inline wire_field_t headset_field(const headset_t *h, uint32_t id) {
    wire_reader_t reader = {.bytes = h->frame.body, .n = h->frame.bodyBytes};
    wire_field_t field;
    while (wire_next(&reader, &field))
        if (field.id == id) return field;
    EXPECT(!reader.bad);
    return (wire_field_t){.id = id};
}

/* Sends a request and takes its answer, skipping events; returns the status. */
static inline uint32_t headset_request(headset_t *h, uint8_t message, const uint8_t *body,
                                       size_t n) {
    headset_send(h, LINK_KIND_REQUEST, message, body, n);
    do {
        EXPECT(headset_next(h));
    } while (h->frame.kind == LINK_KIND_EVENT);
    EXPECT_EQ(h->frame.kind, LINK_KIND_RESPONSE);
    EXPECT_EQ(h->frame.message, message);
    EXPECT_EQ(h->frame.sequence, h->sequence);
    return (uint32_t)headset_field(h, LINK_RESPONSE_STATUS).value;
}

static inline uint32_t headset_set(headset_t *h, uint32_t id, int32_t value) {
    uint8_t body[32];
    wire_writer_t w = {.bytes = body, .capacity = sizeof body};
    wire_u64(&w, LINK_SET_PARAMETER_REQUEST_ID, id);
    wire_i32(&w, LINK_SET_PARAMETER_REQUEST_VALUE, value);
    return headset_request(h, LINK_MESSAGE_SET_PARAMETER, body, w.n);
}

#endif
