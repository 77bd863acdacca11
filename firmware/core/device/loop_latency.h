/*
 * Loop-back test: short pulses out, found at the error microphone. Their responses are added up,
 * and the time from a pulse to the peak of its response is the latency of converters, DMA and air.
 * Integer only, no I/O.
 *
 * Contexts: loop_latency_sound and loop_latency_push belong to the audio, everything else to the
 * control context.
 */
#ifndef ANC_LOOP_LATENCY_H
#define ANC_LOOP_LATENCY_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LOOP_LATENCY_SPAN = 512, /* samples after a pulse that are looked at */
    LOOP_LATENCY_TAIL = 128, /* the last of them, in which only noise is left */
    LOOP_LATENCY_PULSES_LOG2 = 5,
    LOOP_LATENCY_PULSE_Q31 = 1 << 29, /* -12 dBFS */
};

/* Only the functions below touch the fields; they are here so that the caller can own the memory.
 */
typedef struct {
    volatile bool done;
    uint32_t pulses; /* begun */
    uint32_t index;  /* samples since the last one */
    /* Of 2^PULSES_LOG2 responses: <= 2^36. */
    int64_t sum_q31[LOOP_LATENCY_SPAN];
    int64_t before_q31; /* of the samples just before the pulses */
    int32_t last_q31;
} loop_latency_t;

typedef struct {
    bool heard;            /* the peak stands 18 dB above the tail */
    uint32_t delaySamples; /* of the peak; below SPAN - TAIL */
    int64_t peak_q31;
    uint64_t tailMeanSquare; /* of Q31 samples >> 15 */
} loop_latency_result_t;

/* Silence for one interval between pulses, then the pulses; SPAN must be longer than the room. */
void loop_latency_start(loop_latency_t *l);

/* What to play at this instant, before … */
int32_t loop_latency_sound(loop_latency_t *l);
/* … what the error microphone hears at it. */
void loop_latency_push(loop_latency_t *l, int32_t err_q31);

/* Once it is done. */
loop_latency_result_t loop_latency_result(const loop_latency_t *l);

#endif
