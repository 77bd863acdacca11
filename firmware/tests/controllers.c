/* Every acoustic controller: what it refuses, hostile samples, an output that is no number, and
 * that it cancels afterwards. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "controllers/controller.h"
#include "support/expect.h"

enum { RATE = 8000, TAPS = 64, PATH = 24, DELAY = 12, SECOND = RATE };
static const float LIMIT = 0.5f;

static const float secondary[PATH] = {0, 0, 0.05f, 0.6f, 0.25f, -0.1f};
static const float feedback[PATH] = {0, 0.01f, -0.005f};

static controller_options_t options(void) {
    return (controller_options_t){.sampleRateHz = RATE,
                                  .taps = TAPS,
                                  .secondary = secondary,
                                  .secondaryTaps = PATH,
                                  .feedback = feedback,
                                  .feedbackTaps = PATH,
                                  .stepSize = -1,
                                  .leakage = -1,
                                  .outputLimit = LIMIT,
                                  .seed = 5};
}

/* In memory of the exact size, so that the sanitizer sees a step beyond it. */
typedef struct {
    controller_t *controller;
    void *memory;
    size_t bytes;
} opened_t;

static opened_t open_with(const controller_class_t *class, controller_options_t o) {
    opened_t opened = {malloc(sizeof(controller_t)), NULL, controller_bytes(class, &o)};
    EXPECT(opened.bytes > 0);
    opened.memory = malloc(opened.bytes);
    EXPECT(opened.controller && opened.memory);
    EXPECT(controller_init(opened.controller, class, &o, opened.memory, opened.bytes));
    return opened;
}

static opened_t open_controller(const controller_class_t *class) {
    return open_with(class, options());
}

static void close_controller(opened_t *opened) {
    free(opened->controller);
    free(opened->memory);
}

static float output_of(controller_t *c, float reference) {
    const float y = controller_output(c, reference);
    EXPECT(y <= LIMIT && y >= -LIMIT);
    return y;
}

static void expect_finite(const controller_t *c) {
    size_t taps;
    const float *weights = controller_weights(c, &taps);
    EXPECT_EQ(taps, TAPS);
    for (size_t i = 0; i < taps; i++)
        EXPECT(isfinite(weights[i]));
}

/* Harmonics and a little noise through a plant with that secondary path, in which the output is
 * heard at once; returns what is left of the power at the error microphone in the last second. */
static double share_left(controller_t *c, size_t samples, float sign) {
    uint64_t random = 77;
    double played[PATH] = {0}, heard[DELAY + 1] = {0}, left = 0, before = 0;
    for (size_t n = 0; n < samples; n++) {
        const double t = (double)(n % SECOND) / RATE;
        double x = 0.002 * ((double)expect_random(&random) / 2147483648.0 - 1);
        for (int k = 1; k <= 4; k++)
            x += 0.1 / k * sin(2 * 3.14159265358979 * 110 * k * t);
        memmove(heard + 1, heard, DELAY * sizeof *heard);
        heard[0] = x;
        memmove(played + 1, played, (PATH - 1) * sizeof *played);
        played[0] = (double)output_of(c, (float)x);
        double e = 0.7 * heard[DELAY];
        for (int i = 0; i < PATH; i++)
            e += (double)(sign * secondary[i]) * played[i];
        controller_adapt(c, (float)e);
        if (n + SECOND < samples) continue;
        left += e * e;
        before += 0.49 * heard[DELAY] * heard[DELAY];
    }
    expect_finite(c);
    return left / before;
}

