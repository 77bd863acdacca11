/* What the files of the device share. Not for ports. */
#ifndef ANC_DEVICE_INTERNAL_H
#define ANC_DEVICE_INTERNAL_H

#include "device/device.h"
#include "link/wire.h"

void device_lock(device_t *d, bool locked);
uint32_t device_uptime(const device_t *d);

/* Gives the present parameter values to engine and supervisor. */
void device_apply_params(device_t *d);

/* Encodes and sends; false when the port has no room now. */
bool device_send(device_t *d, uint8_t kind, uint8_t message, uint16_t sequence, size_t bodyBytes);

/* Streams (device_streams.c). */
void device_streams_control(device_t *d);
void device_streams_stop(device_t *d);
bool device_set_stream(device_t *d, uint32_t stream, bool enabled, uint32_t channels);
void device_gather_levels(device_t *d, const anc_levels_t *levels);

/* Howling and wind (device_guards.c): each sample behind the engine, and at control rate. */
void device_guards_init(device_t *d);
void device_guards_push(device_t *d, int32_t err_q31);
void device_guards_control(device_t *d);

/* The loop-back test (device_latency.c). At control rate: its end; and silence, if one runs. */
void device_latency_control(device_t *d);
void device_latency_end(device_t *d);

/* Reports and acts on what the supervisor did. */
void device_log_supervisor(device_t *d, uint32_t events);
void device_restart_control(device_t *d, uint32_t events);

enum {
    DEVICE_STATUS_BYTES = 72, /* at most: status and detail of a response */
    DEVICE_CHUNK_BYTES =
        LINK_MAX_BODY_BYTES - DEVICE_STATUS_BYTES - 24, /* data beside other fields */
};

/* A request's body with the response under way; handlers return a link status. */
typedef struct {
    wire_reader_t in;
    wire_writer_t out;
    const char *detail; /* NULL: none */
    bool restarts;      /* once the answer has left */
} device_exchange_t;

typedef uint32_t device_handler_t(device_t *d, device_exchange_t *x);

device_handler_t device_measure_latency;
device_handler_t device_get_parameters, device_set_one, device_store, device_revert, device_reset;
device_handler_t device_read_block, device_write_block;
device_handler_t device_identify, device_identify_abort, device_get_identification;
device_handler_t device_get_update, device_update_begin, device_update_chunk;
device_handler_t device_update_finish, device_update_confirm, device_update_roll_back;

/* After a change of parameters or, with isNewModel, of the secondary model. */
void device_choose_algorithm(device_t *d, bool isNewModel);

/* Control rate: what the normal equations do besides the audio. */
void device_control_filter(device_t *d);

/* Identification (device_identify.c). At control rate: its work. */
void device_identify_control(device_t *d);
/* The body of a progress event; false when there is nothing new. */
bool device_identify_progress(device_t *d, wire_writer_t *w);
/* What the last accepted one found; NULL: none. */
const anc_secondary_model_t *device_feedback_path(const device_t *d);
/* Silence, if one runs. */
void device_identify_end(device_t *d, identify_reason_t reason);

/* Updates (device_update.c). At control rate: verification and the self-test on trial. */
void device_update_init(device_t *d);
void device_update_control(device_t *d);
void device_update_host_gone(device_t *d);

#endif
