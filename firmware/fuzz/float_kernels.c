/* Any settings and any floats, NaN and infinity among them, in NLMS and FDAF: no undefined
 * behaviour, finite errors. */
#include <string.h>

#include "dsp/fdaf_f32.h"
#include "dsp/nlms_f32.h"

enum { BLOCK = 64 };

static float unit(uint8_t byte) {
    return (float)byte / 127.0f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static float nlmsMemory[1 << 14], fdafMemory[1 << 15];
    if (size < 6) return 0;
    nlms_f32_t nlms;
    const nlms_f32_config_t n = {.taps = (uint16_t)(16 * (1 + data[0] % 32)),
                                 .step = unit(data[1]),
                                 .epsilon = unit(data[2]),
                                 .leak = unit(data[3]) / 4};
    fdaf_f32_t fdaf;
    const fdaf_f32_config_t f = {.taps = (uint16_t)(BLOCK * (1 + data[0] % 4)),
                                 .block = BLOCK,
                                 .step = unit(data[1]),
                                 .epsilon = unit(data[2]),
                                 .leak = unit(data[3]) / 4};
    if (n.step > 2 || n.leak >= 1) return 0;
    if (nlms_f32_bytes(n.taps) > sizeof nlmsMemory || fdaf_f32_bytes(&f) > sizeof fdafMemory)
        __builtin_trap();
    if (!nlms_f32_init(&nlms, &n, nlmsMemory)) return 0;
    if (!fdaf_f32_init(&fdaf, &f, fdafMemory)) return 0;
    for (size_t at = 4; at < size; at += 64) {
        float x[BLOCK] = {0}, d[BLOCK] = {0}, e[BLOCK];
        const size_t n4 = (size - at < 64 ? size - at : 64) / 8;
        for (size_t i = 0; i < BLOCK && n4 > 0; i++) {
            memcpy(&x[i], data + at + 8 * (i % n4), sizeof x[i]);
            memcpy(&d[i], data + at + 8 * (i % n4) + 4, sizeof d[i]);
        }
        nlms_f32_process(&nlms, x, d, e, BLOCK);
        for (size_t i = 0; i < BLOCK; i++)
            if (e[i] - e[i] != 0.0f) __builtin_trap();
        fdaf_f32_process(&fdaf, x, d, e);
        for (size_t i = 0; i < BLOCK; i++)
            if (e[i] - e[i] != 0.0f) __builtin_trap();
    }
    return 0;
}