static void test_refusals(const controller_class_t *class) {
    static const float wrong[2] = {0.5f, NAN}, huge[2] = {0, -1e6f};
    static float path[CONTROLLER_MAX_PATH_TAPS + 1];
    float memory[8];
    controller_t *c = calloc(1, sizeof *c);
    EXPECT(c != NULL);
#define REFUSES(field, value)                                                                      \
    do {                                                                                           \
        controller_options_t o = options();                                                        \
        o.field = value;                                                                           \
        if (o.secondary != secondary) o.secondaryTaps = 2;                                         \
        EXPECT_EQ(controller_bytes(class, &o), 0);                                                 \
        EXPECT(!controller_init(c, class, &o, memory, sizeof memory));                             \
        EXPECT(c->class == NULL);                                                                  \
    } while (0)
    REFUSES(sampleRateHz, 7999);
    REFUSES(sampleRateHz, 192001);
    REFUSES(sampleRateHz, NAN);
    REFUSES(taps, 16);
    REFUSES(taps, 40);
    REFUSES(taps, CONTROLLER_MAX_TAPS + CONTROLLER_TAPS_STEP);
    REFUSES(secondary, NULL);
    REFUSES(secondary, wrong);
    REFUSES(secondary, huge);
    REFUSES(feedback, NULL);
    REFUSES(stepSize, 2.1f);
    REFUSES(stepSize, NAN);
    REFUSES(leakage, 1001);
    REFUSES(leakage, NAN);
    REFUSES(outputLimit, 0);
    REFUSES(outputLimit, -0.5f);
    REFUSES(outputLimit, 1.01f);
    REFUSES(outputLimit, NAN);
#undef REFUSES
    controller_options_t o = options();
    o.secondary = path;
    o.secondaryTaps = CONTROLLER_MAX_PATH_TAPS + 1;
    EXPECT_EQ(controller_bytes(class, &o), 0);
    o.secondaryTaps = CONTROLLER_MAX_PATH_TAPS;
    EXPECT(controller_bytes(class, &o) > 0);
    EXPECT(!controller_init(c, class, &o, memory, controller_bytes(class, &o) - 1));
    free(c);
}

static float hostile(uint32_t kind, size_t n, uint64_t *random) {
    const float noise = (float)((double)expect_random(random) / 2147483648.0 - 1);
    switch (kind) {
    case 0:
        return 0;
    case 1:
        return 0.3f; /* DC */
    case 2:
        return n % 200 == 0 ? 0.9f : 0; /* impulses */
    case 3:
        return noise > 0 ? 1.0f : -1.0f; /* clipped */
    case 4:
        return n % 7 == 3 ? NAN : noise;
    case 5:
        return n % 11 == 5 ? INFINITY : n % 13 == 5 ? -INFINITY : noise;
    case 6:
        return 9e5f * noise; /* as large as counts as a sample */
    case 7:
        return n < 2000 ? 9e5f : 1e-6f * noise; /* loud, then quiet */
    case 8:
        return 1e-41f * noise; /* denormal */
    default:
        return 3e38f * noise;
    }
}

/* Both microphones hear it, as one and as two that have nothing to do with each other; in one piece
 * and in two. */
static void test_hostile(const controller_class_t *class) {
    enum { SAMPLES = 6000, CUT = 2345, KINDS = 10 };
    static float x[SAMPLES], e[SAMPLES], y[SAMPLES], again[SAMPLES];
    for (uint32_t kind = 0; kind < KINDS * KINDS; kind++) {
        if (kind % KINDS != kind / KINDS && kind % 3 != 0) continue;
        uint64_t random = 1 + kind;
        for (size_t n = 0; n < SAMPLES; n++) {
            x[n] = hostile(kind % KINDS, n, &random);
            e[n] = hostile(kind / KINDS, n, &random);
        }
        opened_t one = open_controller(class), two = open_controller(class);
        controller_process(one.controller, x, e, y, SAMPLES);
        memcpy(again, x, sizeof again); /* in place */
        controller_process(two.controller, again, e, again, CUT);
        controller_process(two.controller, again + CUT, e + CUT, again + CUT, SAMPLES - CUT);
        for (size_t n = 0; n < SAMPLES; n++)
            EXPECT(y[n] <= LIMIT && y[n] >= -LIMIT);
        EXPECT(memcmp(y, again, sizeof y) == 0);
        expect_finite(one.controller);
        close_controller(&one);
        close_controller(&two);
    }
}

