/* Blocks: weights and the model of the secondary path, in pieces. Little-endian. */
#include <string.h>

#include "device/device_internal.h"
#include "link/crc32.h"
#include "link/little_endian.h"

enum { MODEL_HEADER_BYTES = 6 };

static size_t snapshot_weights(device_t *d) {
    uint16_t taps;
    device_lock(d, true);
    const int32_t *weights = anc_engine_weights(&d->engine, &taps);
    memcpy(d->block, weights, 4U * taps); /* no longer than the audio can wait */
    device_lock(d, false);
    for (size_t i = 0; i < taps; i++) {
        uint32_t weight;
        memcpy(&weight, d->block + 4 * i, 4);
        put_le(d->block + 4 * i, weight, 4);
    }
    return 4U * taps;
}

/* No model: no bytes. */
static size_t snapshot_model(device_t *d, const anc_secondary_model_t *model) {
    if (!model) return 0;
    put_le(d->block, model->delaySamples, 2);
    put_le(d->block + 2, model->length, 2);
    put_le(d->block + 4, (uint16_t)model->exponent, 2);
    for (size_t i = 0; i < model->length; i++)
        put_le(d->block + MODEL_HEADER_BYTES + 2 * i, (uint16_t)model->taps_q15[i], 2);
    return MODEL_HEADER_BYTES + 2U * model->length;
}

static size_t snapshot(device_t *d, uint64_t block) {
    if (block == LINK_BLOCK_WEIGHTS) return snapshot_weights(d);
    return snapshot_model(d, block == LINK_BLOCK_FEEDBACK_PATH ? device_feedback_path(d)
                                                               : anc_engine_secondary(&d->engine));
}

uint32_t device_read_block(device_t *d, device_exchange_t *x) {
    wire_field_t field;
    uint64_t block = 0, offset = 0;
    while (wire_next(&x->in, &field)) {
        if (field.id == LINK_READ_BLOCK_REQUEST_BLOCK) block = field.value;
        if (field.id == LINK_READ_BLOCK_REQUEST_OFFSET) offset = field.value;
    }
    if (block < LINK_BLOCK_WEIGHTS || block > LINK_BLOCK_FEEDBACK_PATH)
        return LINK_STATUS_UNKNOWN_BLOCK;
    if (offset == 0) {
        d->writeBytes = 0; /* the snapshot takes its place */
        d->readBlock = (uint8_t)block;
        d->readBytes = snapshot(d, block);
    } else if (block != d->readBlock || d->readBytes == 0) {
        x->detail = "reading starts at offset 0";
        return LINK_STATUS_NOT_READY;
    }
    if (offset > d->readBytes) return LINK_STATUS_OUT_OF_RANGE;
    const size_t left = d->readBytes - (size_t)offset;
    wire_u64(&x->out, LINK_READ_BLOCK_RESPONSE_BLOCK, block);
    wire_u64(&x->out, LINK_READ_BLOCK_RESPONSE_OFFSET, offset);
    wire_u64(&x->out, LINK_READ_BLOCK_RESPONSE_TOTAL_BYTES, d->readBytes);
    wire_bytes(&x->out, LINK_READ_BLOCK_RESPONSE_DATA, d->block + offset,
               left < DEVICE_CHUNK_BYTES ? left : DEVICE_CHUNK_BYTES);
    return LINK_STATUS_OK;
}

static bool take_weights(device_t *d) {
    static const size_t WIDTH = 4;
    int32_t weights[ANC_MAX_TAPS];
    const size_t taps = d->writeTotal / WIDTH;
    if (d->writeTotal % WIDTH != 0) return false;
    for (size_t i = 0; i < taps; i++)
        weights[i] = (int32_t)get_le(d->block + WIDTH * i, WIDTH);
    device_lock(d, true);
    const bool taken = anc_engine_set_weights(&d->engine, weights, (uint16_t)taps);
    device_lock(d, false);
    return taken;
}

static bool take_model(device_t *d) {
    if (d->writeTotal < MODEL_HEADER_BYTES) return false;
    anc_secondary_model_t model = {
        .delaySamples = (uint16_t)get_le(d->block, 2),
        .length = (uint16_t)get_le(d->block + 2, 2),
        .exponent = (int16_t)get_le(d->block + 4, 2),
    };
    if (model.length > ANC_MAX_SECONDARY_TAPS) return false;
    if (d->writeTotal != MODEL_HEADER_BYTES + 2U * model.length) return false;
    for (size_t i = 0; i < model.length; i++)
        model.taps_q15[i] = (int16_t)get_le(d->block + MODEL_HEADER_BYTES + 2 * i, 2);
    return device_set_secondary(d, &model);
}

static uint32_t commit(device_t *d, device_exchange_t *x, uint32_t crc) {
    d->writeBytes = 0;
    if (link_crc32(0, d->block, d->writeTotal) != crc) {
        x->detail = "CRC of the whole differs";
        return LINK_STATUS_MALFORMED;
    }
    const bool taken = d->writeBlock == LINK_BLOCK_WEIGHTS ? take_weights(d) : take_model(d);
    if (!taken) x->detail = "contents or length do not fit this headset";
    return taken ? LINK_STATUS_OK : LINK_STATUS_OUT_OF_RANGE;
}

uint32_t device_write_block(device_t *d, device_exchange_t *x) {
    wire_field_t field, data = {0};
    uint64_t block = 0, offset = 0, total = 0;
    uint32_t crc = 0;
    while (wire_next(&x->in, &field)) {
        if (field.id == LINK_WRITE_BLOCK_REQUEST_BLOCK) block = field.value;
        if (field.id == LINK_WRITE_BLOCK_REQUEST_OFFSET) offset = field.value;
        if (field.id == LINK_WRITE_BLOCK_REQUEST_TOTAL_BYTES) total = field.value;
        if (field.id == LINK_WRITE_BLOCK_REQUEST_DATA) data = field;
        if (field.id == LINK_WRITE_BLOCK_REQUEST_CRC) crc = (uint32_t)field.value;
    }
    if (block == LINK_BLOCK_FEEDBACK_PATH) return LINK_STATUS_READ_ONLY;
    if (block != LINK_BLOCK_WEIGHTS && block != LINK_BLOCK_SECONDARY_MODEL)
        return LINK_STATUS_UNKNOWN_BLOCK;
    if (total == 0 || total > sizeof d->block) return LINK_STATUS_TOO_LONG;
    if (offset == 0) {
        d->readBytes = d->writeBytes = 0;
        d->writeBlock = (uint8_t)block;
        d->writeTotal = (size_t)total;
    }
    if (block != d->writeBlock || total != d->writeTotal || offset != d->writeBytes) {
        x->detail = "pieces of one block come in order";
        return LINK_STATUS_NOT_READY;
    }
    if (data.n > d->writeTotal - d->writeBytes) return LINK_STATUS_TOO_LONG;
    if (data.n > 0) memcpy(d->block + d->writeBytes, data.bytes, data.n);
    d->writeBytes += data.n;
    wire_u64(&x->out, LINK_WRITE_BLOCK_RESPONSE_OFFSET, offset + data.n);
    return d->writeBytes == d->writeTotal ? commit(d, x, crc) : (uint32_t)LINK_STATUS_OK;
}
