/* Any settings and any bit patterns as samples: refused, or errors and weights that are finite. */
#include <stdlib.h>
#include <string.h>

#include "dsp/fdaf_f32.h"

enum { MAX_BLOCK = 128 };

static void check_finite(const float *values, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (values[i] - values[i] != 0.0f) __builtin_trap();
}

/* Input: block, partitions, partitions constrained at a time, three settings as floats, then blocks
 * made of pairs. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    float x[MAX_BLOCK], d[MAX_BLOCK], weights[8 * MAX_BLOCK], settings[3];
    if (size < 3 + sizeof settings) return 0;
    memcpy(settings, data + 3, sizeof settings);
    const uint16_t block = (uint16_t)(32 << data[0] % 3);
    fdaf_f32_config_t config = {.taps = (uint16_t)(block * (1 + data[1] % 8)),
                                .block = block,
                                .step = settings[0],
                                .epsilon = settings[1],
                                .leak = settings[2],
                                .constrained = data[2]};
    fdaf_f32_t f;
    /* of the exact size, so that the sanitizer sees a step beyond it */
    void *memory = malloc(fdaf_f32_bytes(&config));
    if (!memory) return 0;
    if (!fdaf_f32_init(&f, &config, memory)) {
        config.step = 0.5f;
        config.epsilon = 0;
        config.leak = 0;
        if (!fdaf_f32_init(&f, &config, memory)) __builtin_trap();
    }
    for (size_t at = 3 + sizeof settings; at + 16 <= size; at += 16) {
        for (size_t i = 0; i < block; i++) {
            memcpy(x + i, data + at + 4 * (i & 1), 4);
            memcpy(d + i, data + at + 8 + 4 * (i & 1), 4);
            if (i % 3 == 2) x[i] = -x[i] / 2;
        }
        fdaf_f32_process(&f, x, d, d);
        check_finite(d, block);
        fdaf_f32_weights(&f, weights);
        check_finite(weights, config.taps);
    }
    free(memory);
    return 0;
}
