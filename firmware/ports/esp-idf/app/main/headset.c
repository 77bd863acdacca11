#include "headset.h"

#include <stdatomic.h>
#include <stdio.h>

#include "audio.h"
#include "audio_io.h"
#include "board.h"
#include "device/device.h"
#include "esp_app_desc.h"
#include "esp_mac.h"
#include "esp_task_wdt.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "link.h"
#include "memory.h"
#include "mute.h"
#include "reset_reason.h"
#include "safe_mode.h"
#include "settings.h"
#include "update.h"

enum {
    STACK_BYTES = 16384, /* 4 KiB of weights, 2 KiB of a frame, the design of a filter */
    PRIORITY = 10,       /* above what is idle, below the audio and ESP-IDF's own */
    CONTROL_MS = 10,
    POLL_MS = 1,        /* how long a byte of the host may lie */
    SILENCE_MS = 100,   /* at most; the fade takes 8 ms */
    ANSWER_MS = 100,    /* for the answer to a restart to leave */
    HEALTHY_MS = 30000, /* so long without a crash is no row of crashes */
    TELL_MS = 1000,     /* between two log events of an overload that goes on */
};

/* How the start of the audio has ended, told by the main task to the control task. From NO_CLOCK on
 * they are the values of the log event audioFailed. */
enum { AUDIO_STARTS = -2, AUDIO_RUNS = -1, AUDIO_NO_CLOCK = 0, AUDIO_NO_CODEC = 1 };

typedef struct {
    device_t device;
    char serialNumber[16];
    bool linkOpen;
    uint64_t controlMs; /* of the last control step */
    uint64_t restartMs; /* when to; 0: not */
    bool healthy;
    atomic_int audio;
    int loggedAudio;
    uint64_t overloadMs; /* when it was told last */
} headset_t;

static headset_t headset;

static uint64_t now_ms(void) {
    return (uint64_t)esp_timer_get_time() / 1000;
}

static bool tx(void *context, const uint8_t *bytes, size_t n) {
    return ((headset_t *)context)->linkOpen && link_write(bytes, n);
}

static size_t store_read(void *context, uint8_t *buffer, size_t capacity) {
    (void)context;
    return settings_read(buffer, capacity);
}

void headset_silence(bool silent) {
    device_t *device = &headset.device;
    device_quiet(device, silent);
    for (int ms = 0; silent && ms < SILENCE_MS; ms += CONTROL_MS) {
        const bool faded = device_is_silent(device);
        vTaskDelay(pdMS_TO_TICKS(CONTROL_MS)); /* also until the DMA has played what it has */
        if (faded) return;
    }
}

static bool store_write(void *context, const uint8_t *bytes, size_t n) {
    (void)context;
    headset_silence(true);
    const bool written = settings_write(bytes, n);
    headset_silence(false);
    return written;
}

static void reboot(void *context) {
    ((headset_t *)context)->restartMs = now_ms() + ANSWER_MS;
}

/* What the board is to start with where nothing is stored. */
static void apply_board(device_t *device) {
    static const struct { const char *name, *value; } parameters[] = {ANC_BOARD_PARAMETERS};
    for (size_t i = 0; parameters[i].name; i++)
        device_set_parameter(device, parameters[i].name, parameters[i].value);
}

static void power_up(headset_t *h, bool safeMode) {
    uint8_t mac[6];
    ESP_ERROR_CHECK(esp_efuse_mac_get_default(mac));
    snprintf(h->serialNumber, sizeof h->serialNumber, "%02x%02x%02x%02x%02x%02x", mac[0], mac[1],
             mac[2], mac[3], mac[4], mac[5]);
    device_port_t port = {.context = h,
                          .tx = tx,
                          .store_read = store_read,
                          .store_write = store_write,
                          .reboot = reboot,
                          .lock = audio_lock,
                          .update = update_port()};
    memory_give(&port);
    const device_info_t info = {.board = ANC_BOARD_ID,
                                .firmwareVersion = esp_app_get_description()->version,
                                .serialNumber = h->serialNumber,
                                .sampleRateHz = ANC_BOARD_SAMPLE_RATE_HZ,
                                .addedLatencySamples = ANC_BOARD_ADDED_LATENCY_SAMPLES,
                                .resetReason = reset_reason(),
                                .safeMode = safeMode};
    device_init(&h->device, &port, &info);
    if (!h->device.params.storeValid) apply_board(&h->device);
}

static void watch_link(headset_t *h) {
    const bool open = link_is_open();
    if (open == h->linkOpen) return;
    h->linkOpen = open;
    if (open)
        device_link_opened(&h->device);
    else
        device_link_closed(&h->device);
}

static void watch_audio(headset_t *h, uint64_t nowMs) {
    const int audio = atomic_load(&h->audio);
    if (audio != h->loggedAudio && audio >= AUDIO_NO_CLOCK)
        device_log(&h->device, LINK_LOG_LEVEL_ERROR, LINK_LOG_CODE_AUDIO_FAILED, audio);
    h->loggedAudio = audio;
    const audio_report_t report = audio_report();
    device_report_load(&h->device, report.loadPermille, report.deadlineMisses);
    device_report_dropouts(&h->device, report.dropouts);
    if (!report.overloaded) return;
    /* More than the chip can do: silence rather than a stutter, until somebody asks for less. */
    if (nowMs - h->overloadMs >= TELL_MS)
        device_log(&h->device, LINK_LOG_LEVEL_ERROR, LINK_LOG_CODE_OVERLOADED,
                   (int32_t)report.loadPermille);
    h->overloadMs = nowMs;
    device_set_parameter(&h->device, "mode", "off");
    audio_relieve();
}

static void step(headset_t *h, uint64_t nowMs) {
    watch_audio(h, nowMs);
    device_control(&h->device, nowMs);
    if (nowMs >= HEALTHY_MS && !h->healthy) {
        h->healthy = true;
        safe_mode_healthy();
    }
    if (h->restartMs == 0 || nowMs < h->restartMs) return;
    headset_silence(true);
    update_restart(); /* which mutes */
}

static void run(void *context) {
    headset_t *h = context;
    uint8_t bytes[512];
    ESP_ERROR_CHECK(esp_task_wdt_add(NULL));
    for (;;) {
        esp_task_wdt_reset();
        watch_link(h);
        const size_t n = link_read(bytes, sizeof bytes, POLL_MS);
        if (n > 0) device_rx(&h->device, bytes, n);
        device_poll_streams(&h->device);
        const uint64_t nowMs = now_ms();
        if (nowMs - h->controlMs < CONTROL_MS) continue;
        h->controlMs = nowMs;
        step(h, nowMs);
    }
}

void headset_start(bool safeMode) {
    atomic_init(&headset.audio, AUDIO_STARTS);
    headset.loggedAudio = AUDIO_STARTS;
    settings_init();
    audio_init(&headset.device);
    power_up(&headset, safeMode);
    link_start();
    /* The host is answered whatever the converters do: a headset without sound can say why. */
    xTaskCreatePinnedToCore(run, "control", STACK_BYTES, &headset, PRIORITY, NULL, CONTROL_CORE);
    const int audio = !audio_start() ? AUDIO_NO_CLOCK : codec_start() ? AUDIO_RUNS : AUDIO_NO_CODEC;
    if (audio == AUDIO_RUNS) {
        codec_mute(false);
        mute_set(false);
    }
    atomic_store(&headset.audio, audio);
}
