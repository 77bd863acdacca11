#include "pipe.h"

enum { MASK = PIPE_BYTES - 1 };

void pipe_clear(pipe_t *pipe) {
    pipe->head = pipe->tail = 0;
}

size_t pipe_count(const pipe_t *pipe) {
    return pipe->head - pipe->tail;
}

size_t pipe_room(const pipe_t *pipe) {
    return PIPE_BYTES - pipe_count(pipe);
}

bool pipe_put(pipe_t *pipe, const uint8_t *bytes, size_t n, uint64_t nowMs,
              const pipe_faults_t *faults) {
    if (n > pipe_room(pipe)) return false;
    const bool noisy = faults->drop > 0 || faults->corrupt > 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = bytes[i];
        if (noisy && noise_uniform(&pipe->random) < faults->drop) continue;
        if (noisy && noise_uniform(&pipe->random) < faults->corrupt)
            byte ^= (uint8_t)(1 + noise_uniform(&pipe->random) * 255);
        pipe->dueMs[pipe->head & MASK] = (uint32_t)(nowMs + faults->delayMs);
        pipe->bytes[pipe->head++ & MASK] = byte;
    }
    return true;
}

const uint8_t *pipe_peek(const pipe_t *pipe, uint64_t nowMs, size_t *n) {
    const size_t start = pipe->tail & MASK, count = pipe_count(pipe);
    const size_t straight = count < PIPE_BYTES - start ? count : PIPE_BYTES - start;
    size_t due = 0;
    while (due < straight && (int32_t)((uint32_t)nowMs - pipe->dueMs[start + due]) >= 0)
        due++;
    *n = due;
    return pipe->bytes + start;
}

void pipe_drop(pipe_t *pipe, size_t n) {
    pipe->tail += n;
}
