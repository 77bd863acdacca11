/*
 * Feed-forward and feedback control together: y = w x + v d with d = e - s * y one sample old, each
 * filter by FxNLMS with the same error. Feedback takes what the reference microphone does not hear
 * as long as it is predictable. (Kuo and Morgan, Active Noise Control Systems, 1996, ch. 6.)
 */
#include "controllers/classes.h"
#include "controllers/control_filter.h"
#include "controllers/echo.h"

static const float STEP = 0.004f; /* of the feed-forward filter */
/* Of the feedback filter beside the feed-forward one: it sits in a loop with the model's error. */
static const float FEEDBACK_SHARE = 0.25f;
static const float FEEDBACK_LEAKAGE = 0.05f;

typedef struct {
    control_filter_t forward, backward;
    echo_t echo;
    emphasis_f32_t emphasis;
    float stepSize, disturbance;
} hybrid_t;
_Static_assert(sizeof(hybrid_t) <= CONTROLLER_STATE_BYTES, "state");

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    hybrid_t *s = state;
    control_filter_lay_out(&s->forward, o, CONTROL_FILTER_LEAKAGE, arena);
    control_filter_lay_out(&s->backward, o, FEEDBACK_LEAKAGE, arena);
    echo_lay_out(&s->echo, o->secondaryTaps, arena);
    s->stepSize = o->stepSize < 0 ? STEP : o->stepSize;
}

static void start(void *state, const controller_options_t *o) {
    hybrid_t *s = state;
    control_filter_start(&s->forward, o);
    control_filter_start(&s->backward, o);
    echo_set(&s->echo, o->secondary, o->secondaryTaps);
}

static float play(void *state, float reference) {
    hybrid_t *s = state;
    const float forward = control_filter_next(&s->forward, reference);
    return forward + control_filter_next(&s->backward, s->disturbance);
}

static void learn(void *state, float error, float played, bool isHeld) {
    hybrid_t *s = state;
    s->disturbance = error - echo_next(&s->echo, played);
    const float e = emphasis_f32_next(&s->emphasis, error);
    if (isHeld) {
        control_filter_leak(&s->forward);
        control_filter_leak(&s->backward);
        return;
    }
    control_filter_descend(&s->forward, e, s->stepSize);
    control_filter_descend(&s->backward, e, FEEDBACK_SHARE * s->stepSize);
}

static void reset(void *state) {
    hybrid_t *s = state;
    control_filter_clear(&s->forward);
    control_filter_clear(&s->backward);
}

/* The feed-forward ones. */
static const float *weights(const void *state, size_t *taps) {
    const hybrid_t *s = state;
    *taps = s->forward.taps;
    return s->forward.weights;
}

const controller_class_t controller_hybrid = {
    .name = "hybrid",
    .title = "feed-forward FxNLMS and internal model feedback together",
    .source = "Kuo and Morgan, Active Noise Control Systems, 1996, ch. 6",
    .lay_out = lay_out,
    .start = start,
    .play = play,
    .learn = learn,
    .reset = reset,
    .weights = weights,
};
