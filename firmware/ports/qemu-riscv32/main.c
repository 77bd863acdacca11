/*
 * The firmware on an emulated RISC-V chip. The timer's interrupt is the audio: every millisecond it
 * plays 48 samples through a simulated ear. Everything else, the control context of device.h, is
 * the loop in start.
 *
 * Time. machine_ticks is the wall's clock, and so is the device's. A machine that is too slow for
 * the audio plays less of it in that time: the audio never takes more than four fifths of the
 * processor, so that the link goes on, and what is late is counted as deadline misses. Nor does it
 * play more than 10 ms between two steps of the control context, so that what the headset does not
 * depend on how busy the host is.
 */
#include <stdio.h>
#include <string.h>

#include "device/device.h"
#include "device_tree.h"
#include "fixed_noise.h"
#include "fixed_plant.h"
#include "machine.h"
#include "nor_flash.h"
#include "options.h"
#include "secondary_model.h"
#include "serial.h"
#include "store/settings_store.h"

#ifndef ANC_FIRMWARE_VERSION
#define ANC_FIRMWARE_VERSION "0.1.0"
#endif

enum {
    SAMPLES = 48, /* of an interrupt */
    CONTROL_BLOCKS = 10,
    CONTROL_LATEST_MS = 50,
    LOAD_MS = 500,
    LATE_MS = 500,
    AUDIO_SHARE = 4, /* to 1 of everything else, at least */
    WAIT_TICKS = MACHINE_TICKS_PER_MS / 4,
    SILENT_BLOCKS = 2,
    STORE_SECTORS = 2,
    CONTROL_MEMORY_BYTES = 4 << 20,
};

typedef struct {
    options_t options;
    device_t device;
    serial_t serial;
    settings_store_t store;
    fixed_plant_t plant;
    fixed_noise_t noise;
    anc_secondary_model_t model;
    guards_t guards;
    bool hadHost, restartAsked;
    uint64_t startTicks;
    uint32_t silentFrom;
    uint64_t controlTicks, loadTicks;
    /* of the audio context, or for it */
    volatile uint32_t blocks, busyTicks, deadlineMisses;
    volatile uint32_t controlBlocks; /* at the last control step */
    uint64_t dueTicks;
    volatile bool silent;
} headset_t;

void trap(void); /* for start.S, as start below */
__attribute__((noreturn)) void start(uint32_t hart, const void *tree);

static headset_t headset;
static _Alignas(16) uint8_t controlMemory[CONTROL_MEMORY_BYTES];

static uint64_t now_ms(const headset_t *h) {
    return (machine_ticks() - h->startTicks) / MACHINE_TICKS_PER_MS;
}

static void play_block(headset_t *h) {
    for (int i = 0; i < SAMPLES; i++) {
        const int32_t ref = fixed_plant_reference(&h->plant, fixed_noise_next(&h->noise));
        const int32_t out = device_audio_output(&h->device, ref);
        device_audio_adapt(&h->device, fixed_plant_error(&h->plant, h->silent ? 0 : out));
    }
    h->blocks++;
}

static void audio(headset_t *h) {
    const bool waits = h->blocks - h->controlBlocks >= CONTROL_BLOCKS;
    const uint64_t start = machine_ticks();
    if (!waits) {
        play_block(h);
        h->dueTicks += MACHINE_TICKS_PER_MS;
    }
    const uint64_t end = machine_ticks();
    h->busyTicks += (uint32_t)(end - start);
    if (end > h->dueTicks + LATE_MS * MACHINE_TICKS_PER_MS) {
        h->deadlineMisses++;
        h->dueTicks = end;
    }
    const uint64_t pause = waits ? WAIT_TICKS : (end - start) / AUDIO_SHARE;
    machine_wake_at(h->dueTicks > end + pause ? h->dueTicks : end + pause);
}

/* mtvec: the timer, or the end. */
__attribute__((interrupt("machine"), aligned(4))) void trap(void) {
    uint32_t cause, address;
    __asm__ volatile("csrr %0, mcause" : "=r"(cause));
    if (cause == 0x80000007u) {
        audio(&headset);
        return;
    }
    char what[64];
    __asm__ volatile("csrr %0, mepc" : "=r"(address));
    snprintf(what, sizeof what, "trap %lx at %lx", (unsigned long)cause, (unsigned long)address);
    machine_fail(MACHINE_TROUBLE, "CHIP_TRAPPED", NULL, what);
}

static bool tx(void *context, const uint8_t *bytes, size_t n) {
    return serial_put(&((headset_t *)context)->serial, bytes, n);
}

static size_t store_read(void *context, uint8_t *buffer, size_t capacity) {
    return settings_store_read(&((headset_t *)context)->store, SETTINGS_KEY_PARAMETERS, buffer,
                               capacity);
}

static bool store_write(void *context, const uint8_t *bytes, size_t n) {
    return settings_store_write(&((headset_t *)context)->store, SETTINGS_KEY_PARAMETERS, bytes, n);
}

static void reboot(void *context) {
    ((headset_t *)context)->restartAsked = true;
}

static void lock(void *context, bool locked) {
    (void)context;
    machine_interrupts(!locked);
}

static void set(headset_t *h, const char *name, const char *value) {
    const char *wrong = device_set_parameter(&h->device, name, value);
    if (!wrong) return;
    char what[128];
    snprintf(what, sizeof what, "set %.40s=%.40s: %s", name, value, wrong);
    machine_fail(MACHINE_BAD_INPUT, "OPTION_INVALID", "docs/parameters.md lists names and ranges.",
                 what);
}

