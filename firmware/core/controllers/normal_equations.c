/*
 * The online normal equations for hosts: the engine's control/normal_equations.c solves in a
 * context beside the audio, this one at the end of a block, within controller_adapt. It has its own
 * guard in place of the supervisor. `normal-equations-online` keeps its secondary model true by a
 * probe. (Elliott, Signal Processing for Active Control, 2001, ch. 3.)
 */
#include <string.h>

#include "control/block_solver.h"
#include "controllers/classes.h"
#include "controllers/guard.h"
#include "controllers/online_identification.h"
#include "dsp/history_f32.h"
#include "dsp/vec_f32.h"

/* Taps that move a sample, and how much of the way each time: a step of the filter fades in over
 * about 20 ms. */
enum { FADE_TAPS = 16 };
static const float FADE_SHARE = 0.15f;
/* The least that the statistics in single precision bear, solved in double; float64 takes a tenth
 * of it. */
static const float REGULARISATION = 1e-5f;
static const float FULL_SCALE = 0.999f;

typedef struct {
    block_solver_t solver;
    guard_t guard;
    online_identification_t online;
    bool isOnline, hasClipped;
    history_f32_t reference;
    float *weights, *target;
    float *x, *y, *e; /* the present block */
    size_t index, fadeAt;
} normal_equations_controller_t;
_Static_assert(sizeof(normal_equations_controller_t) <= CONTROLLER_STATE_BYTES, "state");

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    normal_equations_controller_t *s = state;
    const layout_t layout = statistics_layout(o->taps, o->secondaryTaps);
    s->reference.length = o->taps;
    s->reference.samples = controller_take(arena, history_f32_floats(o->taps));
    s->weights = controller_take(arena, o->taps);
    s->target = controller_take(arena, o->taps);
    s->x = controller_take(arena, layout.block);
    s->y = controller_take(arena, layout.block);
    s->e = controller_take(arena, layout.block);
    guard_init(&s->guard, (float)layout.block / o->sampleRateHz, layout.size / layout.block);
    block_solver_lay_out(&s->solver, layout, o->sampleRateHz, o->outputLimit, REGULARISATION,
                         arena);
    design_use_double(&s->solver.design, arena, o->taps);
}

static void start(void *state, const controller_options_t *o) {
    block_solver_start(&((normal_equations_controller_t *)state)->solver, o->secondary,
                       o->secondaryTaps);
}

static void lay_out_online(void *state, const controller_options_t *o, arena_t *arena) {
    normal_equations_controller_t *s = state;
    s->isOnline = true;
    const layout_t layout = statistics_layout(o->taps, o->secondaryTaps);
    online_identification_lay_out(&s->online, o->secondaryTaps, layout.block, o->sampleRateHz,
                                  o->seed, arena);
    lay_out(state, o, arena);
}

static void start_online(void *state, const controller_options_t *o) {
    online_identification_start(&((normal_equations_controller_t *)state)->online, o->secondary);
    start(state, o);
}

static bool at_full_scale(float sample) {
    return sample >= FULL_SCALE || sample <= -FULL_SCALE;
}

static float play(void *state, float reference) {
    normal_equations_controller_t *s = state;
    if (at_full_scale(reference)) s->hasClipped = true;
    s->x[s->index] = reference;
    history_f32_put(&s->reference, reference);
    const float probe = s->isOnline ? online_identification_next(&s->online, reference) : 0;
    return vec_f32_dot(history_f32_window(&s->reference), s->weights, s->reference.length) + probe;
}

static void fade(normal_equations_controller_t *s) {
    for (size_t i = s->fadeAt; i < s->fadeAt + FADE_TAPS; i++)
        s->weights[i] += FADE_SHARE * (s->target[i] - s->weights[i]);
    s->fadeAt = s->fadeAt + FADE_TAPS == s->reference.length ? 0 : s->fadeAt + FADE_TAPS;
}

static void stop(normal_equations_controller_t *s) {
    memset(s->weights, 0, s->reference.length * sizeof *s->weights);
    memset(s->target, 0, s->reference.length * sizeof *s->target);
    block_solver_forget(&s->solver);
}

static void end_block(normal_equations_controller_t *s) {
    const size_t block = s->solver.layout.block;
    guard_powers_t powers = {.reference = mean_square_f32(s->x, block),
                             .error = mean_square_f32(s->e, block)};
    block_solver_hear(&s->solver, s->x, s->y, s->e);
    powers.disturbance = mean_square_f32(s->e, block);
    if (s->isOnline && online_identification_add(&s->online, s->e, powers.error, !s->hasClipped))
        block_solver_set_secondary(&s->solver, s->online.secondary, s->online.taps);
    const bool isHeard = powers.reference > BLOCK_SOLVER_FAINT;
    const guard_verdict_t verdict = guard_judge(&s->guard, powers);
    if (verdict == GUARD_TRIP) {
        stop(s);
        return;
    }
    block_solver_learn(&s->solver, s->x, s->e, isHeard && !s->hasClipped);
    s->hasClipped = false;
    if (verdict == GUARD_RUN && isHeard && block_solver_solve(&s->solver))
        memcpy(s->target, s->solver.filter, s->reference.length * sizeof *s->target);
}

static void learn(void *state, float error, float played, bool isHeld) {
    normal_equations_controller_t *s = state;
    (void)isHeld; /* what clipped does not count, and the limiter's output is known */
    if (at_full_scale(error)) s->hasClipped = true;
    s->y[s->index] = played;
    s->e[s->index] = error;
    fade(s);
    if (++s->index < s->solver.layout.block) return;
    s->index = 0;
    end_block(s);
}

static void reset(void *state) {
    stop(state);
}

static const float *weights(const void *state, size_t *taps) {
    const normal_equations_controller_t *s = state;
    *taps = s->reference.length;
    return s->weights;
}

const controller_class_t controller_normal_equations = {
    .name = "normal-equations",
    .title = "online normal equations with an error that no octave may exceed",
    .source = "Elliott, Signal Processing for Active Control, 2001, ch. 3",
    .lay_out = lay_out,
    .start = start,
    .play = play,
    .learn = learn,
    .reset = reset,
    .weights = weights,
};

const controller_class_t controller_normal_equations_online = {
    .name = "normal-equations-online",
    .title = "the same, with a probe 16 dB below the residual that keeps the secondary model true",
    .source = "Eriksson and Allie, JASA 85, 1989; Bao, Sas and van Brussel, JSV 161, 1993",
    .lay_out = lay_out_online,
    .start = start_online,
    .play = play,
    .learn = learn,
    .reset = reset,
    .weights = weights,
};
