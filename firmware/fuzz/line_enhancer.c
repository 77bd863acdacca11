/* Any settings and any bit patterns as samples: refused, or parts and weights that are finite, and
 * the same when the rest is written over the input. */
#include <stdlib.h>
#include <string.h>

#include "dsp/line_enhancer_f32.h"

enum { BLOCK = 32, SAMPLES = 16 * BLOCK };

static void check_finite(const float *values, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (values[i] - values[i] != 0.0f) __builtin_trap();
}

/* Of the exact size, so that the sanitizer sees a step beyond it. */
static void *open_enhancer(line_enhancer_f32_t *l, line_enhancer_f32_config_t *config) {
    void *memory = malloc(line_enhancer_f32_bytes(config));
    if (!memory) __builtin_trap();
    if (line_enhancer_f32_init(l, config, memory)) return memory;
    config->step = 0.5f;
    config->epsilon = 0;
    config->leak = 0;
    if (!line_enhancer_f32_init(l, config, memory)) __builtin_trap();
    return memory;
}

/* Input: delay, which filter, its length, three settings as floats, then samples that come again.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    float input[SAMPLES], rest[SAMPLES], periodic[SAMPLES], weights[8 * BLOCK], settings[3];
    const size_t head = 3 + sizeof settings;
    if (size < head + 4) return 0;
    memcpy(settings, data + 3, sizeof settings);
    line_enhancer_f32_config_t config = {.delay = (uint16_t)(1 + data[0]),
                                         .taps = (uint16_t)(BLOCK * (1 + data[2] % 8)),
                                         .block = data[1] & 1 ? BLOCK : 0,
                                         .step = settings[0],
                                         .epsilon = settings[1],
                                         .leak = settings[2]};
    const size_t given = (size - head) / 4;
    for (size_t i = 0; i < SAMPLES; i++) {
        memcpy(input + i, data + head + 4 * (i % given), 4);
        if (i % 5 == 3) input[i] = -input[i] / 2;
    }
    line_enhancer_f32_t apart, over;
    void *one = open_enhancer(&apart, &config), *two = open_enhancer(&over, &config);
    line_enhancer_f32_process(&apart, input, rest, periodic, SAMPLES);
    line_enhancer_f32_process(&over, input, input, NULL, SAMPLES);
    check_finite(rest, SAMPLES);
    check_finite(periodic, SAMPLES);
    if (memcmp(rest, input, sizeof rest) != 0) __builtin_trap();
    line_enhancer_f32_weights(&apart, weights);
    check_finite(weights, config.taps);
    free(one);
    free(two);
    return 0;
}
