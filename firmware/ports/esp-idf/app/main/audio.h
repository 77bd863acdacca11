/*
 * The audio task: pinned, above every other, and nothing in it but a block of samples in, the
 * engine, a block out. On chips of two cores it has the second one, with the converters'
 * interrupts, for itself.
 */
#ifndef ANC_AUDIO_H
#define ANC_AUDIO_H

#include <stdbool.h>
#include <stdint.h>

#include "device/device.h"

enum {
#if CONFIG_FREERTOS_UNICORE
    AUDIO_CORE = 0,
    CONTROL_CORE = 0,
#else
    AUDIO_CORE = 1,
    CONTROL_CORE = 0,
#endif
};

/* Before device_init, whose calls of the lock need it. */
void audio_init(device_t *device);

/* Starts converters and task; returns once blocks pass, false when none does in time. */
bool audio_start(void);

/* device_port_t.lock: a mutex with priority inheritance, taken by the task for each block. A
 * critical section would keep the converters' interrupts waiting for as long as a block is
 * computed; with the mutex only the two tasks wait for each other, and on one core the control
 * task runs at the audio task's priority until it gives the mutex back. */
void audio_lock(void *context, bool locked);

typedef struct {
    uint32_t loadPermille, deadlineMisses, dropouts;
    bool overloaded; /* it plays silence, until audio_relieve */
} audio_report_t;

audio_report_t audio_report(void);

/* After an overload: the engine has been given less to do. */
void audio_relieve(void);

#endif
