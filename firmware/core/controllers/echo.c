#include "controllers/echo.h"

#include <string.h>

#include "dsp/vec_f32.h"

void echo_lay_out(echo_t *e, size_t taps, arena_t *arena) {
    e->taps = vec_f32_padded(taps > 0 ? taps : 1);
    e->model = controller_take(arena, e->taps);
    e->played.length = e->taps;
    e->played.samples = controller_take(arena, history_f32_floats(e->taps));
}

void echo_set(echo_t *e, const float *model, size_t taps) {
    if (taps > 0) memcpy(e->model, model, taps * sizeof *model);
}

float echo_next(echo_t *e, float played) {
    history_f32_put(&e->played, played);
    return vec_f32_dot(history_f32_window(&e->played), e->model, e->taps);
}
