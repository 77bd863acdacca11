#include "device/device.h"

#include <string.h>

#include "device/device_internal.h"

void device_lock(device_t *d, bool locked) {
    if (d->port.lock) d->port.lock(d->port.context, locked);
}

uint32_t device_uptime(const device_t *d) {
    return (uint32_t)(d->nowMs - d->startMs);
}

void device_apply_params(device_t *d) {
    const int32_t *v = d->params.values;
    if (v[PARAM_MUTE] != 0) {
        device_identify_end(d, IDENTIFY_MUTED);
        device_latency_end(d);
    }
    /* the normal sound makes room for a test sound */
    const bool rests = d->identification.runs || d->latency.runs || d->quiet;
    const anc_config_t config = {
        .mode = rests ? ANC_MODE_OFF : (anc_mode_t)v[PARAM_MODE],
        .adapt = v[PARAM_ADAPT] != 0,
        .mute = v[PARAM_MUTE] != 0 || d->update.mutes,
        .filterForm = (anc_form_t)v[PARAM_FILTER_FORM],
        .taps = (uint16_t)v[PARAM_TAPS],
        .stepSize_e5 = (uint32_t)v[PARAM_STEP_SIZE],
        .leakage_e3 = (uint32_t)v[PARAM_LEAKAGE],
        .energyFloorDb_e1 = v[PARAM_ENERGY_FLOOR_DB],
        .outputLimitDb_e1 = v[PARAM_OUTPUT_LIMIT_DB],
        .transparencyGainDb_e1 = v[PARAM_TRANSPARENCY_GAIN_DB],
    };
    const supervisor_config_t guard = {
        .divergenceThresholdDb_e1 = v[PARAM_DIVERGENCE_THRESHOLD_DB],
        .divergenceHoldMs = (uint32_t)v[PARAM_DIVERGENCE_HOLD_MS],
        .rollbackMax = (uint32_t)v[PARAM_ROLLBACK_MAX],
    };
    device_lock(d, true);
    anc_engine_configure(&d->engine, &config);
    supervisor_configure(&d->supervisor, &guard);
    device_lock(d, false);
    device_choose_algorithm(d, false);
    if (d->loggedMode != config.mode) {
        d->loggedMode = (uint8_t)config.mode;
        device_log(d, LINK_LOG_LEVEL_INFO, LINK_LOG_CODE_MODE_CHANGED, (int32_t)config.mode);
    }
}

static void load_store(device_t *d) {
    uint8_t *bytes = d->block; /* not in use yet */
    if (d->info.safeMode) return;
    const size_t n = d->port.store_read(d->port.context, bytes, sizeof d->block);
    if (n == 0) return;
    if (params_load(&d->params, bytes, n)) {
        d->params.values[PARAM_MODE] = d->params.values[PARAM_START_MODE];
    } else {
        d->storeDamaged = true;
        device_log(d, LINK_LOG_LEVEL_WARNING, LINK_LOG_CODE_STORE_INVALID, (int32_t)n);
    }
}

void device_init(device_t *d, const device_port_t *port, const device_info_t *info) {
    memset(d, 0, sizeof *d);
    d->port = *port;
    d->info = *info;
    link_decoder_init(&d->decoder);
    signal_ring_init(&d->signals);
    params_init(&d->params);
    anc_engine_init(&d->engine, info->sampleRateHz);
    supervisor_init(&d->supervisor, info->sampleRateHz);
    device_guards_init(d);
    device_log(d, LINK_LOG_LEVEL_INFO, LINK_LOG_CODE_STARTED, info->resetReason);
    load_store(d);
    device_update_init(d);
    device_apply_params(d);
}

static void inject(device_t *d) {
    if (d->identification.runs)
        anc_engine_inject(&d->engine, identify_sound(&d->identification.work));
    else if (d->latency.runs)
        anc_engine_inject(&d->engine, loop_latency_sound(&d->latency.work));
    else if (d->followsPath)
        anc_engine_inject(&d->engine, online_sound(&d->online));
}

/* Behind the engine's two steps: to whoever works on the samples at control rate, and to the link.
 * A test sound is nobody's howling. */
static void hand_on(device_t *d, int32_t ref_q31, int32_t err_q31, int32_t out_q31) {
    if (d->identification.runs) {
        identify_push(&d->identification.work, ref_q31, out_q31, err_q31);
    } else if (d->latency.runs) {
        loop_latency_push(&d->latency.work, err_q31);
    } else {
        device_guards_push(d, err_q31);
        if (d->followsPath)
            online_push(&d->online, ref_q31, d->engine.injected_q31, err_q31,
                        anc_engine_disturbance(&d->engine));
    }
    const signal_sample_t sample = {
        {ref_q31, err_q31, out_q31, anc_engine_disturbance(&d->engine)}};
    signal_ring_put(&d->signals, d->sampleIndex++, &sample);
    if (!d->controls) return;
    normal_equations_push(&d->control, ref_q31, out_q31, err_q31);
    if (anc_engine_disturbed(&d->engine) || d->engine.ducked) normal_equations_spoil(&d->control);
}

int32_t device_audio_output(device_t *d, int32_t ref_q31) {
    inject(d);
    return anc_engine_output(&d->engine, ref_q31);
}

