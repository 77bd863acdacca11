/* Events: telemetry, signals, log. */
#include "device/device_internal.h"

enum { TELEMETRY = 0, SIGNALS = 1, LOG = 2, IDENTIFICATION = 3 };
static const uint8_t streamMessages[DEVICE_STREAMS] = {
    LINK_MESSAGE_TELEMETRY, LINK_MESSAGE_SIGNALS, LINK_MESSAGE_LOG, LINK_MESSAGE_IDENTIFICATION};

/* Room for the samples of one frame beside the other fields. */
enum { SIGNAL_BYTES = 984, SAMPLE_BYTES = 3 };

_Static_assert(SIGNAL_BYTES + 11 + 2 + 3 <= LINK_MAX_BODY_BYTES, "a full signals frame fits");

static uint32_t channel_count(uint8_t channels) {
    uint32_t count = 0;
    for (; channels; channels &= (uint8_t)(channels - 1))
        count++;
    return count;
}

bool device_set_stream(device_t *d, uint32_t stream, bool enabled, uint32_t channels) {
    int index = -1;
    for (int i = 0; i < DEVICE_STREAMS; i++)
        if (streamMessages[i] == stream) index = i;
    if (index < 0) return false;
    if (index == SIGNALS) {
        if (enabled && (channels == 0 || channels >> SIGNAL_CHANNELS != 0)) return false;
        signal_ring_stop(&d->signals);
        if (enabled) d->signalChannels = (uint8_t)channels;
        if (enabled) signal_ring_start(&d->signals);
    }
    if (index == TELEMETRY && enabled) {
        d->lastTelemetryMs = d->nowMs;
        d->levels = (device_levels_t){.samples = 0};
    }
    d->streams[index] = enabled;
    return true;
}

