/* Prints how many times real time the engine runs on this machine: engine_bench [taps] [modelTaps]
 * [seconds] [fir|multirate] [fxnlms|follow]. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dsp/engine.h"
#include "support/expect.h"

static double now_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    uint16_t taps = (uint16_t)(argc > 1 ? atoi(argv[1]) : 512);
    uint16_t modelTaps = (uint16_t)(argc > 2 ? atoi(argv[2]) : 256);
    int seconds = argc > 3 ? atoi(argv[3]) : 10;
    static anc_engine_t e;
    static anc_secondary_model_t model;
    uint64_t random = 1;
    anc_engine_init(&e, 48000);
    model.length = modelTaps;
    for (uint16_t i = 0; i < modelTaps; i++)
        model.taps_q15[i] = (int16_t)((int32_t)expect_random(&random) >> 20);
    anc_config_t config = e.config;
    config.mode = ANC_MODE_ANC;
    config.taps = taps;
    if (argc > 4 && strcmp(argv[4], "multirate") == 0) config.filterForm = ANC_FORM_MULTIRATE;
    anc_engine_follow(&e, argc > 5 && strcmp(argv[5], "follow") == 0);
    anc_engine_configure(&e, &config);
    if (!anc_engine_set_secondary(&e, &model)) return 1;

    enum { BLOCK = 480 };
    static int32_t reference[BLOCK], error[BLOCK], output[BLOCK];
    int64_t sum = 0;
    double start = now_seconds();
    for (int block = 0; block < seconds * 100; block++) {
        for (int i = 0; i < BLOCK; i++) {
            reference[i] = (int32_t)expect_random(&random) >> 3;
            error[i] = (int32_t)expect_random(&random) >> 6;
        }
        anc_engine_process(&e, reference, error, output, BLOCK);
        sum += output[0];
    }
    double elapsed = now_seconds() - start;
    printf(
        "{\"taps\":%u,\"modelTaps\":%u,\"nsPerSample\":%.0f,\"timesRealTime\":%.1f,\"sum\":%lld}\n",
        taps, modelTaps, elapsed * 1e9 / (seconds * 48000.0), seconds / elapsed, (long long)sum);
    return 0;
}
