/* Any class, any options, any bit patterns as paths and samples: refused, or weights that are
 * numbers and an output within the limit, the same in one piece or in two. */
#include <stdlib.h>
#include <string.h>

#include "controllers/controller.h"
#include "dsp/sane_f32.h"

enum { MAX_SAMPLES = 4096, MAX_PATH = 40 };

typedef struct {
    uint8_t class, taps, secondaryTaps, feedbackTaps, seed, repeats, split, unused;
    float sampleRateHz, stepSize, leakage, outputLimit;
} head_t;

/* As many floats as there are, at most n. */
static size_t take_path(float *path, size_t n, const uint8_t **data, size_t *size) {
    if (n > *size / sizeof(float)) n = *size / sizeof(float);
    memcpy(path, *data, n * sizeof(float));
    *data += n * sizeof(float);
    *size -= n * sizeof(float);
    return n;
}

/* Pairs of samples, each drawn out a little. */
static size_t take_samples(float *x, float *e, size_t repeats, const uint8_t *data, size_t size) {
    size_t count = 0;
    for (size_t at = 0; at + 8 <= size && count + repeats <= MAX_SAMPLES; at += 8) {
        for (size_t i = 0; i < repeats; i++, count++) {
            memcpy(x + count, data + at, 4);
            memcpy(e + count, data + at + 4, 4);
            if (i % 3 == 2) x[count] = -x[count] / 2;
        }
    }
    return count;
}

static void make_valid(controller_options_t *o, float *secondary, float *feedback) {
    o->sampleRateHz = 8000;
    o->stepSize = -1;
    o->leakage = -1;
    o->outputLimit = 0.5f;
    for (size_t i = 0; i < MAX_PATH; i++) {
        secondary[i] = sane_f32(secondary[i]);
        feedback[i] = sane_f32(feedback[i]);
    }
}

/* Of the exact size, so that the sanitizer sees a step beyond it. */
static void *open_controller(controller_t *c, const controller_class_t *class,
                             const controller_options_t *o, size_t bytes) {
    void *memory = malloc(bytes);
    if (!memory || controller_init(c, class, o, memory, bytes - 1)) __builtin_trap();
    if (!controller_init(c, class, o, memory, bytes)) __builtin_trap();
    return memory;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static float x[MAX_SAMPLES], e[MAX_SAMPLES], y[MAX_SAMPLES], again[MAX_SAMPLES];
    static float secondary[MAX_PATH], feedback[MAX_PATH];
    static controller_t whole, halves;
    head_t head;
    if (size < sizeof head) return 0;
    memcpy(&head, data, sizeof head);
    data += sizeof head;
    size -= sizeof head;
    size_t classes;
    const controller_class_t *const *all = controller_classes(&classes);
    const controller_class_t *class = all[head.class % classes];
    controller_options_t o = {.taps = (uint16_t)(32 + 16 * (head.taps % 5)),
                              .secondary = secondary,
                              .feedback = feedback,
                              .seed = head.seed,
                              .sampleRateHz = head.sampleRateHz,
                              .stepSize = head.stepSize,
                              .leakage = head.leakage,
                              .outputLimit = head.outputLimit};
    o.secondaryTaps = take_path(secondary, head.secondaryTaps % MAX_PATH, &data, &size);
    o.feedbackTaps = take_path(feedback, head.feedbackTaps % MAX_PATH, &data, &size);
    size_t bytes = controller_bytes(class, &o);
    if (bytes == 0) {
        if (controller_init(&whole, class, &o, x, sizeof x)) __builtin_trap();
        make_valid(&o, secondary, feedback);
        bytes = controller_bytes(class, &o);
        if (bytes == 0) __builtin_trap();
    }
    const size_t count = take_samples(x, e, 1 + head.repeats % 64u, data, size);
    void *one = open_controller(&whole, class, &o, bytes);
    void *two = open_controller(&halves, class, &o, bytes);
    controller_process(&whole, x, e, y, count);
    const size_t first = count * head.split / 255;
    controller_process(&halves, x, e, again, first);
    controller_process(&halves, x + first, e + first, again + first, count - first);
    for (size_t i = 0; i < count; i++)
        if (!(y[i] <= o.outputLimit && y[i] >= -o.outputLimit)) __builtin_trap();
    if (memcmp(y, again, count * sizeof *y) != 0) __builtin_trap();
    size_t taps;
    const float *weights = controller_weights(&whole, &taps);
    for (size_t i = 0; i < taps; i++)
        if (weights[i] - weights[i] != 0.0f) __builtin_trap();
    free(one);
    free(two);
    return 0;
}
