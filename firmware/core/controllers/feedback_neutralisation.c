/*
 * Neutralisation of the acoustic feedback in front of FxNLMS, which hears x - f * y with f the
 * model of loudspeaker to reference microphone. Without it the loop through the reference
 * microphone howls once |W F| reaches 1. (Kuo and Morgan, Active Noise Control Systems, 1996, ch.
 * 3; Warnaka, Poole and Tichy, US patent 4473906, 1984.)
 *
 * Any class may be inside whose state fits into CONTROLLER_INNER_STATE_BYTES.
 */
#include "controllers/classes.h"
#include "controllers/echo.h"

static const controller_class_t *const INNER = &controller_fxnlms;

typedef struct {
    echo_t echo; /* f without its first value: y of an instant comes after the reference heard it */
    float back;  /* what of the output is in the next sample of the reference */
    _Alignas(16) unsigned char inner[CONTROLLER_INNER_STATE_BYTES];
} feedback_neutralisation_t;
_Static_assert(sizeof(feedback_neutralisation_t) <= CONTROLLER_STATE_BYTES, "state");

static size_t later_taps(const controller_options_t *o) {
    return o->feedbackTaps > 0 ? o->feedbackTaps - 1 : 0;
}

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    feedback_neutralisation_t *s = state;
    echo_lay_out(&s->echo, later_taps(o), arena);
    INNER->lay_out(s->inner, o, arena);
}

static void start(void *state, const controller_options_t *o) {
    feedback_neutralisation_t *s = state;
    if (later_taps(o) > 0) echo_set(&s->echo, o->feedback + 1, later_taps(o));
    INNER->start(s->inner, o);
}

static float play(void *state, float reference) {
    feedback_neutralisation_t *s = state;
    return INNER->play(s->inner, reference - s->back);
}

static void learn(void *state, float error, float played, bool isHeld) {
    feedback_neutralisation_t *s = state;
    s->back = echo_next(&s->echo, played);
    INNER->learn(s->inner, error, played, isHeld);
}

static void reset(void *state) {
    INNER->reset(((feedback_neutralisation_t *)state)->inner);
}

static const float *weights(const void *state, size_t *taps) {
    return INNER->weights(((const feedback_neutralisation_t *)state)->inner, taps);
}

const controller_class_t controller_feedback_neutralisation = {
    .name = "feedback-neutralisation",
    .title = "FxNLMS behind neutralisation of the acoustic feedback",
    .source = "Kuo and Morgan, Active Noise Control Systems, 1996, ch. 3",
    .lay_out = lay_out,
    .start = start,
    .play = play,
    .learn = learn,
    .reset = reset,
    .weights = weights,
};