void device_audio_adapt(device_t *d, int32_t err_q31) {
    anc_engine_adapt(&d->engine, err_q31);
    hand_on(d, d->engine.referenceSample_q31, err_q31, d->engine.output_q31);
}

void device_audio_process(device_t *d, const int32_t *ref_q31, const int32_t *err_q31,
                          int32_t *out_q31, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const int32_t ref = ref_q31[i], err = err_q31[i]; /* the buffers may be the same ones */
        inject(d);
        anc_engine_process(&d->engine, &ref, &err, &out_q31[i], 1);
        hand_on(d, ref, err, out_q31[i]);
    }
}

void device_log_supervisor(device_t *d, uint32_t events) {
    static const struct {
        uint8_t event, level, code;
    } reports[] = {
        {SUPERVISOR_EVENT_DIVERGENCE, LINK_LOG_LEVEL_WARNING, LINK_LOG_CODE_DIVERGENCE},
        {SUPERVISOR_EVENT_ROLLBACK, LINK_LOG_LEVEL_WARNING, LINK_LOG_CODE_ROLLBACK},
        {SUPERVISOR_EVENT_MUTED, LINK_LOG_LEVEL_ERROR, LINK_LOG_CODE_GUARD_MUTED},
        {SUPERVISOR_EVENT_CLEARED, LINK_LOG_LEVEL_INFO, LINK_LOG_CODE_GUARD_CLEARED},
        {SUPERVISOR_EVENT_CLIPPED, LINK_LOG_LEVEL_WARNING, LINK_LOG_CODE_INPUT_CLIPPED},
        {SUPERVISOR_EVENT_REFERENCE_SILENT, LINK_LOG_LEVEL_WARNING, LINK_LOG_CODE_REFERENCE_SILENT},
    };
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        if (events & reports[i].event)
            device_log(d, reports[i].level, reports[i].code, (int32_t)d->supervisor.rollbacks);
}

static void host_is_gone(device_t *d) {
    device_latency_end(d);
    device_streams_stop(d);
    device_identify_end(d, IDENTIFY_HOST_GONE);
    device_update_host_gone(d);
}

void device_control(device_t *d, uint64_t nowMs) {
    if (!d->started) {
        d->started = true;
        d->startMs = d->lastFrameMs = d->lastTelemetryMs = nowMs;
    }
    d->nowMs = nowMs;
    anc_levels_t levels;
    device_lock(d, true);
    anc_engine_take_levels(&d->engine, &levels);
    const uint32_t events = supervisor_step(&d->supervisor, &d->engine, &levels);
    device_lock(d, false);
    device_log_supervisor(d, events);
    device_restart_control(d, events);
    device_guards_control(d);
    device_control_filter(d);
    device_gather_levels(d, &levels);
    if (d->linkOpen && nowMs - d->lastFrameMs > LINK_HOST_SILENCE_MS) host_is_gone(d);
    device_latency_control(d);
    device_identify_control(d);
    device_update_control(d);
    device_streams_control(d);
}

void device_report_load(device_t *d, uint32_t cpuPermille, uint32_t deadlineMisses) {
    d->cpuPermille = cpuPermille;
    d->deadlineMisses = deadlineMisses;
}

void device_report_dropouts(device_t *d, uint32_t dropouts) {
    d->dropouts = dropouts;
}

void device_quiet(device_t *d, bool quiet) {
    if (quiet) {
        device_identify_end(d, IDENTIFY_ABORTED);
        device_latency_end(d);
    }
    d->quiet = quiet;
    device_apply_params(d);
}

bool device_is_silent(const device_t *d) {
    return d->engine.fade_q24 == 0 && d->engine.injected_q31 == 0;
}

void device_link_opened(device_t *d) {
    host_is_gone(d); /* the one before */
    d->decoder.n = 0;
    d->decoder.tooLong = false;
    d->lastFrameMs = d->nowMs;
    d->readBytes = d->writeBytes = 0;
    d->linkOpen = true;
}

void device_link_closed(device_t *d) {
    host_is_gone(d);
    d->linkOpen = false;
}

bool device_set_secondary(device_t *d, const anc_secondary_model_t *model) {
    if (!model) return false;
    device_lock(d, true);
    const bool taken = anc_engine_set_secondary(&d->engine, model);
    device_lock(d, false);
    if (taken) device_choose_algorithm(d, true);
    if (taken)
        device_log(d, LINK_LOG_LEVEL_INFO, LINK_LOG_CODE_SECONDARY_MODEL_CHANGED, model->length);
    return taken;
}

const char *device_set_parameter(device_t *d, const char *name, const char *text) {
    const int index = params_by_name(name);
    int32_t raw;
    if (index == PARAMS_NONE) return "no such parameter";
    if (!params_parse(index, text, &raw)) return "not a value of this parameter";
    if (!params_set(&d->params, index, raw, &raw)) return "out of range";
    device_apply_params(d);
    return NULL;
}

void device_log(device_t *d, uint8_t level, uint8_t code, int32_t value) {
    if (d->logHead - d->logTail == DEVICE_LOG_ENTRIES) d->logTail++;
    d->log[d->logHead++ % DEVICE_LOG_ENTRIES] =
        (device_log_t){.level = level, .code = code, .uptimeMs = device_uptime(d), .value = value};
}
