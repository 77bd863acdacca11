/* Identification of the paths on request: start, progress, end, result. */
#include <math.h>

#include "device/device_internal.h"

enum { TELL_MS = 100, DEFAULT_MS = 4000, DEFAULT_DRIVE_TENTH_DB = -200 };

static const float minErleDb = 8;

static bool is_accepted(const identify_t *i) {
    return i->phase == IDENTIFY_DONE && i->reason == IDENTIFY_ACCEPTED;
}

void device_identify_end(device_t *d, identify_reason_t reason) {
    device_identification_t *id = &d->identification;
    if (!id->runs) return;
    identify_abort(&id->work, reason); /* one that is done stays as it is */
    device_lock(d, true);
    id->runs = false;
    anc_engine_inject(&d->engine, 0);
    device_lock(d, false);
    const identify_t *work = &id->work;
    if (is_accepted(work)) {
        d->feedback = work->result.feedback;
        d->hasFeedback = work->result.hasFeedback;
        device_set_secondary(d, &work->result.secondary);
    }
    device_log(d, work->reason == IDENTIFY_ACCEPTED ? LINK_LOG_LEVEL_INFO : LINK_LOG_LEVEL_WARNING,
               LINK_LOG_CODE_IDENTIFICATION_ENDED, (int32_t)work->reason);
    device_apply_params(d);
}

void device_identify_control(device_t *d) {
    device_identification_t *id = &d->identification;
    if (id->runs && !identify_work(&id->work)) device_identify_end(d, id->work.reason);
}

const anc_secondary_model_t *device_feedback_path(const device_t *d) {
    return d->hasFeedback ? &d->feedback : NULL;
}

static int32_t tenths(float db) {
    return isfinite(db) ? (int32_t)lrintf(10 * fmaxf(-999, fminf(999, db))) : 0;
}

bool device_identify_progress(device_t *d, wire_writer_t *w) {
    device_identification_t *id = &d->identification;
    const identify_t *work = &id->work;
    const bool isNewPhase = work->phase != id->toldPhase;
    if (!isNewPhase && (!id->runs || d->nowMs - id->toldMs < TELL_MS)) return false;
    id->toldPhase = work->phase;
    id->toldMs = d->nowMs;
    wire_u64(w, LINK_IDENTIFICATION_PHASE, work->phase);
    wire_u64(w, LINK_IDENTIFICATION_REASON, work->reason);
    wire_u64(w, LINK_IDENTIFICATION_PROGRESS_PERMILLE, identify_progress_permille(work));
    wire_i32(w, LINK_IDENTIFICATION_DRIVE_TENTH_DB, tenths(work->driveDb));
    wire_i32(w, LINK_IDENTIFICATION_LEVEL_TENTH_DB, tenths(work->levelDb));
    wire_i32(w, LINK_IDENTIFICATION_ERLE_TENTH_DB, tenths(identify_erle_db(work)));
    return true;
}

static bool start(device_t *d, const identify_config_t *config) {
    device_lock(d, true);
    d->controls = d->followsPath = false; /* the audio context leaves the memory alone */
    anc_engine_inject(&d->engine, 0);
    device_lock(d, false);
    /* not longer than that: it clears much */
    const bool started = identify_start(&d->identification.work, config, d->port.controlMemory,
                                        d->port.controlBytes);
    device_lock(d, true);
    d->identification.runs = started;
    device_lock(d, false);
    d->identification.toldPhase = IDENTIFY_IDLE;
    device_apply_params(d); /* silence; or back to what it was */
    return started;
}

