/* anc-virtual: the firmware's core as a process, with an acoustic plant in place of a codec. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "boot.h"
#include "fail.h"
#include "host_link.h"
#include "options.h"
#include "recorder.h"
#include "secondary_model.h"
#include "store_file.h"

enum { RATE = PATHS_SAMPLE_RATE_HZ, TICK = 48, CONTROL_TICKS = 10, LOAD_TICKS = 500, LATE_MS = 50 };

static volatile sig_atomic_t ended;

static void on_signal(int number) {
    (void)number;
    ended = 1;
}

typedef struct {
    options_t options;
    device_t device;
    host_link_t link;
    store_file_t store;
    char storePath[SLOTS_PATH_BYTES]; /* in the folder of slots */
    slots_t slots;
    boot_t boot;
    plant_t *plant;
    noise_t *noise;
    paths_t paths;
    const paths_t *playing;
    recorder_t *recorder;
    anc_secondary_model_t model;
    bool hasModel, rebootAsked;
    guards_t guards;
    void *controlMemory;
    size_t controlBytes;
    uint64_t startNs, ticks;
    uint64_t busyNs, loadStartNs; /* of the present load interval */
    uint32_t deadlineMisses;
    double sums[RECORD_SIGNALS]; /* of squares over the second half of --seconds */
    uint64_t summed;
} headset_t;

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* With a host the clock on the wall counts, because the host's does; without one the audio's. */
static uint64_t now_ms(const headset_t *h) {
    const bool hasLink = h->options.tcp || h->options.pty;
    return hasLink ? (now_ns() - h->startNs) / 1000000u : h->ticks * TICK * 1000u / RATE;
}

static bool tx(void *context, const uint8_t *bytes, size_t n) {
    headset_t *h = context;
    return host_link_tx(&h->link, bytes, n, now_ms(h));
}

static size_t store_read(void *context, uint8_t *buffer, size_t capacity) {
    return store_file_read(&((headset_t *)context)->store, buffer, capacity);
}

static bool store_write(void *context, const uint8_t *bytes, size_t n) {
    return store_file_write(&((headset_t *)context)->store, bytes, n);
}

static void reboot(void *context) {
    ((headset_t *)context)->rebootAsked = true;
}

/* For the longest filter behind the longest model, and to follow that: a desktop has it. */
static void take_control_memory(headset_t *h) {
    const size_t path = ANC_MAX_SECONDARY_DELAY + ANC_MAX_SECONDARY_TAPS;
    h->controlBytes = normal_equations_bytes(ANC_MAX_TAPS, path) + online_bytes(path);
    h->controlMemory = malloc(h->controlBytes);
    if (!h->controlMemory)
        fail(EXIT_TROUBLE, "OUT_OF_MEMORY", "Close something.", "%zu bytes are missing",
             h->controlBytes);
}

/* Of an image what its header says, as everywhere. */
static const char *firmware_version(const headset_t *h) {
    return h->boot.booted ? h->slots.versions[h->slots.current] : ANC_FIRMWARE_VERSION;
}

static void power_up(headset_t *h, uint8_t resetReason) {
    const device_port_t port = {.context = h,
                                .tx = tx,
                                .store_read = store_read,
                                .store_write = store_write,
                                .reboot = reboot,
                                .controlMemory = h->controlMemory,
                                .controlBytes = h->controlBytes,
                                .guards = h->options.noGuards ? NULL : &h->guards,
                                .update = h->boot.booted ? &h->slots.port : NULL};
    const device_info_t info = {.board = h->options.board->id,
                                .firmwareVersion = firmware_version(h),
                                .serialNumber = h->options.serialNumber,
                                .sampleRateHz = RATE,
                                .addedLatencySamples = h->options.latencySamples,
                                .resetReason = resetReason,
                                .safeMode = h->options.safeMode || h->boot.safeMode};
    device_init(&h->device, &port, &info);
    if (h->hasModel) device_set_secondary(&h->device, &h->model);
}

static void apply_settings(headset_t *h) {
    const board_t *board = h->options.board;
    for (const board_parameter_t *p = board->parameters; p->name; p++)
        device_set_parameter(&h->device, p->name, p->value);
    for (int i = 0; i < h->options.settingCount; i++) {
        char name[64];
        const char *equals = strchr(h->options.settings[i], '=');
        snprintf(name, sizeof name, "%.*s", (int)(equals - h->options.settings[i]),
                 h->options.settings[i]);
        const char *wrong = device_set_parameter(&h->device, name, equals + 1);
        if (wrong)
            fail(EXIT_BAD_INPUT, "OPTION_INVALID", "docs/parameters.md lists names and ranges.",
                 "--set %s: %s", h->options.settings[i], wrong);
    }
}

