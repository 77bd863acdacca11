/*
 * Feedback control by an internal model, for one microphone, at the ear: the reference is the
 * disturbance that the model lets it see, d = e - s * y, one sample old. What can be predicted over
 * the delay of the path is cancelled: tones, low bands. The reference microphone is not used. (Kuo
 * and Morgan, Active Noise Control Systems, 1996, ch. 6; Morari and Zafiriou, Robust Process
 * Control, 1989.)
 */
#include "controllers/classes.h"
#include "controllers/control_filter.h"
#include "controllers/echo.h"

static const float STEP = 0.002f;
/* 1/s: bounds the loop gain at frequencies where the model is unsure. */
static const float LEAKAGE = 0.05f;

typedef struct {
    control_filter_t filter; /* first, for control_filter_weights and its like */
    echo_t echo;
    emphasis_f32_t emphasis;
    float stepSize, disturbance;
} imc_feedback_t;
_Static_assert(sizeof(imc_feedback_t) <= CONTROLLER_STATE_BYTES, "state");

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    imc_feedback_t *s = state;
    control_filter_lay_out(&s->filter, o, LEAKAGE, arena);
    echo_lay_out(&s->echo, o->secondaryTaps, arena);
    s->stepSize = o->stepSize < 0 ? STEP : o->stepSize;
}

static void start(void *state, const controller_options_t *o) {
    imc_feedback_t *s = state;
    control_filter_start(&s->filter, o);
    echo_set(&s->echo, o->secondary, o->secondaryTaps);
}

static float play(void *state, float reference) {
    imc_feedback_t *s = state;
    (void)reference;
    return control_filter_next(&s->filter, s->disturbance);
}

static void learn(void *state, float error, float played, bool isHeld) {
    imc_feedback_t *s = state;
    s->disturbance = error - echo_next(&s->echo, played);
    const float e = emphasis_f32_next(&s->emphasis, error);
    if (isHeld)
        control_filter_leak(&s->filter);
    else
        control_filter_descend(&s->filter, e, s->stepSize);
}

const controller_class_t controller_imc_feedback = {
    .name = "imc-feedback",
    .title = "feedback by internal model control, without a reference microphone",
    .source = "Kuo and Morgan, Active Noise Control Systems, 1996, ch. 6",
    .lay_out = lay_out,
    .start = start,
    .play = play,
    .learn = learn,
    .reset = control_filter_forget,
    .weights = control_filter_weights,
};
