/* Any settings and signals in both NLMS kernels: no undefined behaviour, errors of the promised
 * width. */
#include <string.h>

#include "dsp/nlms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static nlms_q15_t q15;
    static nlms_q31_t q31;
    static const uint8_t widths[] = {16, 24, 32};
    if (size < 8) return 0;
    const nlms_config_t config = {
        .taps = (uint16_t)(16 * (1 + data[0] % 64)),
        .ioBits = widths[data[1] % 3],
        .step = anc_scalar_ratio((int32_t)(data[2] << 16 | data[3] << 8 | data[4]), 1 + data[5]),
    };
    if (!nlms_q15_init(&q15, &config) || !nlms_q31_init(&q31, &config)) __builtin_trap();
    const uint32_t dropped = config.ioBits == 32 ? 0 : (1U << (32 - config.ioBits)) - 1;
    for (size_t at = 6; at + 8 <= size; at += 8) {
        int32_t samples[2];
        memcpy(samples, data + at, sizeof samples);
        for (int i = 0; i < 24; i++) {
            const int32_t e15 = nlms_q15_step(&q15, samples[0], samples[1]);
            const int32_t e31 = nlms_q31_step(&q31, samples[0], samples[1]);
            if (((uint32_t)e15 & dropped) || ((uint32_t)e31 & dropped)) __builtin_trap();
            samples[0] = samples[0] >> (i & 3);
        }
    }
    return 0;
}
