/* s * y: what a model makes of what was played. */
#ifndef CONTROLLERS_ECHO_H
#define CONTROLLERS_ECHO_H

#include "controllers/controller.h"
#include "dsp/history_f32.h"

typedef struct {
    size_t taps;
    float *model;
    history_f32_t played;
} echo_t;

/* For a model of that many values, or none. */
void echo_lay_out(echo_t *e, size_t taps, arena_t *arena);

/* Copies the model, `taps` values as in echo_lay_out. */
void echo_set(echo_t *e, const float *model, size_t taps);

float echo_next(echo_t *e, float played);

#endif