static void make_model(headset_t *h) {
    const char *name = h->options.secondaryModel;
    if (strcmp(name, "none") == 0) return;
    const bool exact = strcmp(name, "exact") == 0;
    const paths_t paths = exact ? h->paths : paths_read(name, h->options.secondary);
    h->hasModel = plant_secondary_model(paths.secondary.taps, paths.secondary.length,
                                        h->options.latencySamples, &h->model);
    if (!h->hasModel)
        fail(EXIT_BAD_INPUT, "MODEL_IMPOSSIBLE",
             "The model holds 256 samples of delay and 512 taps with a gain of 2^+-16.",
             "the secondary path of %s with %u samples of latency cannot be modelled", name,
             h->options.latencySamples);
}

static void set_up(headset_t *h) {
    const options_t *o = &h->options;
    h->paths = paths_read(o->paths, o->secondary);
    h->playing = &h->paths;
    h->plant = plant_new(&h->paths, o->latencySamples, o->micNoiseDb, o->seed);
    h->noise = noise_open(o->noise, o->levelDb, o->seed);
    h->store.path = o->store;
    if (o->slots && !o->store) {
        snprintf(h->storePath, sizeof h->storePath, "%s/settings", o->slots);
        h->store.path = h->storePath;
    }
    make_model(h);
    h->startNs = now_ns();
    take_control_memory(h);
    power_up(h, h->boot.resetReason);
    apply_settings(h);
    if (o->record) h->recorder = recorder_open(o->record);
}

static void print_listening(headset_t *h) {
    printf("{\"event\":\"listening\"");
    if (h->options.tcp)
        printf(",\"tcp\":\"127.0.0.1:%u\"", host_link_listen(&h->link, h->options.tcpPort));
    if (h->options.pty) printf(",\"pty\":\"%s\"", host_link_open_pty(&h->link, h->options.ptyLink));
    printf("}\n");
    fflush(stdout);
}

static void apply_faults(headset_t *h) {
    if (h->options.faultCount == 0) return;
    const fault_state_t state =
        faults_at(h->options.faults, h->options.faultCount, (double)(h->ticks * TICK) / RATE);
    plant_set_faults(h->plant, state.plant);
    h->link.faults = state.pipe;
    const paths_t *paths = state.paths ? state.paths : &h->paths;
    if (paths != h->playing) plant_swap(h->plant, paths);
    h->playing = paths;
}

static void play_tick(headset_t *h) {
    const bool measuring = (double)(h->ticks * TICK) >= h->options.seconds * RATE / 2;
    for (int i = 0; i < TICK; i++) {
        int32_t signals[RECORD_SIGNALS];
        signals[RECORD_REFERENCE] = plant_reference(h->plant, noise_next(h->noise));
        signals[RECORD_ANTI_NOISE] = device_audio_output(&h->device, signals[RECORD_REFERENCE]);
        signals[RECORD_ERROR_ON] =
            plant_error(h->plant, signals[RECORD_ANTI_NOISE], &signals[RECORD_ERROR_OFF]);
        device_audio_adapt(&h->device, signals[RECORD_ERROR_ON]);
        if (h->recorder) recorder_put(h->recorder, signals);
        if (!measuring) continue;
        for (int s = 0; s < RECORD_SIGNALS; s++)
            h->sums[s] += pow(signals[s] / 2147483648.0, 2);
        h->summed++;
    }
    h->ticks++;
}

static void report_load(headset_t *h) {
    const uint64_t audioNs = (uint64_t)LOAD_TICKS * TICK * 1000000000u / RATE;
    device_report_load(&h->device, (uint32_t)(h->busyNs * 1000 / audioNs), h->deadlineMisses);
    h->busyNs = 0;
}

/* Waits for the time of the next tick and answers the host meanwhile. */
static void wait_for_tick(headset_t *h, uint64_t dueNs) {
    struct pollfd fds[HOST_LINK_FDS + 1];
    for (;;) {
        host_link_work(&h->link, now_ms(h));
        const uint64_t nowNs = now_ns();
        if (ended || nowNs >= dueNs) return;
        int n;
        host_link_poll_fds(&h->link, fds, &n);
        const struct timespec wait = {.tv_nsec = (long)(dueNs - nowNs)};
        if (ppoll(fds, (nfds_t)n, &wait, NULL) <= 0) return;
    }
}

