/*
 * Whether blocks of audio are computed in the time that one lasts. deadline_block belongs to the
 * audio task, everything else to the control task.
 */
#ifndef ANC_DEADLINE_H
#define ANC_DEADLINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { DEADLINE_WINDOW_BLOCKS = 1024 }; /* power of two; 85 ms of blocks of 4 at 48 kHz */

typedef struct {
    uint32_t budgetCycles; /* of a block */
    uint32_t mostPermille; /* of the time: above it the control task may get too little */
    /* of the audio task */
    uint32_t blocks; /* of the present window */
    uint64_t busyCycles;
    /* of both */
    atomic_uint_fast32_t permille, misses;
    atomic_bool overloaded;
} deadline_t;

void deadline_init(deadline_t *d, uint32_t budgetCycles, uint32_t mostPermille);

/* A block took so many cycles. */
void deadline_block(deadline_t *d, uint32_t cycles);

/* Share of the time that the last whole window used; above 1000 it was too little. */
uint32_t deadline_permille(const deadline_t *d);
/* Blocks since start that took longer than they last. */
uint32_t deadline_misses(const deadline_t *d);

/* A window used more than mostPermille: this filter is too long for this chip. Stays so until it is
 * cleared. While it is so the audio task computes nothing, so that the control task can. */
bool deadline_overloaded(const deadline_t *d);
void deadline_clear(deadline_t *d);

#endif