/* Whatever made its weights no numbers: one sample of silence, and it begins anew. */
static void test_reset(const controller_class_t *class) {
    opened_t opened = open_controller(class);
    controller_t *c = opened.controller;
    EXPECT(share_left(c, SECOND, 1) < 1.5);
    size_t taps;
    float *weights = (float *)(uintptr_t)controller_weights(c, &taps);
    weights[3] = NAN;
    share_left(c, SECOND, 1);
    EXPECT(c->resets >= 1);
    const uint32_t resets = c->resets;
    EXPECT(share_left(c, 6 * SECOND, 1) < 0.2);
    EXPECT_EQ(c->resets, resets);
    close_controller(&opened);
}

/* After a reset nothing that it had learned is left: neither microphone is heard, only a probe. */
static void test_reset_forgets(const controller_class_t *class) {
    opened_t opened[2] = {open_controller(class), open_controller(class)};
    for (int i = 0; i < 2; i++) {
        EXPECT(share_left(opened[i].controller, 2 * SECOND, 1) < 0.5);
        class->reset(opened[i].controller->state);
    }
    for (int n = 0; n < DELAY; n++) {
        const float loud = output_of(opened[0].controller, 0.2f);
        EXPECT(loud == output_of(opened[1].controller, 0));
        EXPECT(loud == 0 || strstr(class->name, "online"));
    }
    close_controller(&opened[0]);
    close_controller(&opened[1]);
}

/* Noise at both microphones, with one of them clipped every 10 ms. */
static void hear_clipped(controller_t *c, size_t samples, int who) {
    for (size_t n = 0; n < samples; n++) {
        const bool isClipped = n % (RATE / 100) == 0;
        output_of(c, isClipped && who == 0 ? -1.0f : n & 8 ? 0.1f : -0.1f);
        controller_adapt(c, isClipped && who == 1 ? 1.0f : n & 4 ? 0.2f : -0.1f);
    }
}

/* A clipped microphone says nothing true for 20 ms: nothing is learned, weights shrink at most. The
 * normal equations go on solving what they have heard before. */
static void test_hold(const controller_class_t *class) {
    static float before[TAPS];
    if (strstr(class->name, "normal-equations")) return;
    for (int who = 0; who < 2; who++) {
        opened_t opened = open_controller(class);
        controller_t *c = opened.controller;
        EXPECT(share_left(c, 2 * SECOND, 1) < 0.5);
        hear_clipped(c, SECOND / 2, who); /* what was on its way when it began is through */
        size_t taps;
        memcpy(before, controller_weights(c, &taps), sizeof before);
        hear_clipped(c, SECOND / 2, who);
        const float *held = controller_weights(c, &taps);
        for (size_t i = 0; i < taps; i++)
            EXPECT(fabsf(held[i]) <= fabsf(before[i]) + 1e-6f);
        EXPECT(share_left(c, 4 * SECOND, 1) < 0.2);
        close_controller(&opened);
    }
}

/* A path that changes its sign, which the model does not know: never above the limit, and when the
 * path is back it cancels again. */
static void test_swap(const controller_class_t *class) {
    opened_t opened = open_controller(class);
    EXPECT(share_left(opened.controller, 4 * SECOND, 1) < 0.2);
    share_left(opened.controller, SECOND / 2, -1);
    EXPECT(share_left(opened.controller, 8 * SECOND, 1) < 0.3);
    EXPECT_EQ(opened.controller->resets, 0);
    close_controller(&opened);
}

int main(void) {
    size_t count;
    const controller_class_t *const *classes = controller_classes(&count);
    EXPECT(count > 0);
    EXPECT(controller_find("no such") == NULL);
    for (size_t i = 0; i < count; i++) {
        EXPECT(controller_find(classes[i]->name) == classes[i]);
        EXPECT(classes[i]->title[0] && classes[i]->source[0]);
        test_refusals(classes[i]);
        test_hostile(classes[i]);
        test_reset(classes[i]);
        test_reset_forgets(classes[i]);
        test_hold(classes[i]);
        test_swap(classes[i]);
    }
    return 0;
}
