#include "device/signal_ring.h"

static const uint_fast32_t MASK = SIGNAL_RING_SAMPLES - 1;

_Static_assert((SIGNAL_RING_SAMPLES & (SIGNAL_RING_SAMPLES - 1)) == 0, "power of two");

void signal_ring_init(signal_ring_t *ring) {
    atomic_init(&ring->running, false);
    atomic_init(&ring->head, 0);
    atomic_init(&ring->tail, 0);
    ring->baseIndex = 0;
    ring->baseHead = 0;
    ring->inRun = false;
}

void signal_ring_put(signal_ring_t *ring, uint64_t sampleIndex, const signal_sample_t *sample) {
    if (!atomic_load_explicit(&ring->running, memory_order_acquire)) {
        ring->inRun = false;
        return;
    }
    const uint_fast32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    const uint_fast32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    if (((head - tail) & UINT32_MAX) == SIGNAL_RING_SAMPLES) {
        ring->inRun = false;
        atomic_store_explicit(&ring->running, false, memory_order_release);
        return;
    }
    if (!ring->inRun) {
        ring->baseIndex = sampleIndex;
        ring->baseHead = head;
        ring->inRun = true;
    }
    ring->samples[head & MASK] = *sample;
    atomic_store_explicit(&ring->head, (head + 1) & UINT32_MAX, memory_order_release);
}

void signal_ring_start(signal_ring_t *ring) {
    signal_ring_drop(ring, signal_ring_count(ring));
    atomic_store_explicit(&ring->running, true, memory_order_release);
}

void signal_ring_stop(signal_ring_t *ring) {
    atomic_store_explicit(&ring->running, false, memory_order_release);
}

bool signal_ring_stalled(const signal_ring_t *ring) {
    return !atomic_load_explicit(&ring->running, memory_order_acquire);
}

uint32_t signal_ring_count(const signal_ring_t *ring) {
    const uint_fast32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    return (uint32_t)(atomic_load_explicit(&ring->head, memory_order_acquire) - tail);
}

const signal_sample_t *signal_ring_peek(const signal_ring_t *ring, uint32_t offset) {
    return &ring->samples[(atomic_load_explicit(&ring->tail, memory_order_relaxed) + offset) &
                          MASK];
}

uint64_t signal_ring_index(const signal_ring_t *ring) {
    const uint_fast32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    return ring->baseIndex + (uint32_t)(tail - ring->baseHead);
}

void signal_ring_drop(signal_ring_t *ring, uint32_t n) {
    const uint_fast32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    atomic_store_explicit(&ring->tail, (tail + n) & UINT32_MAX, memory_order_release);
}
