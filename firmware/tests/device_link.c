/* The device behind its link: answers, blocks, streams, silence, and bytes that mean nothing. */
#include "link/crc32.h"
#include "support/headset.h"

static headset_t h;

static void test_hello_and_dictionary(void) {
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_HELLO, NULL, 0), LINK_STATUS_OK);
    wire_field_t board = headset_field(&h, LINK_HELLO_RESPONSE_BOARD);
    EXPECT_EQ(board.n, strlen("test-board"));
    EXPECT_EQ(headset_field(&h, LINK_HELLO_RESPONSE_DICTIONARY_HASH).value, paramDictionaryHash);

    uint8_t text[1 << 16];
    uint32_t n = 0;
    while (n < paramDictionaryBytes) {
        uint8_t body[16];
        wire_writer_t w = {.bytes = body, .capacity = sizeof body};
        wire_u64(&w, LINK_READ_DICTIONARY_REQUEST_OFFSET, n);
        EXPECT_EQ(headset_request(&h, LINK_MESSAGE_READ_DICTIONARY, body, w.n), LINK_STATUS_OK);
        wire_field_t data = headset_field(&h, LINK_READ_DICTIONARY_RESPONSE_DATA);
        EXPECT(data.n > 0);
        memcpy(text + n, data.bytes, data.n);
        n += (uint32_t)data.n;
    }
    EXPECT_EQ(link_crc32(0, text, n), paramDictionaryHash);
}

static void test_unknown_and_malformed(void) {
    EXPECT_EQ(headset_request(&h, 200, NULL, 0), LINK_STATUS_UNKNOWN_MESSAGE);
    static const uint8_t cut[] = {1 << 3};
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_PING, cut, sizeof cut), LINK_STATUS_MALFORMED);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_RESET_WEIGHTS, cut, sizeof cut),
              LINK_STATUS_MALFORMED);
    /* An unknown field of each wire type before the known one */
    static const uint8_t extra[] = {
        99 << 3 & 0x7f, 1, 10 << 3 | 1, 1, 2, 3,           4, 5, 6, 7,      8,
        11 << 3 | 5,    1, 2,           3, 4, 12 << 3 | 2, 2, 7, 7, 1 << 3, 42};
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_PING, extra, sizeof extra), LINK_STATUS_OK);
    EXPECT_EQ(headset_field(&h, LINK_PING_RESPONSE_TOKEN).value, 42);
    /* Neither a response nor an event is answered */
    headset_send(&h, LINK_KIND_RESPONSE, LINK_MESSAGE_PING, NULL, 0);
    headset_send(&h, LINK_KIND_EVENT, LINK_MESSAGE_TELEMETRY, NULL, 0);
    EXPECT(!headset_next(&h));
    EXPECT_EQ(h.device.rxUnknown, 3);
}

static uint32_t write_piece(uint32_t block, const uint8_t *bytes, size_t total, size_t offset,
                            size_t n, uint32_t crc) {
    uint8_t body[LINK_MAX_BODY_BYTES];
    wire_writer_t w = {.bytes = body, .capacity = sizeof body};
    wire_u64(&w, LINK_WRITE_BLOCK_REQUEST_BLOCK, block);
    wire_u64(&w, LINK_WRITE_BLOCK_REQUEST_OFFSET, offset);
    wire_u64(&w, LINK_WRITE_BLOCK_REQUEST_TOTAL_BYTES, total);
    wire_bytes(&w, LINK_WRITE_BLOCK_REQUEST_DATA, bytes + offset, n);
    wire_u64(&w, LINK_WRITE_BLOCK_REQUEST_CRC, crc);
    return headset_request(&h, LINK_MESSAGE_WRITE_BLOCK, body, w.n);
}

static uint32_t write_whole(uint32_t block, const uint8_t *bytes, size_t total, uint32_t crc) {
    uint32_t status = LINK_STATUS_OK;
    for (size_t offset = 0; offset < total && status == LINK_STATUS_OK; offset += 700) {
        const size_t left = total - offset;
        status = write_piece(block, bytes, total, offset, left < 700 ? left : 700, crc);
    }
    return status;
}

static size_t read_whole(uint32_t block, uint8_t *bytes) {
    size_t n = 0, total = 1;
    while (n < total) {
        uint8_t body[16];
        wire_writer_t w = {.bytes = body, .capacity = sizeof body};
        wire_u64(&w, LINK_READ_BLOCK_REQUEST_BLOCK, block);
        wire_u64(&w, LINK_READ_BLOCK_REQUEST_OFFSET, n);
        EXPECT_EQ(headset_request(&h, LINK_MESSAGE_READ_BLOCK, body, w.n), LINK_STATUS_OK);
        total = (size_t)headset_field(&h, LINK_READ_BLOCK_RESPONSE_TOTAL_BYTES).value;
        wire_field_t data = headset_field(&h, LINK_READ_BLOCK_RESPONSE_DATA);
        if (data.n > 0) memcpy(bytes + n, data.bytes, data.n);
        n += data.n;
    }
    return total;
}

