/*
 * Acoustic controllers in single precision, one file an algorithm. Each is the same as its float64
 * form of that name in dsp-reference/src/controllers, which is its test. They are for hosts
 * (offline runs, benches, the browser, servers) and for chips with a floating-point unit; the
 * headset's own engine is dsp/engine.h.
 *
 * Samples are floats, full scale 1. A sample takes two steps, as in the engine:
 *     y = controller_output(c, x);    the loudspeaker's sample for the reference microphone's
 *     controller_adapt(c, e);         learns from the error microphone's of the same instant
 *
 * What every controller owes the ear is in controller.c: samples that are not finite count as 0,
 * the output stays within the limit and is always a number, nothing is learned while the limiter
 * acts or just after a microphone clipped, and a filter whose output is no number starts again.
 *
 * No heap and no globals: the caller asks for the bytes, gives the memory and owns it.
 */
#ifndef CONTROLLERS_CONTROLLER_H
#define CONTROLLERS_CONTROLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/arena.h"
#include "controllers/filter_library.h"

enum {
    CONTROLLER_MIN_TAPS = 32,
    CONTROLLER_MAX_TAPS = 2048,
    CONTROLLER_TAPS_STEP = 16,
    CONTROLLER_MAX_PATH_TAPS = 4096,
    CONTROLLER_STATE_BYTES = 2048, /* of an algorithm, beside the arrays in the caller's memory */
    CONTROLLER_INNER_STATE_BYTES = 1024, /* of one that another may have inside */
};

typedef struct {
    float sampleRateHz; /* 8000..192000 */
    uint16_t taps;      /* of the control filter, 32..2048, a multiple of 16 */
    /* Impulse response of the model of loudspeaker to error microphone, loop latency included;
     * copied. No values: none. */
    const float *secondary;
    size_t secondaryTaps;
    /* The same of loudspeaker to reference microphone. */
    const float *feedback;
    size_t feedbackTaps;
    float stepSize;    /* below 0: the algorithm's own default */
    float leakage;     /* decay of the weights, 1/s; below 0: the algorithm's own default */
    float outputLimit; /* largest magnitude of the output, above 0 up to 1 */
    uint32_t seed;     /* of what is random */
    /* Filters learned before, of `taps` weights each, at most FILTER_LIBRARY_MAX; copied. */
    const stored_filter_t *library;
    size_t libraryCount;
} controller_options_t;

/* An algorithm. Its state begins with zeros. */
typedef struct {
    const char *name, *title, *source; /* as in `anc simulate --algorithm`; the paper */
    /* Sets the state up and takes its arrays from the arena. Called with an empty arena, too, to
     * count: it must not touch what it takes. */
    void (*lay_out)(void *state, const controller_options_t *options, arena_t *arena);
    /* Fills the arrays, which are zeros; NULL when they stay so. Options as in lay_out. */
    void (*start)(void *state, const controller_options_t *options);
    /* What it would play without a limit. */
    float (*play)(void *state, float reference);
    /* played: the output of the same instant, behind the limiter. isHeld: histories go on, weights
     * do not. */
    void (*learn)(void *state, float error, float played, bool isHeld);
    /* Begins anew after an output that is no number; the histories may stay. */
    void (*reset)(void *state);
    /* Newest tap first; *taps gets their number. */
    const float *(*weights)(const void *state, size_t *taps);
} controller_class_t;

/* Only the functions below touch the fields; they are here so that the caller can own the memory.
 */
typedef struct {
    const controller_class_t *class;
    float limit, played;
    uint32_t holdSamples, hold;
    uint32_t resets; /* since init */
    _Alignas(16) unsigned char state[CONTROLLER_STATE_BYTES];
} controller_t;

/* Every algorithm; *count gets their number. */
const controller_class_t *const *controller_classes(size_t *count);

/* NULL when there is none of that name. */
const controller_class_t *controller_find(const char *name);

/* Bytes of memory beside controller_t; 0 when an option is out of range. */
size_t controller_bytes(const controller_class_t *class, const controller_options_t *options);

/* `memory` is aligned to 16 bytes. false and no change when it is too small or an option is out of
 * range. The options and what they point to are not needed any more afterwards. */
bool controller_init(controller_t *c, const controller_class_t *class,
                     const controller_options_t *options, void *memory, size_t bytes);

float controller_output(controller_t *c, float reference);
void controller_adapt(controller_t *c, float error);

/* Both for n samples; the buffers may be the same ones. */
void controller_process(controller_t *c, const float *reference, const float *error, float *output,
                        size_t n);

const float *controller_weights(const controller_t *c, size_t *taps);

/* For lay_out: the arrays begin at multiples of 16 bytes. */
static inline float *controller_take(arena_t *arena, size_t floats) {
    return arena_take(arena, (floats + 3) / 4 * 4);
}

#endif
