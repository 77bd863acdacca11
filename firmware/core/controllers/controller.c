#include "controllers/controller.h"

#include <string.h>

#include "controllers/classes.h"
#include "dsp/sane_f32.h"

static const float FULL_SCALE = 0.999f;
/* After a microphone clipped: what it said is wrong, and the room takes its time to say it. */
static const float CLIP_HOLD_S = 0.02f;

static const controller_class_t *const classes[] = {
    &controller_fxnlms,
    &controller_modified_fxlms,
    &controller_imc_feedback,
    &controller_hybrid,
    &controller_feedback_neutralisation,
    &controller_variable_step,
    &controller_online_secondary,
    &controller_frequency_domain,
    &controller_preconditioned,
    &controller_selective,
    &controller_normal_equations,
    &controller_normal_equations_online,
};

const controller_class_t *const *controller_classes(size_t *count) {
    *count = sizeof classes / sizeof *classes;
    return classes;
}

static bool same_name(const char *a, const char *b) {
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

const controller_class_t *controller_find(const char *name) {
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (same_name(classes[i]->name, name)) return classes[i];
    return NULL;
}

static bool are_sane(const float *values, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (sane_f32(values[i]) != values[i]) return false;
    return true;
}

static bool is_path(const float *path, size_t taps) {
    return taps <= CONTROLLER_MAX_PATH_TAPS && (taps == 0 || path) && are_sane(path, taps);
}

static bool is_library(const stored_filter_t *library, size_t count, size_t taps) {
    if (count > FILTER_LIBRARY_MAX || (count > 0 && !library)) return false;
    for (size_t i = 0; i < count; i++)
        if (!library[i].weights || !are_sane(library[i].weights, taps) ||
            !are_sane(library[i].spectrumDb, SPECTRUM_BANDS))
            return false;
    return true;
}

static bool are_valid(const controller_options_t *o) {
    return o->sampleRateHz >= 8000 && o->sampleRateHz <= 192000 && o->taps >= CONTROLLER_MIN_TAPS &&
           o->taps <= CONTROLLER_MAX_TAPS && o->taps % CONTROLLER_TAPS_STEP == 0 &&
           is_path(o->secondary, o->secondaryTaps) && is_path(o->feedback, o->feedbackTaps) &&
           is_library(o->library, o->libraryCount, o->taps) && o->stepSize <= 2 &&
           o->leakage <= 1000 && o->outputLimit > 0 && o->outputLimit <= 1;
}

size_t controller_bytes(const controller_class_t *class, const controller_options_t *options) {
    if (!are_valid(options)) return 0;
    controller_t c;
    memset(c.state, 0, sizeof c.state);
    arena_t arena = {NULL, 0, 0};
    class->lay_out(c.state, options, &arena);
    return arena.used * sizeof(float);
}

bool controller_init(controller_t *c, const controller_class_t *class,
                     const controller_options_t *options, void *memory, size_t bytes) {
    const size_t needed = controller_bytes(class, options);
    if (needed == 0 || bytes < needed) return false;
    memset(c, 0, sizeof *c);
    memset(memory, 0, needed);
    c->class = class;
    c->limit = options->outputLimit;
    c->holdSamples = (uint32_t)(CLIP_HOLD_S * options->sampleRateHz + 0.5f);
    arena_t arena = {memory, bytes / sizeof(float), 0};
    class->lay_out(c->state, options, &arena);
    if (class->start) class->start(c->state, options);
    return true;
}

static bool at_full_scale(float sample) {
    return sample >= FULL_SCALE || sample <= -FULL_SCALE;
}

float controller_output(controller_t *c, float reference) {
    const float x = sane_f32(reference);
    if (c->hold > 0) c->hold--;
    if (at_full_scale(x)) c->hold = c->holdSamples;
    float wanted = c->class->play(c->state, x);
    if (sane_f32(wanted) != wanted) {
        c->class->reset(c->state);
        c->resets++;
        wanted = 0;
    }
    c->played = wanted > c->limit ? c->limit : wanted < -c->limit ? -c->limit : wanted;
    if (c->played != wanted && c->hold == 0) c->hold = 1;
    return c->played;
}

void controller_adapt(controller_t *c, float error) {
    const float e = sane_f32(error);
    if (at_full_scale(e)) c->hold = c->holdSamples;
    c->class->learn(c->state, e, c->played, c->hold > 0);
}

void controller_process(controller_t *c, const float *reference, const float *error, float *output,
                        size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float e = error[i];
        output[i] = controller_output(c, reference[i]);
        controller_adapt(c, e);
    }
}

const float *controller_weights(const controller_t *c, size_t *taps) {
    return c->class->weights(c->state, taps);
}