void device_streams_stop(device_t *d) {
    for (int i = 0; i < DEVICE_STREAMS; i++)
        d->streams[i] = false;
    signal_ring_stop(&d->signals);
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

void device_gather_levels(device_t *d, const anc_levels_t *levels) {
    device_levels_t *sum = &d->levels;
    d->clippedSamples += levels->clipped;
    d->limitedSamples += levels->limited;
    /* A second at 192 kHz of full-scale squares is below 2^50. Without a listener the sums start
     * anew rather than overflow. */
    if (sum->samples > (1U << 20)) *sum = (device_levels_t){.samples = 0};
    sum->samples += levels->samples;
    sum->reference += levels->referenceMeanSquare * levels->samples;
    sum->error += levels->errorMeanSquare * levels->samples;
    sum->output += levels->outputMeanSquare * levels->samples;
    sum->disturbance += levels->disturbanceMeanSquare * levels->samples;
    sum->referencePeak = larger(sum->referencePeak, levels->referencePeak);
    sum->errorPeak = larger(sum->errorPeak, levels->errorPeak);
    sum->outputPeak = larger(sum->outputPeak, levels->outputPeak);
}

/* The sequence number moves on even when there was no room, so that the host sees the gap. */
static bool send_event(device_t *d, int stream, const wire_writer_t *body) {
    const uint16_t sequence = d->eventSequence[stream]++;
    return device_send(d, LINK_KIND_EVENT, streamMessages[stream], sequence, body->n);
}

static void send_telemetry(device_t *d) {
    const device_levels_t *levels = &d->levels;
    const uint64_t n = levels->samples ? levels->samples : 1;
    wire_writer_t w = {.bytes = d->body, .capacity = sizeof d->body};
    device_lock(d, true);
    const uint32_t weightsPeak = anc_engine_weights_peak(&d->engine);
    const uint64_t sampleIndex = d->sampleIndex;
    device_lock(d, false);
    wire_u64(&w, LINK_TELEMETRY_SAMPLE_INDEX, sampleIndex);
    wire_u64(&w, LINK_TELEMETRY_MODE, (uint64_t)d->params.values[PARAM_MODE]);
    wire_u64(&w, LINK_TELEMETRY_GUARD, d->supervisor.guard);
    wire_u64(&w, LINK_TELEMETRY_REFERENCE_MEAN_SQUARE, levels->reference / n);
    wire_u64(&w, LINK_TELEMETRY_ERROR_MEAN_SQUARE, levels->error / n);
    wire_u64(&w, LINK_TELEMETRY_OUTPUT_MEAN_SQUARE, levels->output / n);
    wire_u64(&w, LINK_TELEMETRY_DISTURBANCE_MEAN_SQUARE, levels->disturbance / n);
    wire_u64(&w, LINK_TELEMETRY_REFERENCE_PEAK, levels->referencePeak);
    wire_u64(&w, LINK_TELEMETRY_ERROR_PEAK, levels->errorPeak);
    wire_u64(&w, LINK_TELEMETRY_OUTPUT_PEAK, levels->outputPeak);
    wire_u64(&w, LINK_TELEMETRY_CLIPPED_SAMPLES, d->clippedSamples);
    wire_u64(&w, LINK_TELEMETRY_LIMITED_SAMPLES, d->limitedSamples);
    wire_u64(&w, LINK_TELEMETRY_ROLLBACKS, d->supervisor.rollbacks);
    wire_u64(&w, LINK_TELEMETRY_CPU_PERMILLE, d->cpuPermille);
    wire_u64(&w, LINK_TELEMETRY_DEADLINE_MISSES, d->deadlineMisses);
    wire_u64(&w, LINK_TELEMETRY_WEIGHTS_PEAK, weightsPeak);
    wire_u64(&w, LINK_TELEMETRY_STREAM_DROPPED, d->streamDropped);
    wire_u64(&w, LINK_TELEMETRY_IMPULSES, anc_engine_impulses(&d->engine));
    wire_u64(&w, LINK_TELEMETRY_NOTCHES,
             d->port.guards ? howling_notches(&d->port.guards->howling) : 0);
    wire_u64(&w, LINK_TELEMETRY_WIND, d->engine.ducked);
    wire_u64(&w, LINK_TELEMETRY_DROPOUTS, d->dropouts);
    send_event(d, TELEMETRY, &w);
    d->levels = (device_levels_t){.samples = 0};
}

static void send_log(device_t *d) {
    while (d->logTail != d->logHead) {
        const device_log_t *entry = &d->log[d->logTail % DEVICE_LOG_ENTRIES];
        wire_writer_t w = {.bytes = d->body, .capacity = sizeof d->body};
        wire_u64(&w, LINK_LOG_LEVEL, entry->level);
        wire_u64(&w, LINK_LOG_CODE, entry->code);
        wire_u64(&w, LINK_LOG_UPTIME_MS, entry->uptimeMs);
        wire_i32(&w, LINK_LOG_VALUE, entry->value);
        const uint16_t sequence = d->eventSequence[LOG];
        /* Kept for the next time when there is no room: nothing is lost, no number is used up. */
        if (!device_send(d, LINK_KIND_EVENT, LINK_MESSAGE_LOG, sequence, w.n)) return;
        d->eventSequence[LOG]++;
        d->logTail++;
    }
}

static void send_identification(device_t *d) {
    wire_writer_t w = {.bytes = d->body, .capacity = sizeof d->body};
    if (device_identify_progress(d, &w)) send_event(d, IDENTIFICATION, &w);
}

void device_streams_control(device_t *d) {
    if (d->streams[LOG]) send_log(d);
    if (d->streams[IDENTIFICATION]) send_identification(d);
    if (!d->streams[TELEMETRY]) return;
    const uint64_t intervalMs = 1000U / (uint32_t)d->params.values[PARAM_TELEMETRY_RATE_HZ];
    if (d->nowMs - d->lastTelemetryMs < intervalMs) return;
    send_telemetry(d);
    d->lastTelemetryMs += intervalMs;
    if (d->nowMs - d->lastTelemetryMs >= intervalMs) d->lastTelemetryMs = d->nowMs;
}

static uint8_t *put_sample(uint8_t *out, int32_t sample_q31) {
    const uint32_t bits = (uint32_t)sample_q31 >> 8;
    out[0] = (uint8_t)bits;
    out[1] = (uint8_t)(bits >> 8);
    out[2] = (uint8_t)(bits >> 16);
    return out + SAMPLE_BYTES;
}

static void make_signals(device_t *d, uint32_t count, wire_writer_t *w) {
    uint8_t samples[SIGNAL_BYTES], *out = samples;
    for (uint32_t i = 0; i < count; i++) {
        const signal_sample_t *sample = signal_ring_peek(&d->signals, i);
        for (int channel = 0; channel < SIGNAL_CHANNELS; channel++)
            if (d->signalChannels >> channel & 1)
                out = put_sample(out, sample->channel_q31[channel]);
    }
    wire_u64(w, LINK_SIGNALS_SAMPLE_INDEX, signal_ring_index(&d->signals));
    wire_u64(w, LINK_SIGNALS_CHANNELS, d->signalChannels);
    wire_bytes(w, LINK_SIGNALS_SAMPLES, samples, (size_t)(out - samples));
}

void device_poll_streams(device_t *d) {
    if (!d->linkOpen || !d->streams[SIGNALS]) return;
    const uint32_t perFrame = SIGNAL_BYTES / (SAMPLE_BYTES * channel_count(d->signalChannels));
    while (signal_ring_count(&d->signals) >= perFrame) {
        wire_writer_t w = {.bytes = d->body, .capacity = sizeof d->body};
        make_signals(d, perFrame, &w);
        const uint16_t sequence = d->eventSequence[SIGNALS];
        if (!device_send(d, LINK_KIND_EVENT, LINK_MESSAGE_SIGNALS, sequence, w.n)) return;
        d->eventSequence[SIGNALS]++;
        signal_ring_drop(&d->signals, perFrame);
    }
    /* Emptied after a stall: go on from here. sampleIndex tells the host how much is missing. */
    if (signal_ring_stalled(&d->signals)) {
        d->streamDropped++;
        d->eventSequence[SIGNALS]++;
        signal_ring_start(&d->signals);
    }
}
