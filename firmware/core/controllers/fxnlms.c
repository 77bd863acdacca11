/*
 * FxNLMS, the yardstick of its relatives: w = w - mu e' xf / (P + P_floor). (Kuo and Morgan, Active
 * Noise Control Systems, 1996, ch. 3.)
 */
#include "controllers/classes.h"
#include "controllers/control_filter.h"

/* Stable with 24 samples of latency at every measured ear. */
static const float STEP = 0.004f;

typedef struct {
    control_filter_t filter; /* first, for control_filter_weights and its like */
    emphasis_f32_t emphasis;
    float stepSize;
} fxnlms_t;
_Static_assert(sizeof(fxnlms_t) <= CONTROLLER_INNER_STATE_BYTES, "state");

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    fxnlms_t *s = state;
    control_filter_lay_out(&s->filter, o, CONTROL_FILTER_LEAKAGE, arena);
    s->stepSize = o->stepSize < 0 ? STEP : o->stepSize;
}

static void start(void *state, const controller_options_t *o) {
    control_filter_start(&((fxnlms_t *)state)->filter, o);
}

static void learn(void *state, float error, float played, bool isHeld) {
    fxnlms_t *s = state;
    (void)played;
    const float e = emphasis_f32_next(&s->emphasis, error);
    if (isHeld)
        control_filter_leak(&s->filter);
    else
        control_filter_descend(&s->filter, e, s->stepSize);
}

const controller_class_t controller_fxnlms = {
    .name = "fxnlms",
    .title = "leaky FxNLMS with pre-emphasis",
    .source = "Kuo and Morgan, Active Noise Control Systems, 1996, ch. 3",
    .lay_out = lay_out,
    .start = start,
    .play = control_filter_play,
    .learn = learn,
    .reset = control_filter_forget,
    .weights = control_filter_weights,
};
