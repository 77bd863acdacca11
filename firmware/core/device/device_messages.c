/* Requests: decoding, dispatch, the answers that are not about parameters or blocks. */
#include <string.h>

#include "device/device_internal.h"

bool device_send(device_t *d, uint8_t kind, uint8_t message, uint16_t sequence, size_t bodyBytes) {
    uint8_t encoded[LINK_MAX_ENCODED_BYTES];
    const link_frame_t frame = {.kind = kind,
                                .message = message,
                                .sequence = sequence,
                                .body = d->body,
                                .bodyBytes = bodyBytes};
    const size_t n = link_encode(&frame, encoded);
    const bool sent = n > 0 && d->port.tx(d->port.context, encoded, n);
    if (sent)
        d->txFrames++;
    else
        d->txDropped++;
    return sent;
}

static uint32_t hello(device_t *d, device_exchange_t *x) {
    const device_info_t *info = &d->info;
    wire_u64(&x->out, LINK_HELLO_RESPONSE_PROTOCOL_VERSION, LINK_PROTOCOL_VERSION);
    wire_string(&x->out, LINK_HELLO_RESPONSE_FIRMWARE_VERSION, info->firmwareVersion);
    wire_string(&x->out, LINK_HELLO_RESPONSE_BOARD, info->board);
    wire_string(&x->out, LINK_HELLO_RESPONSE_SERIAL_NUMBER, info->serialNumber);
    wire_u64(&x->out, LINK_HELLO_RESPONSE_DICTIONARY_HASH, paramDictionaryHash);
    wire_u64(&x->out, LINK_HELLO_RESPONSE_DICTIONARY_BYTES, paramDictionaryBytes);
    wire_u64(&x->out, LINK_HELLO_RESPONSE_MAX_FRAME_BYTES, LINK_MAX_FRAME_BYTES);
    wire_u64(&x->out, LINK_HELLO_RESPONSE_SAMPLE_RATE_HZ, info->sampleRateHz);
    wire_u64(&x->out, LINK_HELLO_RESPONSE_UPTIME_MS, device_uptime(d));
    wire_u64(&x->out, LINK_HELLO_RESPONSE_RESET_REASON, info->resetReason);
    wire_u64(&x->out, LINK_HELLO_RESPONSE_ADDED_LATENCY_SAMPLES, info->addedLatencySamples);
    wire_u64(&x->out, LINK_HELLO_RESPONSE_STORE_VALID, d->params.storeValid);
    wire_u64(&x->out, LINK_HELLO_RESPONSE_SAFE_MODE, info->safeMode);
    d->update.hasHost = true;
    return LINK_STATUS_OK;
}

static uint32_t ping(device_t *d, device_exchange_t *x) {
    wire_field_t field;
    uint32_t token = 0;
    while (wire_next(&x->in, &field))
        if (field.id == LINK_PING_REQUEST_TOKEN) token = (uint32_t)field.value;
    wire_u64(&x->out, LINK_PING_RESPONSE_TOKEN, token);
    wire_u64(&x->out, LINK_PING_RESPONSE_UPTIME_MS, device_uptime(d));
    return LINK_STATUS_OK;
}

static uint32_t read_dictionary(device_t *d, device_exchange_t *x) {
    (void)d;
    wire_field_t field;
    uint64_t offset = 0;
    while (wire_next(&x->in, &field))
        if (field.id == LINK_READ_DICTIONARY_REQUEST_OFFSET) offset = field.value;
    if (offset > paramDictionaryBytes) {
        x->detail = "offset beyond the dictionary";
        return LINK_STATUS_OUT_OF_RANGE;
    }
    const size_t left = paramDictionaryBytes - (size_t)offset;
    wire_u64(&x->out, LINK_READ_DICTIONARY_RESPONSE_OFFSET, offset);
    wire_bytes(&x->out, LINK_READ_DICTIONARY_RESPONSE_DATA, paramDictionary + offset,
               left < DEVICE_CHUNK_BYTES ? left : DEVICE_CHUNK_BYTES);
    return LINK_STATUS_OK;
}

static uint32_t set_stream(device_t *d, device_exchange_t *x) {
    wire_field_t field;
    uint32_t stream = 0, channels = 0;
    bool enabled = false;
    while (wire_next(&x->in, &field)) {
        if (field.id == LINK_SET_STREAM_REQUEST_STREAM) stream = (uint32_t)field.value;
        if (field.id == LINK_SET_STREAM_REQUEST_ENABLED) enabled = field.value != 0;
        if (field.id == LINK_SET_STREAM_REQUEST_CHANNELS) channels = (uint32_t)field.value;
    }
    if (x->in.bad) return LINK_STATUS_MALFORMED;
    if (!device_set_stream(d, stream, enabled, channels)) {
        x->detail = "no such stream, or channels outside 1..15";
        return LINK_STATUS_OUT_OF_RANGE;
    }
    wire_u64(&x->out, LINK_SET_STREAM_RESPONSE_STREAM, stream);
    return LINK_STATUS_OK;
}

static uint32_t guard_clear(device_t *d, device_exchange_t *x) {
    device_lock(d, true);
    supervisor_guard_clear(&d->supervisor, &d->engine);
    device_lock(d, false);
    device_log(d, LINK_LOG_LEVEL_INFO, LINK_LOG_CODE_GUARD_CLEARED,
               (int32_t)d->supervisor.rollbacks);
    wire_u64(&x->out, LINK_GUARD_CLEAR_RESPONSE_GUARD, d->supervisor.guard);
    return LINK_STATUS_OK;
}

