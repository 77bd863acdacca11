/*
 * The whole headset above a port: parameters, the audio engine, the supervisor, the link's messages
 * and streams. A port brings audio samples, a byte stream, a store and a clock.
 *
 * Contexts. Audio functions (device_audio_*) run in one context, the audio interrupt or loop. All
 * others run in the control context. Between the two there are a single-producer single-consumer
 * ring of signal samples and, where the port's two contexts can interrupt each other, the port's
 * `lock`, held for the few control calls that touch the engine. The virtual headset runs both in
 * one thread and needs none.
 */
#ifndef ANC_DEVICE_H
#define ANC_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/identify.h"
#include "control/normal_equations.h"
#include "control/online.h"
#include "device/device_update.h"
#include "device/guards.h"
#include "device/loop_latency.h"
#include "device/params.h"
#include "device/signal_ring.h"
#include "device/supervisor.h"
#include "device/update_port.h"
#include "dsp/engine.h"
#include "link/frame.h"

typedef struct {
    void *context; /* given back to each function */
    /* Sends all n bytes or none; false when there is no room now. Never blocks. */
    bool (*tx)(void *context, const uint8_t *bytes, size_t n);
    /* Reads the stored parameters into buffer; returns their size, 0 when there are none. */
    size_t (*store_read)(void *context, uint8_t *buffer, size_t capacity);
    /* Replaces the stored parameters, all or nothing even when power fails. */
    bool (*store_write)(void *context, const uint8_t *bytes, size_t n);
    /* Restarts the headset after the answer has left. NULL: the port cannot. */
    void (*reboot)(void *context);
    /* Keeps the audio context out while the engine is changed; NULL where it cannot run then. */
    void (*lock)(void *context, bool locked);
    /* For the normal equations and, at other times, the identification: see normal_equations_bytes
     * and identify_bytes; behind the normal equations there is room for online_bytes or not. NULL:
     * the headset has FxNLMS only and cannot identify. */
    void *controlMemory;
    size_t controlBytes;
    /* For the detectors of howling and wind, in single precision; NULL: there are none. */
    guards_t *guards;
    /* Slots for updates over the link; NULL: it is updated in other ways only. Must outlive the
     * device. */
    const update_port_t *update;
} device_port_t;

/* Strings must outlive the device; at most 63 bytes of each are sent. */
typedef struct {
    const char *board, *firmwareVersion, *serialNumber;
    uint32_t sampleRateHz;
    uint32_t addedLatencySamples; /* microphone to loudspeaker, without the acoustics */
    uint8_t resetReason;          /* enum resetReason of the link */
    bool safeMode; /* the stored settings stay where they are and the defaults are taken */
} device_info_t;

enum {
    DEVICE_MAX_BLOCK_BYTES = 4 * ANC_MAX_TAPS, /* weights; the secondary model is smaller */
    DEVICE_STREAMS = 4,                        /* telemetry, signals, log, identification */
    DEVICE_LOG_ENTRIES = 16,
};

typedef struct {
    uint8_t level, code;
    uint32_t uptimeMs;
    int32_t value;
} device_log_t;

/* What a telemetry event says of the signals, gathered between two of them. */
typedef struct {
    uint64_t samples;
    uint64_t reference, error, output, disturbance; /* sums of mean square * samples */
    uint32_t referencePeak, errorPeak, outputPeak;
} device_levels_t;

typedef struct {
    identify_t work;
    bool runs;
    uint64_t toldMs; /* the last progress event, and the phase in it */
    identify_phase_t toldPhase;
} device_identification_t;

typedef struct {
    loop_latency_t work;
    bool runs;
    loop_latency_result_t result; /* of the last one */
} device_latency_t;

/* Only the functions below touch the fields; they are here so that the caller can own the memory.
 */