static void test_blocks(void) {
    uint8_t bytes[4 * ANC_MAX_TAPS], back[4 * ANC_MAX_TAPS];
    EXPECT_EQ(read_whole(LINK_BLOCK_SECONDARY_MODEL, back), 0);

    const uint8_t model[] = {3, 0, 2, 0, 0xff, 0xff, 0, 0x40, 0, 0xc0};
    uint32_t crc = link_crc32(0, model, sizeof model);
    EXPECT_EQ(write_whole(LINK_BLOCK_SECONDARY_MODEL, model, sizeof model, crc), LINK_STATUS_OK);
    EXPECT_EQ(read_whole(LINK_BLOCK_SECONDARY_MODEL, back), sizeof model);
    EXPECT_EQ(memcmp(back, model, sizeof model), 0);
    EXPECT_EQ(anc_engine_secondary(&h.device.engine)->exponent, -1);

    const size_t n = 4U * h.device.engine.config.taps;
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(i % 4 == 3 ? 0 : i * 7);
    crc = link_crc32(0, bytes, n);
    EXPECT_EQ(write_whole(LINK_BLOCK_WEIGHTS, bytes, n, crc), LINK_STATUS_OK);
    EXPECT_EQ(read_whole(LINK_BLOCK_WEIGHTS, back), n);
    EXPECT_EQ(memcmp(back, bytes, n), 0);

    bytes[0] ^= 1;
    EXPECT_EQ(write_whole(LINK_BLOCK_WEIGHTS, bytes, n, crc), LINK_STATUS_MALFORMED);
    EXPECT_EQ(write_whole(LINK_BLOCK_WEIGHTS, bytes, 8, link_crc32(0, bytes, 8)),
              LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(write_piece(LINK_BLOCK_WEIGHTS, bytes, n, 700, 100, 0), LINK_STATUS_NOT_READY);
    EXPECT_EQ(write_piece(LINK_BLOCK_WEIGHTS, bytes, sizeof bytes + 1, 0, 4, 0),
              LINK_STATUS_TOO_LONG);
    EXPECT_EQ(write_piece(9, bytes, 4, 0, 4, 0), LINK_STATUS_UNKNOWN_BLOCK);
    EXPECT_EQ(write_piece(LINK_BLOCK_WEIGHTS, bytes, 4, 0, 8, 0), LINK_STATUS_TOO_LONG);
    read_whole(LINK_BLOCK_WEIGHTS, back);
    bytes[0] ^= 1;
    EXPECT_EQ(memcmp(back, bytes, n), 0);
}

static uint32_t set_stream(uint32_t stream, bool enabled, uint32_t channels) {
    uint8_t body[16];
    wire_writer_t w = {.bytes = body, .capacity = sizeof body};
    wire_u64(&w, LINK_SET_STREAM_REQUEST_STREAM, stream);
    wire_u64(&w, LINK_SET_STREAM_REQUEST_ENABLED, enabled);
    wire_u64(&w, LINK_SET_STREAM_REQUEST_CHANNELS, channels);
    return headset_request(&h, LINK_MESSAGE_SET_STREAM, body, w.n);
}

static uint64_t lastIndex;
static uint16_t lastSequence;

/* Signals frames waiting; checks that they follow each other but for `gaps` gaps. */
static unsigned take_signals(unsigned gaps) {
    unsigned frames = 0;
    while (headset_next(&h)) {
        if (h.frame.message != LINK_MESSAGE_SIGNALS) continue;
        const uint64_t index = headset_field(&h, LINK_SIGNALS_SAMPLE_INDEX).value;
        const size_t samples = headset_field(&h, LINK_SIGNALS_SAMPLES).n / 6;
        if (index != lastIndex || h.frame.sequence != (uint16_t)(lastSequence + 1)) {
            EXPECT(index > lastIndex || frames == 0);
            EXPECT(gaps-- > 0);
        }
        lastIndex = index + samples;
        lastSequence = h.frame.sequence;
        frames++;
    }
    EXPECT_EQ(gaps, 0);
    return frames;
}

static void test_signals(void) {
    EXPECT_EQ(set_stream(LINK_MESSAGE_SIGNALS, true, 0), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(set_stream(LINK_MESSAGE_SIGNALS, true, 16), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(set_stream(99, true, 1), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(set_stream(LINK_MESSAGE_SIGNALS, true, 3), LINK_STATUS_OK);
    headset_run(&h, 1000);
    device_poll_streams(&h.device);
    const uint64_t first = h.device.sampleIndex;
    EXPECT(take_signals(1) >= 5);
    EXPECT(lastIndex <= first && first - lastIndex < 200);
    for (int i = 0; i < 50; i++) {
        headset_run(&h, 1000);
        device_poll_streams(&h.device);
    }
    EXPECT(take_signals(0) > 250);

    /* A slow link: whole runs with gaps that the numbers show, and no torn frame */
    const uint32_t dropped = h.device.streamDropped;
    h.room = 0;
    headset_run(&h, 3 * SIGNAL_RING_SAMPLES);
    device_poll_streams(&h.device);
    h.room = SIZE_MAX;
    device_poll_streams(&h.device);
    headset_run(&h, 1000);
    device_poll_streams(&h.device);
    EXPECT(take_signals(1) > 5);
    EXPECT_EQ(h.device.streamDropped, dropped + 1);
    EXPECT_EQ(set_stream(LINK_MESSAGE_SIGNALS, false, 0), LINK_STATUS_OK);
    headset_run(&h, 1000);
    device_poll_streams(&h.device);
    EXPECT_EQ(take_signals(0), 0);
}

static unsigned count(uint8_t message) {
    unsigned n = 0;
    while (headset_next(&h))
        n += h.frame.kind == LINK_KIND_EVENT && h.frame.message == message;
    return n;
}

static void keep_alive(int seconds) {
    for (int i = 0; i < seconds; i++) {
        headset_send(&h, LINK_KIND_REQUEST, LINK_MESSAGE_PING, NULL, 0);
        headset_run(&h, 48000);
    }
}

static void test_telemetry_and_silence(void) {
    EXPECT_EQ(headset_set(&h, paramTable[PARAM_TELEMETRY_RATE_HZ].id, 20), LINK_STATUS_OK);
    EXPECT_EQ(set_stream(LINK_MESSAGE_TELEMETRY, true, 0), LINK_STATUS_OK);
    keep_alive(3);
    EXPECT_EQ(count(LINK_MESSAGE_TELEMETRY), 60);
    headset_run(&h, 48000); /* within the host's time */
    EXPECT(count(LINK_MESSAGE_TELEMETRY) > 0);
    headset_run(&h, 48000); /* beyond it */
    count(LINK_MESSAGE_TELEMETRY);
    headset_run(&h, 48000);
    EXPECT_EQ(count(LINK_MESSAGE_TELEMETRY), 0);
}

static void test_log_is_kept_until_someone_listens(void) {
    headset_start(&h);
    for (int i = 0; i < 40; i++)
        device_log(&h.device, 1, LINK_LOG_CODE_STARTED, i);
    EXPECT_EQ(set_stream(LINK_MESSAGE_LOG, true, 0), LINK_STATUS_OK);
    h.room = 0;
    headset_run(&h, 480);
    h.room = SIZE_MAX;
    headset_run(&h, 480);
    int32_t expected = 40 - DEVICE_LOG_ENTRIES;
    while (headset_next(&h))
        EXPECT_EQ(wire_unzigzag(headset_field(&h, LINK_LOG_VALUE).value), expected++);
    EXPECT_EQ(expected, 40);
}

static void test_reboot_answers_first(void) {
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_REBOOT, NULL, 0), LINK_STATUS_OK);
    EXPECT_EQ(h.reboots, 1);
}

/* Random requests and random bytes, with and without sound frames around them. */
static void test_nonsense_does_no_harm(void) {
    uint64_t random = 20261124;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[300];
        const size_t n = expect_random(&random) % sizeof bytes;
        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)(expect_random(&random) >> 8);
        const uint8_t message = (uint8_t)(expect_random(&random) % 18);
        if (round % 4 == 0) {
            device_rx(&h.device, bytes, n);
            static const uint8_t end = 0;
            device_rx(&h.device, &end, 1);
        } else {
            headset_send(&h, LINK_KIND_REQUEST, message, bytes, n % 40);
        }
        if (round % 64 == 0) headset_run(&h, 96);
        h.sentBytes = 0;
    }
    EXPECT(h.device.decoder.damaged > 1000);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_PING, NULL, 0), LINK_STATUS_OK);
}

int main(void) {
    headset_start(&h);
    test_hello_and_dictionary();
    test_unknown_and_malformed();
    test_blocks();
    test_signals();
    test_telemetry_and_silence();
    test_log_is_kept_until_someone_listens();
    test_reboot_answers_first();
    test_nonsense_does_no_harm();
    return 0;
}