uint32_t device_identify(device_t *d, device_exchange_t *x) {
    wire_field_t field;
    uint64_t excitation = 0, durationMs = 0;
    int32_t maxDriveTenthDb = 0;
    while (wire_next(&x->in, &field)) {
        if (field.id == LINK_IDENTIFY_REQUEST_EXCITATION) excitation = field.value;
        if (field.id == LINK_IDENTIFY_REQUEST_DURATION_MS) durationMs = field.value;
        if (field.id == LINK_IDENTIFY_REQUEST_MAX_DRIVE_TENTH_DB)
            maxDriveTenthDb = wire_unzigzag(field.value);
    }
    if (durationMs == 0) durationMs = DEFAULT_MS;
    if (maxDriveTenthDb == 0) maxDriveTenthDb = DEFAULT_DRIVE_TENTH_DB;
    if (excitation > EXCITATION_SWEEP || durationMs < 1000 || durationMs > 10000 ||
        maxDriveTenthDb < -600 || maxDriveTenthDb > -60) {
        x->detail = "1000..10000 ms, -60..-6 dBFS, white, mls or sweep";
        return LINK_STATUS_OUT_OF_RANGE;
    }
    if (d->identification.runs || d->latency.runs) return LINK_STATUS_BUSY;
    if (d->params.values[PARAM_MUTE]) {
        x->detail = "the output is muted";
        return LINK_STATUS_NOT_READY;
    }
    if (!d->port.controlMemory || identify_bytes(1) > d->port.controlBytes) {
        x->detail = "this headset has no memory for it";
        return LINK_STATUS_NOT_READY;
    }
    const uint32_t latency = d->info.addedLatencySamples < ANC_MAX_SECONDARY_DELAY
                                 ? d->info.addedLatencySamples
                                 : ANC_MAX_SECONDARY_DELAY;
    const identify_config_t config = {.sampleRateHz = d->info.sampleRateHz,
                                      .excitation = (excitation_kind_t)excitation,
                                      .seconds = (float)durationMs / 1000,
                                      .maxDriveDb = (float)maxDriveTenthDb / 10,
                                      .minErleDb = minErleDb,
                                      .taps = ANC_MAX_SECONDARY_TAPS + latency};
    return start(d, &config) ? LINK_STATUS_OK : LINK_STATUS_NOT_READY;
}

uint32_t device_identify_abort(device_t *d, device_exchange_t *x) {
    (void)x;
    device_identify_end(d, IDENTIFY_ABORTED);
    return LINK_STATUS_OK;
}

static void put_settings(const path_settings_t *s, wire_writer_t *w) {
    wire_u64(w, LINK_GET_IDENTIFICATION_RESPONSE_DELAY_SAMPLES, s->delaySamples);
    wire_u64(w, LINK_GET_IDENTIFICATION_RESPONSE_MODEL_TAPS, s->modelTaps);
    wire_u64(w, LINK_GET_IDENTIFICATION_RESPONSE_CONTROL_TAPS, s->controlTaps);
    wire_u64(w, LINK_GET_IDENTIFICATION_RESPONSE_STEP_SIZE, (uint64_t)lrintf(1e5f * s->stepSize));
}

uint32_t device_get_identification(device_t *d, device_exchange_t *x) {
    const identify_t *work = &d->identification.work;
    int32_t octaves[PATH_OCTAVES];
    for (int i = 0; i < PATH_OCTAVES; i++)
        octaves[i] = tenths(work->result.octavesDb[i]);
    wire_u64(&x->out, LINK_GET_IDENTIFICATION_RESPONSE_PHASE, work->phase);
    wire_u64(&x->out, LINK_GET_IDENTIFICATION_RESPONSE_REASON, work->reason);
    wire_i32(&x->out, LINK_GET_IDENTIFICATION_RESPONSE_DRIVE_TENTH_DB, tenths(work->driveDb));
    wire_i32(&x->out, LINK_GET_IDENTIFICATION_RESPONSE_BACKGROUND_TENTH_DB,
             tenths(work->backgroundDb));
    wire_i32(&x->out, LINK_GET_IDENTIFICATION_RESPONSE_ERLE_TENTH_DB,
             tenths(identify_erle_db(work)));
    wire_packed_i32(&x->out, LINK_GET_IDENTIFICATION_RESPONSE_OCTAVES_TENTH_DB, octaves,
                    PATH_OCTAVES);
    if (is_accepted(work)) put_settings(&work->result.settings, &x->out);
    return LINK_STATUS_OK;
}
