/*
 * Samples from the audio context to the link: single producer, single consumer, no locks. A full
 * ring stalls the producer until the consumer has emptied it, so that what comes out is always
 * whole runs of consecutive samples.
 */
#ifndef ANC_SIGNAL_RING_H
#define ANC_SIGNAL_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Power of two; a port may choose its own. 2048 samples are 43 ms at 48 kHz and 32 KiB. */
#ifndef SIGNAL_RING_SAMPLES
#define SIGNAL_RING_SAMPLES 2048
#endif

enum { SIGNAL_CHANNELS = 4 }; /* reference, error, output, disturbance */

typedef struct {
    int32_t channel_q31[SIGNAL_CHANNELS];
} signal_sample_t;

typedef struct {
    atomic_bool running; /* set by the consumer; cleared by the producer when the ring is full */
    atomic_uint_fast32_t head, tail; /* samples written and read, modulo 2^32 */
    uint64_t baseIndex;              /* sample index of the run's first sample */
    uint_fast32_t baseHead;          /* head at that sample */
    bool inRun;                      /* of the producer */
    signal_sample_t samples[SIGNAL_RING_SAMPLES];
} signal_ring_t;

void signal_ring_init(signal_ring_t *ring);

/* Producer. */
void signal_ring_put(signal_ring_t *ring, uint64_t sampleIndex, const signal_sample_t *sample);

/* Consumer. Starts or goes on after a stall; what was left is thrown away. */
void signal_ring_start(signal_ring_t *ring);
void signal_ring_stop(signal_ring_t *ring);
bool signal_ring_stalled(const signal_ring_t *ring);
uint32_t signal_ring_count(const signal_ring_t *ring);
/* The sample `offset` after the oldest one, which must be below the count. */
const signal_sample_t *signal_ring_peek(const signal_ring_t *ring, uint32_t offset);
/* Sample index of the oldest one; only with a count above 0. */
uint64_t signal_ring_index(const signal_ring_t *ring);
void signal_ring_drop(signal_ring_t *ring, uint32_t n);

#endif
