/*
 * Watches that a canceller does not make it louder. Its own estimate of the disturbance cannot show
 * that: with a secondary model of the wrong sign it grows along with the error. So it compares with
 * the ratio of error to reference that it heard while nothing played. After a fault it rests, each
 * time twice as long, and listens again.
 */
#ifndef CONTROLLERS_GUARD_H
#define CONTROLLERS_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { GUARD_LISTEN, GUARD_RUN, GUARD_TRIP } guard_verdict_t;

/* Mean squares of a block; the disturbance is the estimate. */
typedef struct {
    float reference, error, disturbance;
} guard_powers_t;

typedef struct {
    float blockSeconds, pauseSeconds, offError, offReference;
    uint32_t listenBlocks, heard, louder, good, pause;
    uint32_t trips;
} guard_t;

void guard_init(guard_t *g, float blockSeconds, size_t listenBlocks);
guard_verdict_t guard_judge(guard_t *g, guard_powers_t powers);

#endif
