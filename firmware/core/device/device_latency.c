/* The loop-back test on request: start, end, result. */
#include <math.h>

#include "device/device_internal.h"

void device_latency_end(device_t *d) {
    device_latency_t *latency = &d->latency;
    if (!latency->runs) return;
    device_lock(d, true);
    latency->runs = false;
    anc_engine_inject(&d->engine, 0);
    device_lock(d, false);
    device_apply_params(d);
}

void device_latency_control(device_t *d) {
    device_latency_t *latency = &d->latency;
    if (!latency->runs || !latency->work.done) return;
    latency->result = loop_latency_result(&latency->work);
    device_latency_end(d);
    const bool heard = latency->result.heard;
    device_log(d, heard ? LINK_LOG_LEVEL_INFO : LINK_LOG_LEVEL_WARNING, LINK_LOG_CODE_LOOP_LATENCY,
               heard ? (int32_t)latency->result.delaySamples : -1);
}

static void start(device_t *d) {
    loop_latency_start(&d->latency.work);
    d->latency.result = (loop_latency_result_t){.heard = false};
    device_lock(d, true);
    d->latency.runs = true;
    device_lock(d, false);
    device_apply_params(d); /* silence */
}

/* Peak over what is left in the tail. */
static int32_t peak_tenth_db(const loop_latency_result_t *r) {
    const float peak = (float)r->peak_q31 / (1 << 15);
    return (int32_t)lrintf(100 * log10f((peak * peak + 1) / ((float)r->tailMeanSquare + 1)));
}

uint32_t device_measure_latency(device_t *d, device_exchange_t *x) {
    wire_field_t field;
    bool starts = false;
    while (wire_next(&x->in, &field))
        if (field.id == LINK_MEASURE_LATENCY_REQUEST_START) starts = field.value != 0;
    if (starts) {
        if (d->latency.runs || d->identification.runs) return LINK_STATUS_BUSY;
        if (d->params.values[PARAM_MUTE]) {
            x->detail = "the output is muted";
            return LINK_STATUS_NOT_READY;
        }
        start(d);
    }
    const loop_latency_result_t *result = &d->latency.result;
    wire_u64(&x->out, LINK_MEASURE_LATENCY_RESPONSE_RUNS, d->latency.runs);
    wire_u64(&x->out, LINK_MEASURE_LATENCY_RESPONSE_HEARD, result->heard);
    if (!result->heard) return LINK_STATUS_OK;
    wire_u64(&x->out, LINK_MEASURE_LATENCY_RESPONSE_DELAY_SAMPLES, result->delaySamples);
    wire_i32(&x->out, LINK_MEASURE_LATENCY_RESPONSE_PEAK_TENTH_DB, peak_tenth_db(result));
    return LINK_STATUS_OK;
}
