/* Requests about parameters. */
#include <string.h>

#include "device/device_internal.h"
#include "link/crc32.h"

/* Indices named by the repeated field 1, packed or one by one; all when there are none. A status.
 */
static uint32_t read_indices(device_exchange_t *x, int *indices, size_t *count) {
    wire_field_t field;
    *count = 0;
    while (wire_next(&x->in, &field)) {
        if (field.id != 1) continue;
        wire_reader_t ids = {.bytes = field.bytes, .n = field.n};
        uint64_t id = field.value;
        while (!field.delimited || wire_next_packed(&ids, &id)) {
            const int index = id > UINT16_MAX ? PARAMS_NONE : params_by_id((uint32_t)id);
            if (index == PARAMS_NONE) return LINK_STATUS_UNKNOWN_PARAMETER;
            if (*count == PARAM_COUNT) return LINK_STATUS_TOO_LONG;
            indices[(*count)++] = index;
            if (!field.delimited) break;
        }
        if (ids.bad) return LINK_STATUS_MALFORMED;
    }
    return LINK_STATUS_OK;
}

static size_t every_index(int *indices) {
    for (int i = 0; i < PARAM_COUNT; i++)
        indices[i] = i;
    return PARAM_COUNT;
}

uint32_t device_get_parameters(device_t *d, device_exchange_t *x) {
    int indices[PARAM_COUNT];
    size_t count;
    const uint32_t status = read_indices(x, indices, &count);
    if (status != LINK_STATUS_OK) return status;
    if (count == 0) count = every_index(indices);
    uint32_t ids[PARAM_COUNT];
    int32_t values[PARAM_COUNT], stored[PARAM_COUNT], initial[PARAM_COUNT];
    for (size_t i = 0; i < count; i++) {
        ids[i] = paramTable[indices[i]].id;
        values[i] = d->params.values[indices[i]];
        stored[i] = d->params.stored[indices[i]];
        initial[i] = paramTable[indices[i]].initial;
    }
    wire_packed_u32(&x->out, LINK_GET_PARAMETERS_RESPONSE_IDS, ids, count);
    wire_packed_i32(&x->out, LINK_GET_PARAMETERS_RESPONSE_VALUES, values, count);
    wire_packed_i32(&x->out, LINK_GET_PARAMETERS_RESPONSE_STORED, stored, count);
    wire_packed_i32(&x->out, LINK_GET_PARAMETERS_RESPONSE_DEFAULTS, initial, count);
    return LINK_STATUS_OK;
}

uint32_t device_set_one(device_t *d, device_exchange_t *x) {
    wire_field_t field;
    uint64_t id = 0;
    int32_t value = 0;
    while (wire_next(&x->in, &field)) {
        if (field.id == LINK_SET_PARAMETER_REQUEST_ID) id = field.value;
        if (field.id == LINK_SET_PARAMETER_REQUEST_VALUE) value = wire_unzigzag(field.value);
    }
    const int index = id > UINT16_MAX ? PARAMS_NONE : params_by_id((uint32_t)id);
    if (index == PARAMS_NONE) return LINK_STATUS_UNKNOWN_PARAMETER;
    if (!params_set(&d->params, index, value, &value)) return LINK_STATUS_OUT_OF_RANGE;
    device_apply_params(d);
    wire_u64(&x->out, LINK_SET_PARAMETER_RESPONSE_ID, id);
    wire_i32(&x->out, LINK_SET_PARAMETER_RESPONSE_VALUE, value);
    return LINK_STATUS_OK;
}

uint32_t device_store(device_t *d, device_exchange_t *x) {
    uint8_t bytes[PARAMS_STORE_BYTES], back[PARAMS_STORE_BYTES];
    if (d->update.onTrial) { /* the firmware before may not understand what this one stores */
        x->detail = "this firmware is on trial: confirm it first";
        return LINK_STATUS_NOT_READY;
    }
    const size_t n = params_serialise(&d->params, bytes);
    if (!d->port.store_write(d->port.context, bytes, n)) return LINK_STATUS_STORAGE_FAILED;
    const size_t read = d->port.store_read(d->port.context, back, sizeof back);
    if (read != n || memcmp(bytes, back, n) != 0) {
        x->detail = "what was read back differs";
        return LINK_STATUS_STORAGE_FAILED;
    }
    params_stored(&d->params);
    uint32_t count = 0;
    for (int i = 0; i < PARAM_COUNT; i++)
        count += paramTable[i].persistent;
    device_log(d, LINK_LOG_LEVEL_INFO, LINK_LOG_CODE_STORE_WRITTEN, (int32_t)count);
    wire_u64(&x->out, LINK_STORE_PARAMETERS_RESPONSE_COUNT, count);
    wire_u64(&x->out, LINK_STORE_PARAMETERS_RESPONSE_CRC, link_crc32(0, bytes, n));
    return LINK_STATUS_OK;
}

/* Without ids only persistent parameters change: nobody who discards settings means the mode. */
static uint32_t restore(device_t *d, device_exchange_t *x, bool toStored, uint32_t countField) {
    int indices[PARAM_COUNT];
    size_t named;
    const uint32_t status = read_indices(x, indices, &named);
    if (status != LINK_STATUS_OK) return status;
    const size_t candidates = named > 0 ? named : every_index(indices);
    uint32_t count = 0;
    for (size_t i = 0; i < candidates; i++) {
        const param_info_t *info = &paramTable[indices[i]];
        if (named == 0 && !info->persistent) continue;
        d->params.values[indices[i]] = toStored ? d->params.stored[indices[i]] : info->initial;
        count++;
    }
    device_apply_params(d);
    wire_u64(&x->out, countField, count);
    return LINK_STATUS_OK;
}

uint32_t device_revert(device_t *d, device_exchange_t *x) {
    return restore(d, x, true, LINK_REVERT_PARAMETERS_RESPONSE_COUNT);
}

uint32_t device_reset(device_t *d, device_exchange_t *x) {
    return restore(d, x, false, LINK_RESET_PARAMETERS_RESPONSE_COUNT);
}
