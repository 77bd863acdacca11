/*
 * Runs an NLMS kernel on files, for differential tests and benchmarks:
 *
 *   nlms_run q15|q31 REFERENCE PRIMARY PREFIX TAPS STEP_E9 IO_BITS
 *   nlms_run f32 REFERENCE PRIMARY PREFIX TAPS STEP_E9 LEAK_E9
 *   nlms_run fdaf REFERENCE PRIMARY PREFIX TAPS STEP_E9 BLOCK[,CONSTRAINED]
 *
 * REFERENCE and PRIMARY are raw native samples of the same number, int32 or, for f32 and fdaf,
 * float. Writes PREFIX.e (error) and PREFIX.w (final weights) in the same format, and prints the
 * nanoseconds of a sample. fdaf leaves out what does not fill a block.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dsp/fdaf_f32.h"
#include "dsp/nlms.h"
#include "dsp/nlms_f32.h"

static void fail(const char *what) {
    fprintf(stderr, "nlms_run: %s\n", what);
    exit(2);
}

static void *read_samples(const char *path, size_t *n) {
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) fail(path);
    const long size = ftell(f);
    rewind(f);
    void *samples = malloc((size_t)size + 4);
    if (size < 0 || !samples || fread(samples, 1, (size_t)size, f) != (size_t)size) fail(path);
    fclose(f);
    *n = (size_t)size / 4;
    return samples;
}

static void write_samples(const char *prefix, const char *suffix, const void *samples, size_t n) {
    char path[1024];
    snprintf(path, sizeof path, "%s.%s", prefix, suffix);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(samples, 4, n, f) != n || fclose(f) != 0) fail(path);
}

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void run_f32(char **argv, const float *x, float *d, size_t n, float *weights) {
    const nlms_f32_config_t config = {.taps = (uint16_t)atoi(argv[5]),
                                      .step = (float)atoi(argv[6]) / 1e9f,
                                      .epsilon = 1e-12f,
                                      .leak = (float)atoi(argv[7]) / 1e9f};
    nlms_f32_t nlms;
    void *memory = malloc(nlms_f32_bytes(config.taps));
    if (!memory || !nlms_f32_init(&nlms, &config, memory)) fail("sizes or settings do not fit");
    const double start = now_ns();
    nlms_f32_process(&nlms, x, d, d, n);
    printf("%.1f\n", (now_ns() - start) / (double)n);
    nlms_f32_weights(&nlms, weights);
    free(memory);
}

static void run_fdaf(char **argv, const float *x, float *d, size_t n, float *weights) {
    const char *comma = strchr(argv[7], ',');
    const fdaf_f32_config_t config = {.taps = (uint16_t)atoi(argv[5]),
                                      .block = (uint16_t)atoi(argv[7]),
                                      .step = (float)atoi(argv[6]) / 1e9f,
                                      .epsilon = 1e-12f,
                                      .constrained = (uint16_t)(comma ? atoi(comma + 1) : 0)};
    fdaf_f32_t fdaf;
    void *memory = config.block > 0 ? malloc(fdaf_f32_bytes(&config)) : NULL;
    if (!memory || !fdaf_f32_init(&fdaf, &config, memory)) fail("sizes or settings do not fit");
    const double start = now_ns();
    for (size_t i = 0; i + config.block <= n; i += config.block)
        fdaf_f32_process(&fdaf, x + i, d + i, d + i);
    printf("%.1f\n", (now_ns() - start) / (double)n);
    fdaf_f32_weights(&fdaf, weights);
    free(memory);
}

int main(int argc, char **argv) {
    static nlms_q15_t q15;
    static nlms_q31_t q31;
    if (argc != 8)
        fail("q15|q31|f32|fdaf REFERENCE PRIMARY PREFIX TAPS STEP_E9 IO_BITS|LEAK_E9|BLOCK");
    size_t n, primaries;
    int32_t *x = read_samples(argv[2], &n), *d = read_samples(argv[3], &primaries);
    if (n != primaries) fail("the recordings differ in length");
    if (strcmp(argv[1], "f32") == 0 || strcmp(argv[1], "fdaf") == 0) {
        float *weights = calloc(65536, sizeof *weights);
        if (!weights) fail("out of memory");
        /* the samples were read as words of the same size */
        (strcmp(argv[1], "f32") == 0 ? run_f32 : run_fdaf)(argv, (float *)x, (float *)d, n,
                                                           weights);
        write_samples(argv[4], "e", d, n);
        write_samples(argv[4], "w", weights, (size_t)atoi(argv[5]));
        free(weights);
        free(x);
        free(d);
        return 0;
    }
    const nlms_config_t config = {.taps = (uint16_t)atoi(argv[5]),
                                  .ioBits = (uint8_t)atoi(argv[7]),
                                  .step = anc_scalar_ratio(atoi(argv[6]), 1000000000)};
    const bool isQ15 = strcmp(argv[1], "q15") == 0;
    if (!(isQ15 ? nlms_q15_init(&q15, &config) : nlms_q31_init(&q31, &config)))
        fail("sizes or settings do not fit");
    const double start = now_ns();
    for (size_t i = 0; i < n; i++)
        d[i] = isQ15 ? nlms_q15_step(&q15, x[i], d[i]) : nlms_q31_step(&q31, x[i], d[i]);
    const double ns = now_ns() - start;
    write_samples(argv[4], "e", d, n);
    write_samples(argv[4], "w", isQ15 ? q15.weights : q31.weights, config.taps);
    printf("%.1f\n", ns / (double)n);
    free(x);
    free(d);
    return 0;
}
