/* Any bytes at all from the host, raw or as the bodies of sound frames; audio goes on in between.
 */
#include <string.h>

#include "device/device.h"
#include "support/slots.h"

static uint8_t store[4096];
static size_t storeBytes;

static bool tx(void *context, const uint8_t *bytes, size_t n) {
    uint32_t *answers = context;
    if (n < LINK_HEADER_BYTES || bytes[n - 1] != 0) __builtin_trap();
    return ++*answers % 7 != 0; /* now and then there is no room */
}

static size_t store_read(void *context, uint8_t *buffer, size_t capacity) {
    (void)context;
    const size_t n = storeBytes < capacity ? storeBytes : capacity;
    memcpy(buffer, store, n);
    return n;
}

static bool store_write(void *context, const uint8_t *bytes, size_t n) {
    (void)context;
    if (n > sizeof store) __builtin_trap();
    memcpy(store, bytes, n);
    storeBytes = n;
    return true;
}

/* Input: kind of delivery, then pieces of (length, message, bytes). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static device_t d;
    static uint32_t answers;
    static slots_t slots; /* which ends the program when it is misused */
    const update_port_t update = slots_port(&slots);
    slots.port = &update;
    const device_port_t port = {.context = &answers,
                                .tx = tx,
                                .store_read = store_read,
                                .store_write = store_write,
                                .update = &update};
    const device_info_t info = {
        .board = "fuzz", .firmwareVersion = "0", .serialNumber = "0", .sampleRateHz = 48000};
    if (size < 3) return 0;
    device_init(&d, &port, &info);
    device_link_opened(&d);
    const bool framed = data[0] & 1;
    uint64_t nowMs = 0;
    for (size_t at = 1; at + 2 <= size;) {
        size_t n = data[at];
        const uint8_t message = data[at + 1];
        at += 2;
        if (n > size - at) n = size - at;
        uint8_t encoded[LINK_MAX_ENCODED_BYTES];
        const link_frame_t frame = {
            .message = (uint8_t)(message % 32), .body = data + at, .bodyBytes = n};
        if (framed)
            device_rx(&d, encoded, link_encode(&frame, encoded));
        else
            device_rx(&d, data + at, n);
        at += n;
        for (int i = 0; i < 32; i++) {
            device_audio_output(&d, (int32_t)(message * 0x01010101U));
            device_audio_adapt(&d, (int32_t)(message * 0x01010101U) / 2);
        }
        device_control(&d, nowMs += 10);
        device_poll_streams(&d);
    }
    return 0;
}
