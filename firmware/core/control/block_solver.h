/*
 * The float half of the online normal equations, block by block: the disturbance d = e - s * y, the
 * filtered reference f = s * x, their statistics, and the best causal filter for them. Who hands
 * the blocks over and who plays the filter is the caller's matter: normal_equations.c for the
 * headset's engine, controllers/normal_equations.c for hosts.
 */
#ifndef CONTROL_BLOCK_SOLVER_H
#define CONTROL_BLOCK_SOLVER_H

#include <stdbool.h>

#include "control/design.h"
#include "control/statistics.h"

/* Mean square of a reference that is the microphone's own noise: nothing is learned from it. -75
 * dBFS. */
#define BLOCK_SOLVER_FAINT 3e-8f

typedef struct {
    double s1, s2;
} high_pass_t;

typedef struct {
    layout_t layout;
    statistics_t statistics;
    design_t design;
    float *cosine, *sine;        /* fft_tables */
    complex_t a, b;              /* scratch */
    complex_t secondary, played; /* spectrum of s; x and y of the last `size` samples */
    float *filter;               /* the newest, layout.taps weights */
    high_pass_t filteredHighPass, disturbanceHighPass;
    double highPass[3]; /* b, a1, a2 */
    float keep, meanPower, sampleRateHz;
    float regularisation;
    bool isFirst;
} block_solver_t;

/* Takes the arrays from the arena; with an empty one it only counts.
 * @param outputLimit largest magnitude of what is played, full scale 1
 * @param regularisation white loading, relative to the power of f: 1e-5 and more, below it the
 * rounding of the statistics makes wild filters */
void block_solver_lay_out(block_solver_t *s, layout_t layout, float sampleRateHz, float outputLimit,
                          float regularisation, arena_t *arena);

/* Starts from nothing, with a model of `taps` values, as many as the layout was made for at most.
 */
void block_solver_start(block_solver_t *s, const float *secondary, size_t taps);

/* Another model, from the next block on; makes other statistics, so it forgets the old ones. The
 * filter stays. */
void block_solver_set_secondary(block_solver_t *s, const float *secondary, size_t taps);

/* Forgets all statistics. */
void block_solver_forget(block_solver_t *s);

/* What was heard and played, layout.block samples each: f takes the place of x, d that of e. */
void block_solver_hear(block_solver_t *s, float *x, const float *y, float *e);

/* From the next solution on. */
void block_solver_set_limit(block_solver_t *s, float outputLimit);

/* Adds f and d to the statistics, and high-passes them in place. A block that does not count leaves
 * a gap: a clipped microphone lies about both paths. */
void block_solver_learn(block_solver_t *s, float *f, float *d, bool counts);

/* The best filter for what was heard; false when that is too little, or silence. */
bool block_solver_solve(block_solver_t *s);

float mean_square_f32(const float *signal, size_t count);

#endif
