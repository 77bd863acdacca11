/*
 * The online normal-equation controller. It estimates the disturbance d = e - s * y, keeps running
 * correlations of the filtered reference f = s * x with itself and with d, and at control rate
 * solves for the best causal filter, to which the engine fades. The audio path is one filter.
 * (Elliott, Signal Processing for Active Control, 2001, ch. 3.)
 *
 * Contexts: normal_equations_push belongs to the audio, everything else to the control context. Two
 * blocks of samples go between them, one being filled while the other is worked on.
 *
 * Single-precision floating point and <math.h>, in the control context only.
 */
#ifndef CONTROL_NORMAL_EQUATIONS_H
#define CONTROL_NORMAL_EQUATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "control/block_solver.h"
#include "dsp/engine.h"

/* One block on its way from the audio to the control context. */
typedef struct {
    float *x, *y, *e;
    volatile bool full;
    bool spoilt;
} ne_block_t;

/* Only the functions below touch the fields; they are here so that the caller can own the memory.
 */
typedef struct {
    block_solver_t solver;
    ne_block_t blocks[2];
    uint32_t filling, index; /* of the audio context */
    uint32_t working;        /* of the control context */
    volatile uint32_t lost;  /* samples for which the control context was too slow */
    uint32_t lostBefore;
    float late[MULTIRATE_COEFFICIENTS]; /* instead of the filter's taps in the multirate form */
    const float *weights;               /* what the engine gets, weightCount of them */
    size_t weightCount;
    uint32_t solutions; /* since init */
} normal_equations_t;

/* Bytes of memory for a filter of `taps`, of either form, behind a model of secondaryTaps (delay
 * and length). */
size_t normal_equations_bytes(size_t taps, size_t secondaryTaps);

/* Starts from nothing, for the engine's present model, form and number of taps. `memory` is aligned
 * for float and not in use by anybody else. false when it is too small or the engine has no model.
 */
bool normal_equations_init(normal_equations_t *n, const anc_engine_t *e, void *memory,
                           size_t bytes);

/* Audio context, each sample after the engine's two steps. */
void normal_equations_push(normal_equations_t *n, int32_t ref_q31, int32_t out_q31,
                           int32_t err_q31);

/* Audio context, after a push: the block that is being filled says nothing of the paths. */
void normal_equations_spoil(normal_equations_t *n);

/* Control context: works on a block when one is full, which takes milliseconds. Returns whether
 * there is a new filter. `solves` false only listens, as when the engine plays nothing. */
bool normal_equations_work(normal_equations_t *n, bool solves);

/* Control context, with the audio kept out: the engine fades to the newest filter. Hands over at
 * most `count` weights, those from `from` on, so that the audio never waits long; returns where to
 * go on, weightCount at the end. Takes over the engine's output limit for the next filter. */
size_t normal_equations_apply(normal_equations_t *n, anc_engine_t *e, size_t from, size_t count);

/* Forgets all statistics, as after a roll-back. */
void normal_equations_restart(normal_equations_t *n);

#endif