static void restart_if_asked(headset_t *h) {
    if (!h->rebootAsked || pipe_count(&h->link.toHost) > 0) return;
    h->rebootAsked = false;
    host_link_hang_up(&h->link);
    if (h->boot.booted) {
        if (h->recorder) recorder_close(h->recorder);
        exit(BOOT_RESTART);
    }
    power_up(h, LINK_RESET_REASON_SOFTWARE);
}

static bool stdin_ended(void) {
    char bytes[256];
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&fd, 1, 0) <= 0) return false;
    return read(STDIN_FILENO, bytes, sizeof bytes) <= 0;
}

static void run(headset_t *h) {
    const double speed = h->options.speed;
    const uint64_t tickNs = speed > 0 ? (uint64_t)(1e9 * TICK / RATE / speed) : 0;
    uint64_t dueNs = now_ns();
    while (!ended) {
        const uint64_t startNs = now_ns();
        apply_faults(h);
        play_tick(h);
        if (h->ticks % CONTROL_TICKS == 0) device_control(&h->device, now_ms(h));
        device_poll_streams(&h->device);
        h->busyNs += now_ns() - startNs;
        if (h->ticks % LOAD_TICKS == 0) report_load(h);
        if (h->ticks % CONTROL_TICKS == 0 && h->options.exitWithStdin && stdin_ended()) return;
        if (h->options.seconds > 0 && (double)(h->ticks * TICK) >= h->options.seconds * RATE)
            return;
        dueNs += tickNs;
        if (speed > 0 && now_ns() > dueNs + LATE_MS * 1000000u) {
            h->deadlineMisses++; /* the machine was elsewhere: go on from now rather than race */
            dueNs = now_ns();
        }
        wait_for_tick(h, speed > 0 ? dueNs : 0);
        restart_if_asked(h);
    }
}

static double level_db(const headset_t *h, int signal) {
    const double meanSquare = h->summed ? h->sums[signal] / (double)h->summed : 0;
    return meanSquare > 1e-15 ? 10 * log10(meanSquare) : -150;
}

/* What no host has read: at most DEVICE_LOG_ENTRIES events, the newest. */
static void print_log(const device_t *d) {
    for (uint32_t i = d->logTail; i != d->logHead; i++) {
        const device_log_t *entry = &d->log[i % DEVICE_LOG_ENTRIES];
        printf("%s{\"ms\":%u,\"code\":%u,\"value\":%d}", i == d->logTail ? "" : ",",
               (unsigned)entry->uptimeMs, entry->code, (int)entry->value);
    }
}

static void print_done(const headset_t *h) {
    printf("{\"event\":\"done\",\"seconds\":%.3f,\"realTimeFactor\":%.2f,\"referenceDb\":%.2f,"
           "\"errorOnDb\":%.2f,\"errorOffDb\":%.2f,\"antiNoiseDb\":%.2f,\"rollbacks\":%u,"
           "\"impulses\":%u,\"log\":[",
           (double)(h->ticks * TICK) / RATE,
           (double)(h->ticks * TICK) / RATE / ((double)(now_ns() - h->startNs) / 1e9),
           level_db(h, RECORD_REFERENCE), level_db(h, RECORD_ERROR_ON),
           level_db(h, RECORD_ERROR_OFF), level_db(h, RECORD_ANTI_NOISE),
           (unsigned)h->device.supervisor.rollbacks,
           (unsigned)anc_engine_impulses(&h->device.engine));
    print_log(&h->device);
    printf("]}\n");
}

/* With slots this process is only the boot loader, unless one has started it. */
static int boot_slots(headset_t *h, char **argv) {
    if (h->options.tcp || h->options.pty) print_listening(h);
    const int status = boot_run(&h->slots, &h->link, argv);
    host_link_close(&h->link);
    return status;
}

int main(int argc, char **argv) {
    static headset_t headset;
    headset.options = options_parse(argc, argv);
    const options_t *o = &headset.options;
    host_link_init(&headset.link, &headset.device, o->seed);
    if (o->slots) {
        headset.boot = boot_read();
        slots_open(&headset.slots, o->slots, o->board->id, o->trialMs);
        if (!headset.boot.booted) return boot_slots(&headset, argv);
    }
    const struct sigaction end = {.sa_handler = on_signal};
    sigaction(SIGINT, &end, NULL);
    sigaction(SIGTERM, &end, NULL);
    signal(SIGPIPE, SIG_IGN);
    set_up(&headset);
    if (headset.boot.booted)
        host_link_inherit(&headset.link, headset.boot.tcp, headset.boot.pty);
    else if (o->tcp || o->pty)
        print_listening(&headset);
    run(&headset);
    if (headset.recorder) recorder_close(headset.recorder);
    if (o->seconds > 0) print_done(&headset);
    host_link_close(&headset.link);
    return 0;
}