typedef struct {
    device_port_t port;
    device_info_t info;
    params_t params;
    anc_engine_t engine;
    supervisor_t supervisor;
    normal_equations_t control;
    bool controls; /* the normal equations learn, not FxNLMS */
    online_t online;
    bool followsPath; /* and keeps the secondary model true */
    uint16_t controlTaps;
    anc_form_t controlForm;
    device_identification_t identification; /* the present or last one */
    device_latency_t latency;
    bool quiet;                     /* the port has asked for silence */
    anc_secondary_model_t feedback; /* loudspeaker to reference microphone, of the last accepted */
    bool hasFeedback;
    link_decoder_t decoder;
    signal_ring_t signals;

    bool linkOpen;
    uint64_t nowMs, startMs, lastFrameMs, lastTelemetryMs;
    bool started;
    uint64_t sampleIndex; /* of the audio context */
    bool streams[DEVICE_STREAMS];
    uint8_t signalChannels;
    uint16_t eventSequence[DEVICE_STREAMS];
    uint32_t rxUnknown, txFrames, txDropped;
    uint32_t clippedSamples, limitedSamples, streamDropped;
    uint32_t cpuPermille, deadlineMisses, dropouts;
    device_levels_t levels;
    uint8_t loggedMode;
    bool storeDamaged; /* there are stored settings, and they could not be read */
    device_update_t update;

    device_log_t log[DEVICE_LOG_ENTRIES];
    uint32_t logHead, logTail;

    /* a block being read (snapshot) or written (collected until its CRC) */
    uint8_t block[DEVICE_MAX_BLOCK_BYTES];
    size_t readBytes, writeBytes, writeTotal;
    uint8_t readBlock, writeBlock;

    uint8_t body[LINK_MAX_BODY_BYTES]; /* of the frame being made */
} device_t;

/* Reads the stored parameters and starts with them; a damaged store is reported and the defaults
 * are taken, as in safe mode. `port` and `info` are copied. */
void device_init(device_t *d, const device_port_t *port, const device_info_t *info);

/* Audio context. One sample in two steps (see engine.h) … */
int32_t device_audio_output(device_t *d, int32_t ref_q31);
void device_audio_adapt(device_t *d, int32_t err_q31);
/* … or a block; the buffers may be the same ones. */
void device_audio_process(device_t *d, const int32_t *ref_q31, const int32_t *err_q31,
                          int32_t *out_q31, size_t n);

/* Control context, about 100 times a second: supervisor, telemetry, log, host silence. nowMs counts
 * from any start and never goes back. */
void device_control(device_t *d, uint64_t nowMs);

/* Sends what the signals stream has collected, as far as tx takes it. Call as often as bytes may go
 * out, at least every 10 ms. */
void device_poll_streams(device_t *d);

/* Share of the audio budget used and blocks that came too late since start, for telemetry. */
void device_report_load(device_t *d, uint32_t cpuPermille, uint32_t deadlineMisses);

/* Blocks since start that the converters took or gave without the firmware, for telemetry. */
void device_report_dropouts(device_t *d, uint32_t dropouts);

/* Fades the output out, and back into the mode that is set, for a port that is about to keep the
 * audio context from running. Learning rests. */
void device_quiet(device_t *d, bool quiet);
/* Whether the output is silent by now. */
bool device_is_silent(const device_t *d);

/* A host has come or gone. Streams start off with each. */
void device_link_opened(device_t *d);
void device_link_closed(device_t *d);

/* Bytes from the host, in pieces of any size. */
void device_rx(device_t *d, const uint8_t *bytes, size_t n);

/* The model of the secondary path: NULL removes nothing and returns false. false and no change when
 * a field is out of range. */
bool device_set_secondary(device_t *d, const anc_secondary_model_t *model);

/* Sets a parameter by name from its text in the parameter's unit (`anc`, `0.002`, `true`), as a
 * port's command line does. Returns NULL, or what is wrong with it. */
const char *device_set_parameter(device_t *d, const char *name, const char *text);

/* Adds a log event; sent when the log stream is on, the newest DEVICE_LOG_ENTRIES are kept. */
void device_log(device_t *d, uint8_t level, uint8_t code, int32_t value);

#endif
