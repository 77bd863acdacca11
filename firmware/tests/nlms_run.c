/*
 * Runs an NLMS kernel on files, for differential tests and benchmarks:
 *
 *   nlms_run q15|q31 REFERENCE PRIMARY PREFIX TAPS STEP_E9 IO_BITS
 *
 * REFERENCE and PRIMARY are raw native int32 samples of the same number. Writes PREFIX.e (error)
 * and PREFIX.w (final weights), raw int32, and prints the nanoseconds of a sample.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dsp/nlms.h"

static void fail(const char *what) {
    fprintf(stderr, "nlms_run: %s\n", what);
    exit(2);
}

static int32_t *read_samples(const char *path, size_t *n) {
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) fail(path);
    const long size = ftell(f);
    rewind(f);
    int32_t *samples = malloc((size_t)size + 4);
    if (size < 0 || !samples || fread(samples, 1, (size_t)size, f) != (size_t)size) fail(path);
    fclose(f);
    *n = (size_t)size / 4;
    return samples;
}

static void write_samples(const char *prefix, const char *suffix, const int32_t *samples,
                          size_t n) {
    char path[1024];
    snprintf(path, sizeof path, "%s.%s", prefix, suffix);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(samples, 4, n, f) != n || fclose(f) != 0) fail(path);
}

int main(int argc, char **argv) {
    static nlms_q15_t q15;
    static nlms_q31_t q31;
    if (argc != 8) fail("q15|q31 REFERENCE PRIMARY PREFIX TAPS STEP_E9 IO_BITS");
    size_t n, primaries;
    int32_t *x = read_samples(argv[2], &n), *d = read_samples(argv[3], &primaries);
    const nlms_config_t config = {.taps = (uint16_t)atoi(argv[5]),
                                  .ioBits = (uint8_t)atoi(argv[7]),
                                  .step = anc_scalar_ratio(atoi(argv[6]), 1000000000)};
    const bool isQ15 = strcmp(argv[1], "q15") == 0;
    if (n != primaries || !(isQ15 ? nlms_q15_init(&q15, &config) : nlms_q31_init(&q31, &config)))
        fail("sizes or settings do not fit");
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (size_t i = 0; i < n; i++)
        d[i] = isQ15 ? nlms_q15_step(&q15, x[i], d[i]) : nlms_q31_step(&q31, x[i], d[i]);
    clock_gettime(CLOCK_MONOTONIC, &end);
    write_samples(argv[4], "e", d, n);
    write_samples(argv[4], "w", isQ15 ? q15.weights : q31.weights, config.taps);
    const double ns =
        (double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec);
    printf("%.1f\n", ns / (double)n);
    free(x);
    free(d);
    return 0;
}
