#include "audio.h"

#include <string.h>

#include "audio_io.h"
#include "board.h"
#include "esp_attr.h"
#include "esp_cpu.h"
#include "esp_rom_sys.h"
#include "esp_task_wdt.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "plain/deadline.h"
#include "plain/samples.h"

enum {
    STACK_BYTES = 4096,
    PRIORITY = configMAX_PRIORITIES - 1,
    /* The longest that the control task holds the mutex is far below: docs/esp-idf.md. */
    LOCK_MS = 50,
    WATCHDOG_BLOCKS = 256, /* between two resets of it: some 40 ms */
    START_MS = 500,
#if CONFIG_FREERTOS_UNICORE
    MOST_PERMILLE = 850, /* the rest is the control task's */
#else
    MOST_PERMILLE = 950,
#endif
};

static const slot_map_t slots = {AUDIO_SLOTS, ANC_BOARD_REFERENCE_SLOT, ANC_BOARD_ERROR_SLOT};

typedef struct {
    device_t *device;
    audio_io_t io;
    SemaphoreHandle_t mutex;
    StaticSemaphore_t mutexMemory;
    StaticTask_t taskMemory;
    StackType_t stack[STACK_BYTES];
    deadline_t deadline;
    atomic_uint_fast32_t blocks; /* computed since start */
    atomic_uint_fast32_t lost;   /* for want of a clock or of the mutex */
    /* What was counted while nothing was to be expected yet. */
    uint32_t dropoutsAtStart;
    int32_t frames[AUDIO_BLOCK_FRAMES * AUDIO_SLOTS];
    int32_t ref_q31[AUDIO_BLOCK_FRAMES], err_q31[AUDIO_BLOCK_FRAMES];
} audio_t;

static audio_t audio;

void audio_lock(void *context, bool locked) {
    (void)context;
    if (locked)
        xSemaphoreTake(audio.mutex, portMAX_DELAY);
    else
        xSemaphoreGive(audio.mutex);
}

/* The block that is in `frames` becomes the one to play. false: silence, it was not computed. */
static bool IRAM_ATTR compute(audio_t *a) {
    if (deadline_overloaded(&a->deadline)) return false;
    if (xSemaphoreTake(a->mutex, pdMS_TO_TICKS(LOCK_MS)) != pdTRUE) return false;
    samples_take(slots, a->frames, AUDIO_BLOCK_FRAMES, a->ref_q31, a->err_q31);
    device_audio_process(a->device, a->ref_q31, a->err_q31, a->ref_q31, AUDIO_BLOCK_FRAMES);
    samples_give(slots, a->ref_q31, AUDIO_BLOCK_FRAMES, a->frames);
    xSemaphoreGive(a->mutex);
    return true;
}

/* Whether it was computed. */
static bool IRAM_ATTR run_block(audio_t *a) {
    const bool heard = audio_io_read(&a->io, a->frames);
    const esp_cpu_cycle_count_t start = esp_cpu_get_cycle_count();
    const bool computed = heard && compute(a);
    /* Waiting for the mutex counts, too: what makes a block late is all the same to who listens. */
    if (computed)
        deadline_block(&a->deadline, esp_cpu_get_cycle_count() - start);
    else
        memset(a->frames, 0, sizeof a->frames);
    const bool played = audio_io_write(&a->io, a->frames);
    atomic_fetch_add_explicit(computed && played ? &a->blocks : &a->lost, 1, memory_order_relaxed);
    return computed;
}

/* Opens the converters itself, so that their interrupts come to this core. */
static void IRAM_ATTR run(void *context) {
    audio_t *a = context;
    if (!audio_io_open(&a->io)) vTaskDelete(NULL); /* audio_start tells */
    esp_task_wdt_add(NULL);
    for (uint32_t block = 0;; block++) {
        /* Without a clock a block takes 0.1 s: that is no hanging either. */
        const bool computed = run_block(a);
        if (!computed || block % WATCHDOG_BLOCKS == 0) esp_task_wdt_reset();
    }
}

void audio_init(device_t *device) {
    audio.device = device;
    audio.mutex = xSemaphoreCreateMutexStatic(&audio.mutexMemory);
    const uint64_t cyclesPerSecond = 1000000ULL * esp_rom_get_cpu_ticks_per_us();
    deadline_init(&audio.deadline,
                  (uint32_t)(cyclesPerSecond * AUDIO_BLOCK_FRAMES / ANC_BOARD_SAMPLE_RATE_HZ),
                  MOST_PERMILLE);
    atomic_init(&audio.blocks, 0);
    atomic_init(&audio.lost, 0);
}

static uint32_t count_dropouts(void) {
    return (uint32_t)(atomic_load(&audio.io.dropouts) + atomic_load(&audio.lost));
}

bool audio_start(void) {
    xTaskCreateStaticPinnedToCore(run, "audio", sizeof audio.stack, &audio, PRIORITY, audio.stack,
                                  &audio.taskMemory, AUDIO_CORE);
    for (int ms = 0; ms < START_MS; ms++) {
        vTaskDelay(pdMS_TO_TICKS(1));
        if (atomic_load(&audio.blocks) < 2 * ANC_BOARD_DMA_DESCRIPTORS) continue;
        audio.dropoutsAtStart = count_dropouts();
        return true;
    }
    return false;
}

audio_report_t audio_report(void) {
    return (audio_report_t){
        .loadPermille = deadline_permille(&audio.deadline),
        .deadlineMisses = deadline_misses(&audio.deadline),
        .dropouts = count_dropouts() - audio.dropoutsAtStart,
        .overloaded = deadline_overloaded(&audio.deadline),
    };
}

void audio_relieve(void) {
    deadline_clear(&audio.deadline);
}