/* The board's own values where nothing is stored, and those of the command line when it is new. */
static void start_values(headset_t *h, bool isNew) {
    if (!h->device.params.storeValid || h->device.info.safeMode)
        for (const board_parameter_t *p = h->options.board->parameters; p->name; p++)
            set(h, p->name, p->value);
    for (int i = 0; isNew && i < h->options.settingCount; i++) {
        char name[64];
        const char *equals = strchr(h->options.settings[i], '=');
        snprintf(name, sizeof name, "%.*s", (int)(equals - h->options.settings[i]),
                 h->options.settings[i]);
        set(h, name, equals + 1);
    }
}

static void make_sound(headset_t *h) {
    const options_t *o = &h->options;
    const path_recipes_t *paths = path_recipes(o->paths);
    if (!paths)
        machine_fail(MACHINE_BAD_INPUT, "PATH_INVALID",
                     "There are builtin:normal and builtin:loose.", "no such paths in this image");
    if (!fixed_noise_init(&h->noise, o->noise, o->levelDb, o->seed))
        machine_fail(MACHINE_BAD_INPUT, "NOISE_INVALID",
                     "There are cabin, engine, train, pink, white and sine:HZ, 1 to 20000.",
                     "no such noise in this image");
    fixed_plant_init(&h->plant, paths, o->latencySamples, o->micNoiseDb, o->seed);
    static float taps[ANC_MAX_SECONDARY_TAPS];
    path_recipe_response(&paths->secondary, taps);
    if (o->hasModel &&
        plant_secondary_model(taps, paths->secondary.length, o->latencySamples, &h->model))
        device_set_secondary(&h->device, &h->model);
}

static void power_up(headset_t *h, bool isNew) {
    const flash_t flash = nor_flash(STORE_SECTORS);
    if (!settings_store_mount(&h->store, &flash))
        machine_fail(MACHINE_TROUBLE, "FLASH_FAILED", NULL, "the flash cannot be read");
    const device_port_t port = {.context = h,
                                .tx = tx,
                                .store_read = store_read,
                                .store_write = store_write,
                                .reboot = reboot,
                                .lock = lock,
                                .controlMemory = controlMemory,
                                .controlBytes = sizeof controlMemory,
                                .guards = h->options.hasGuards ? &h->guards : NULL};
    const device_info_t info = {.board = h->options.board->id,
                                .firmwareVersion = ANC_FIRMWARE_VERSION,
                                .serialNumber = h->options.serialNumber,
                                .sampleRateHz = h->options.board->sampleRateHz,
                                .addedLatencySamples = h->options.latencySamples,
                                .resetReason =
                                    isNew ? LINK_RESET_REASON_POWER_ON : LINK_RESET_REASON_SOFTWARE,
                                .safeMode = isNew && h->options.safeMode};
    device_init(&h->device, &port, &info);
}

static void serve_host(headset_t *h) {
    const uint8_t *bytes;
    uint16_t id;
    size_t n;
    serial_work(&h->serial);
    if (h->serial.isOpen != h->hadHost) {
        h->hadHost = h->serial.isOpen;
        if (h->hadHost)
            device_link_opened(&h->device);
        else
            device_link_closed(&h->device);
    }
    while (serial_take(&h->serial, &id, &bytes, &n)) {
        device_rx(&h->device, bytes, n);
        serial_give_back(&h->serial, id);
    }
    device_poll_streams(&h->device);
    serial_work(&h->serial);
}

static void control(headset_t *h) {
    const uint64_t now = machine_ticks();
    const bool isDue = h->blocks - h->controlBlocks >= CONTROL_BLOCKS ||
                       now - h->controlTicks >= CONTROL_LATEST_MS * MACHINE_TICKS_PER_MS;
    if (!isDue) return;
    h->controlBlocks = h->blocks;
    h->controlTicks = now;
    device_control(&h->device, now_ms(h));
}

static void report_load(headset_t *h) {
    const uint64_t elapsed = machine_ticks() - h->loadTicks;
    if (elapsed < LOAD_MS * MACHINE_TICKS_PER_MS) return;
    machine_interrupts(false);
    const uint32_t busy = h->busyTicks;
    h->busyTicks = 0;
    machine_interrupts(true);
    h->loadTicks += elapsed;
    device_report_load(&h->device, (uint32_t)(busy * 1000ull / elapsed), h->deadlineMisses);
}

/* After the answer has left, and with silence at the loudspeaker. */
static void restart_if_asked(headset_t *h) {
    if (!h->restartAsked || !serial_is_sent(&h->serial)) return;
    if (!h->silent) h->silentFrom = h->blocks;
    h->silent = true;
    if (h->blocks - h->silentFrom < SILENT_BLOCKS) return;
    machine_restart();
}

/* From start.S, with what QEMU leaves in the registers of the first two arguments. */
__attribute__((noreturn)) void start(uint32_t hart, const void *tree) {
    (void)hart;
    headset_t *h = &headset;
    const bool isNew = !machine_was_restarted();
    options_read(&h->options, device_tree_arguments(tree));
    h->startTicks = h->controlTicks = h->loadTicks = machine_ticks();
    power_up(h, isNew);
    make_sound(h);
    start_values(h, isNew);
    if (!serial_init(&h->serial))
        machine_fail(MACHINE_TROUBLE, "LINK_FAILED", NULL, "the machine has no virtserialport");
    machine_print("{\"event\":\"started\"}\n");
    h->dueTicks = machine_ticks();
    machine_wake_at(h->dueTicks);
    machine_interrupts(true);
    for (;;) {
        serve_host(h);
        control(h);
        report_load(h);
        restart_if_asked(h);
        machine_sleep();
    }
}
