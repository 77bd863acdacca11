/* Any settings and any bit patterns as samples: refused, or errors and weights that are finite, in
 * one piece or in two. */
#include <stdlib.h>
#include <string.h>

#include "dsp/nlms_f32.h"

enum { MAX_SAMPLES = 4096 };

static void check_finite(const float *values, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (values[i] - values[i] != 0.0f) __builtin_trap();
}

/* Of the exact size, so that the sanitizer sees a step beyond it. */
static void *open_filter(nlms_f32_t *n, const nlms_f32_config_t *config) {
    void *memory = malloc(nlms_f32_bytes(config->taps));
    if (!memory || !nlms_f32_init(n, config, memory)) __builtin_trap();
    return memory;
}

/* Input: taps, three settings as floats, where to divide, then pairs of samples. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static float x[MAX_SAMPLES], d[MAX_SAMPLES], e[MAX_SAMPLES], again[MAX_SAMPLES];
    static float weights[NLMS_F32_MAX_TAPS];
    float settings[3];
    if (size < 2 + sizeof settings) return 0;
    memcpy(settings, data + 1, sizeof settings);
    nlms_f32_config_t config = {.taps = (uint16_t)(16 * (data[0] % 40)),
                                .step = settings[0],
                                .epsilon = settings[1],
                                .leak = settings[2]};
    nlms_f32_t whole, halves;
    static float unused[3 * NLMS_F32_MAX_TAPS + NLMS_F32_TAPS_STEP];
    if (!nlms_f32_init(&whole, &config, unused)) {
        if (config.taps == 0) config.taps = 16;
        config.step = 0.5f;
        config.epsilon = 0;
        config.leak = 0;
    }
    size_t count = 0;
    for (size_t at = 2 + sizeof settings; at + 8 <= size && count + 16 <= MAX_SAMPLES; at += 8) {
        for (size_t i = 0; i < 16; i++, count++) { /* the next pairs come back a little later */
            memcpy(x + count, data + at, 4);
            memcpy(d + count, data + at + 4, 4);
            if (i % 3 == 2) x[count] = -x[count] / 2;
        }
    }
    void *one = open_filter(&whole, &config), *two = open_filter(&halves, &config);
    nlms_f32_process(&whole, x, d, e, count);
    const size_t first = count * data[1 + sizeof settings] / 255;
    nlms_f32_process(&halves, x, d, again, first);
    nlms_f32_process(&halves, x + first, d + first, again + first, count - first);
    check_finite(e, count);
    if (memcmp(e, again, count * sizeof *e) != 0) __builtin_trap();
    nlms_f32_weights(&whole, weights);
    check_finite(weights, config.taps);
    free(one);
    free(two);
    return 0;
}
