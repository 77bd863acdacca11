/* Bytes on their way through one direction of the link, with the faults of a bad cable. */
#ifndef ANC_VIRTUAL_PIPE_H
#define ANC_VIRTUAL_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "noise.h"

/* Half a second of the fullest stream. */
enum { PIPE_BYTES = 1 << 19 };

typedef struct {
    double drop, corrupt; /* probability for each byte */
    unsigned delayMs;
} pipe_faults_t;

typedef struct {
    uint8_t bytes[PIPE_BYTES];
    uint32_t dueMs[PIPE_BYTES]; /* when each byte may leave */
    size_t head, tail;
    noise_random_t random;
} pipe_t;

void pipe_clear(pipe_t *pipe);
size_t pipe_room(const pipe_t *pipe);
size_t pipe_count(const pipe_t *pipe);
/* All n bytes or none. Dropped ones count as put. */
bool pipe_put(pipe_t *pipe, const uint8_t *bytes, size_t n, uint64_t nowMs,
              const pipe_faults_t *faults);
/* A straight run of bytes that may leave now; *n gets their number. */
const uint8_t *pipe_peek(const pipe_t *pipe, uint64_t nowMs, size_t *n);
void pipe_drop(pipe_t *pipe, size_t n);

#endif
