/* The acoustic controllers as sessions: controller_t, and behind it its memory. An algorithm is its
 * place in the list; samples are floats. */
#include "controllers/controller.h"

#include "port.h"

/* The wrapper writes the options by offset, into a zeroed block of 64 bytes. */
_Static_assert(offsetof(controller_options_t, sampleRateHz) == 0 &&
                   offsetof(controller_options_t, taps) == 4 &&
                   offsetof(controller_options_t, secondary) == 8 &&
                   offsetof(controller_options_t, secondaryTaps) == 12 &&
                   offsetof(controller_options_t, feedback) == 16 &&
                   offsetof(controller_options_t, feedbackTaps) == 20 &&
                   offsetof(controller_options_t, stepSize) == 24 &&
                   offsetof(controller_options_t, leakage) == 28 &&
                   offsetof(controller_options_t, outputLimit) == 32 &&
                   offsetof(controller_options_t, seed) == 36 && sizeof(controller_options_t) <= 64,
               "layout of the options");
_Static_assert(sizeof(controller_t) % 16 == 0, "alignment of the memory behind it");

static const controller_class_t *class_at(uint32_t index) {
    size_t count;
    return controller_classes(&count)[index];
}

ANC_EXPORT(controller_count) uint32_t anc_wasm_controller_count(void) {
    size_t count;
    controller_classes(&count);
    return (uint32_t)count;
}

/* Ends with a zero. */
ANC_EXPORT(controller_name) const char *anc_wasm_controller_name(uint32_t index) {
    return class_at(index)->name;
}

/* 0 when an option is out of range. */
ANC_EXPORT(controller_bytes)
size_t anc_wasm_controller_bytes(uint32_t index, const controller_options_t *options) {
    const size_t bytes = controller_bytes(class_at(index), options);
    return bytes > 0 ? sizeof(controller_t) + bytes : 0;
}

ANC_EXPORT(controller_init)
bool anc_wasm_controller_init(controller_t *c, uint32_t index, const controller_options_t *options,
                              size_t bytes) {
    return controller_init(c, class_at(index), options, c + 1, bytes - sizeof *c);
}

ANC_EXPORT(controller_output) float anc_wasm_controller_output(controller_t *c, float reference) {
    return controller_output(c, reference);
}

ANC_EXPORT(controller_adapt) void anc_wasm_controller_adapt(controller_t *c, float error) {
    controller_adapt(c, error);
}

ANC_EXPORT(controller_process)
void anc_wasm_controller_process(controller_t *c, const float *reference, const float *error,
                                 float *output, size_t n) {
    controller_process(c, reference, error, output, n);
}

ANC_EXPORT(controller_weights) const float *anc_wasm_controller_weights(const controller_t *c) {
    size_t taps;
    return controller_weights(c, &taps);
}

ANC_EXPORT(controller_taps) uint32_t anc_wasm_controller_taps(const controller_t *c) {
    size_t taps;
    controller_weights(c, &taps);
    return (uint32_t)taps;
}

ANC_EXPORT(controller_resets) uint32_t anc_wasm_controller_resets(const controller_t *c) {
    return c->resets;
}
