/*
 * FxNLMS with a variable step: p = a p + (1 - a) xf e' / (P + P_floor) is the mean direction of
 * descent. As long as the filter is wrong the samples agree on it; once only noise is left they
 * cancel out.
 *     mu = mu_max c / (c + C),   c = |p|^2 (P + P_floor) / mean(e'^2)
 * c is free of the level. (Shin, Sayed and Song, IEEE Signal Process. Lett. 11(2), 2004, with xf in
 * the place of x.)
 */
#include <string.h>

#include "controllers/classes.h"
#include "controllers/control_filter.h"
#include "dsp/vec_f32.h"

static const float STEP_MAX = 0.015f;
/* Time over which the direction of the gradient is averaged. */
static const double AVERAGE_S = 0.2;
/* C: the step is half of the largest there. 0 when the samples disagree, towards 1 when they agree.
 */
static const double HALF_AT = 2e-3;
/* a is too near to 1 to be multiplied in single precision: so many samples are made up for at once.
 */
enum { FOLD_PERIOD = 64 };

typedef struct {
    control_filter_t filter; /* first, for control_filter_weights and its like */
    emphasis_f32_t emphasis;
    float *direction; /* p / scale */
    double scale, alpha, meanSquare, stepMax;
    uint32_t foldIn;
} variable_step_t;
_Static_assert(sizeof(variable_step_t) <= CONTROLLER_STATE_BYTES, "state");

/* e^-t by its series, t up to 1e-3: right to 1e-17 */
static double decay(double t) {
    return 1 - t * (1 - t / 2 * (1 - t / 3 * (1 - t / 4)));
}

static void begin(variable_step_t *s) {
    s->scale = 1;
    s->foldIn = FOLD_PERIOD;
    s->meanSquare = 0;
}

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    variable_step_t *s = state;
    control_filter_lay_out(&s->filter, o, CONTROL_FILTER_LEAKAGE, arena);
    s->direction = controller_take(arena, o->taps);
    s->alpha = decay(1 / (AVERAGE_S * (double)o->sampleRateHz));
    s->stepMax = (double)(o->stepSize < 0 ? STEP_MAX : o->stepSize);
    begin(s);
}

static void start(void *state, const controller_options_t *o) {
    control_filter_start(&((variable_step_t *)state)->filter, o);
}

/* p = a p + gain xf; returns |p|^2 */
static double mean_direction(variable_step_t *s, double gain) {
    const size_t taps = s->filter.taps;
    s->scale *= s->alpha;
    if (--s->foldIn == 0) {
        vec_f32_scale(s->direction, (float)s->scale, taps);
        s->scale = 1;
        s->foldIn = FOLD_PERIOD;
    }
    const float *filtered = history_f32_window(&s->filter.filtered);
    vec_f32_add_to(s->direction, filtered, (float)(gain / s->scale), taps);
    return s->scale * s->scale * (double)vec_f32_dot(s->direction, s->direction, taps);
}

static void learn(void *state, float error, float played, bool isHeld) {
    variable_step_t *s = state;
    (void)played;
    const float e = emphasis_f32_next(&s->emphasis, error);
    if (isHeld) {
        control_filter_leak(&s->filter);
        return;
    }
    const double power = control_filter_power(&s->filter), fresh = (1 - s->alpha) * (double)e;
    s->meanSquare = s->alpha * s->meanSquare + fresh * (double)e;
    const double agreement = mean_direction(s, fresh / power) * power;
    const double c = s->meanSquare > 0 ? agreement / s->meanSquare : 0;
    control_filter_descend(&s->filter, e, (float)(s->stepMax * c / (c + HALF_AT)));
}

static void reset(void *state) {
    variable_step_t *s = state;
    control_filter_clear(&s->filter);
    memset(s->direction, 0, s->filter.taps * sizeof *s->direction);
    begin(s);
}

const controller_class_t controller_variable_step = {
    .name = "variable-step",
    .title = "FxNLMS with a variable step",
    .source = "Shin, Sayed and Song, IEEE Signal Process. Lett. 11(2), 2004",
    .lay_out = lay_out,
    .start = start,
    .play = control_filter_play,
    .learn = learn,
    .reset = reset,
    .weights = control_filter_weights,
};