static uint32_t reset_weights(device_t *d, device_exchange_t *x) {
    (void)x;
    device_lock(d, true);
    anc_engine_reset_weights(&d->engine);
    device_lock(d, false);
    return LINK_STATUS_OK;
}

static uint32_t get_link_stats(device_t *d, device_exchange_t *x) {
    wire_u64(&x->out, LINK_GET_LINK_STATS_RESPONSE_RX_FRAMES, d->decoder.frames);
    wire_u64(&x->out, LINK_GET_LINK_STATS_RESPONSE_RX_DAMAGED, d->decoder.damaged);
    wire_u64(&x->out, LINK_GET_LINK_STATS_RESPONSE_RX_UNKNOWN, d->rxUnknown);
    wire_u64(&x->out, LINK_GET_LINK_STATS_RESPONSE_TX_FRAMES, d->txFrames);
    wire_u64(&x->out, LINK_GET_LINK_STATS_RESPONSE_TX_DROPPED, d->txDropped);
    return LINK_STATUS_OK;
}

static uint32_t reboot(device_t *d, device_exchange_t *x) {
    x->restarts = d->port.reboot != NULL;
    return x->restarts ? LINK_STATUS_OK : LINK_STATUS_NOT_READY;
}

static device_handler_t *handler(uint8_t message) {
    switch (message) {
    case LINK_MESSAGE_HELLO:
        return hello;
    case LINK_MESSAGE_PING:
        return ping;
    case LINK_MESSAGE_READ_DICTIONARY:
        return read_dictionary;
    case LINK_MESSAGE_GET_PARAMETERS:
        return device_get_parameters;
    case LINK_MESSAGE_SET_PARAMETER:
        return device_set_one;
    case LINK_MESSAGE_STORE_PARAMETERS:
        return device_store;
    case LINK_MESSAGE_REVERT_PARAMETERS:
        return device_revert;
    case LINK_MESSAGE_RESET_PARAMETERS:
        return device_reset;
    case LINK_MESSAGE_READ_BLOCK:
        return device_read_block;
    case LINK_MESSAGE_WRITE_BLOCK:
        return device_write_block;
    case LINK_MESSAGE_SET_STREAM:
        return set_stream;
    case LINK_MESSAGE_GUARD_CLEAR:
        return guard_clear;
    case LINK_MESSAGE_RESET_WEIGHTS:
        return reset_weights;
    case LINK_MESSAGE_GET_LINK_STATS:
        return get_link_stats;
    case LINK_MESSAGE_REBOOT:
        return reboot;
    case LINK_MESSAGE_MEASURE_LATENCY:
        return device_measure_latency;
    case LINK_MESSAGE_IDENTIFY:
        return device_identify;
    case LINK_MESSAGE_IDENTIFY_ABORT:
        return device_identify_abort;
    case LINK_MESSAGE_GET_IDENTIFICATION:
        return device_get_identification;
    case LINK_MESSAGE_GET_UPDATE:
        return device_get_update;
    case LINK_MESSAGE_UPDATE_BEGIN:
        return device_update_begin;
    case LINK_MESSAGE_UPDATE_CHUNK:
        return device_update_chunk;
    case LINK_MESSAGE_UPDATE_FINISH:
        return device_update_finish;
    case LINK_MESSAGE_UPDATE_CONFIRM:
        return device_update_confirm;
    case LINK_MESSAGE_UPDATE_ROLL_BACK:
        return device_update_roll_back;
    default:
        return NULL;
    }
}

/* Every field of the body, so that a handler without fields still refuses a malformed one and none
 * acts before the whole body is known to be sound. */
static bool sound(const link_frame_t *frame) {
    wire_reader_t reader = {.bytes = frame->body, .n = frame->bodyBytes};
    wire_field_t field;
    while (wire_next(&reader, &field))
        continue;
    return !reader.bad;
}

static void answer(device_t *d, const link_frame_t *frame) {
    /* Status and detail come first but are known last: the fields are made behind their room. */
    device_exchange_t x = {
        .in = {.bytes = frame->body, .n = frame->bodyBytes},
        .out = {.bytes = d->body + DEVICE_STATUS_BYTES,
                .capacity = sizeof d->body - DEVICE_STATUS_BYTES},
    };
    device_handler_t *handle = handler(frame->message);
    uint32_t status = LINK_STATUS_MALFORMED;
    if (!handle) {
        d->rxUnknown++;
        status = LINK_STATUS_UNKNOWN_MESSAGE;
    } else if (sound(frame)) {
        status = handle(d, &x);
    }
    if (x.out.overflow) status = LINK_STATUS_TOO_LONG;
    if (status != LINK_STATUS_OK) x.out.n = 0;

    wire_writer_t head = {.bytes = d->body, .capacity = DEVICE_STATUS_BYTES};
    wire_u64(&head, LINK_RESPONSE_STATUS, status);
    if (x.detail) wire_string(&head, LINK_RESPONSE_DETAIL, x.detail);
    memmove(d->body + head.n, d->body + DEVICE_STATUS_BYTES, x.out.n);
    device_send(d, LINK_KIND_RESPONSE, frame->message, frame->sequence, head.n + x.out.n);
    if (x.restarts) d->port.reboot(d->port.context);
}

void device_rx(device_t *d, const uint8_t *bytes, size_t n) {
    link_frame_t frame;
    while (link_decode(&d->decoder, &bytes, &n, &frame)) {
        d->lastFrameMs = d->nowMs;
        if (frame.kind == LINK_KIND_REQUEST)
            answer(d, &frame);
        else
            d->rxUnknown++;
    }
}
