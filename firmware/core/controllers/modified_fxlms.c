/*
 * Modified FxNLMS: the plant is taken out of the loop of adaptation, so that its delay does not
 * limit the step.
 *     d = e - s * y,   e_m = d' + w xf,   w = w - mu e_m xf / (P + P_floor)
 * e_m is what the error would be had w always been what it is now. (Bjarnason, IEEE Trans. Speech
 * Audio Process. 3(6), 1995; Rupp and Sayed, IEEE Trans. Speech Audio Process. 6(1), 1998.)
 */
#include "controllers/classes.h"
#include "controllers/control_filter.h"
#include "controllers/echo.h"

static const float STEP = 0.008f;

typedef struct {
    control_filter_t filter; /* first, for control_filter_weights and its like */
    echo_t echo;             /* with the pre-emphasis */
    emphasis_f32_t emphasis;
    float stepSize;
} modified_fxlms_t;
_Static_assert(sizeof(modified_fxlms_t) <= CONTROLLER_STATE_BYTES, "state");

static void lay_out(void *state, const controller_options_t *o, arena_t *arena) {
    modified_fxlms_t *s = state;
    control_filter_lay_out(&s->filter, o, CONTROL_FILTER_LEAKAGE, arena);
    echo_lay_out(&s->echo, o->secondaryTaps + 1, arena);
    s->stepSize = o->stepSize < 0 ? STEP : o->stepSize;
}

static void start(void *state, const controller_options_t *o) {
    modified_fxlms_t *s = state;
    control_filter_start(&s->filter, o);
    emphasise_f32(s->echo.model, o->secondary, o->secondaryTaps, EMPHASIS_F32);
}

static void learn(void *state, float error, float played, bool isHeld) {
    modified_fxlms_t *s = state;
    const float disturbance = emphasis_f32_next(&s->emphasis, error) - echo_next(&s->echo, played);
    if (isHeld) {
        control_filter_leak(&s->filter);
        return;
    }
    const float modified = disturbance + control_filter_filtered_output(&s->filter);
    control_filter_descend(&s->filter, modified, s->stepSize);
}

const controller_class_t controller_modified_fxlms = {
    .name = "modified-fxlms",
    .title = "modified FxNLMS: the delay of the path does not limit the step",
    .source = "Bjarnason, IEEE Trans. Speech Audio Process. 3(6), 1995; Rupp and Sayed, same "
              "journal 6(1), 1998",
    .lay_out = lay_out,
    .start = start,
    .play = control_filter_play,
    .learn = learn,
    .reset = control_filter_forget,
    .weights = control_filter_weights,
};
