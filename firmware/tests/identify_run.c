/*
 * Runs the core's identification in a simulated ear, for differential tests and for its speed:
 *
 *   identify_run SECONDARY FEEDBACK REFERENCE ERROR PREFIX EXCITATION SECONDS TAPS BYTES
 *
 * The files are raw native floats: impulse responses from the loudspeaker to the error and the
 * reference microphone, latency included, and what the two hear without it. EXCITATION is 0 white,
 * 1 MLS, 2 sweep; BYTES of memory, 0 for as much as is of use. Writes PREFIX.s and PREFIX.f (the
 * paths found), and prints the result as JSON with the longest control step in microseconds.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control/identify.h"

enum { RATE = 48000, CONTROL_SAMPLES = 480 };

static void fail(const char *what) {
    fprintf(stderr, "identify_run: %s\n", what);
    exit(2);
}

typedef struct {
    float *values;
    size_t n;
} floats_t;

static floats_t read_floats(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) fail(path);
    const long size = ftell(f);
    rewind(f);
    floats_t read = {malloc((size_t)size + 4), (size_t)size / 4};
    if (size < 4 || !read.values || fread(read.values, 4, read.n, f) != read.n) fail(path);
    fclose(f);
    return read;
}

static void write_floats(const char *prefix, const char *suffix, const float *values, size_t n) {
    char path[1024];
    snprintf(path, sizeof path, "%s.%s", prefix, suffix);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(values, 4, n, f) != n || fclose(f) != 0) fail(path);
}

/* What the path makes of everything played up to sample n. */
static float heard(const floats_t *path, const float *played, size_t n) {
    float sum = 0;
    for (size_t k = 0; k < path->n && k <= n; k++)
        sum += path->values[k] * played[n - k];
    return sum;
}

static int32_t to_q31(float v) {
    return v >= 1 ? INT32_MAX : v < -1 ? INT32_MIN : (int32_t)(v * 2147483520.0f);
}

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
    static identify_t id;
    if (argc != 10) fail("SECONDARY FEEDBACK REFERENCE ERROR PREFIX EXCITATION SECONDS TAPS BYTES");
    const floats_t secondary = read_floats(argv[1]), feedback = read_floats(argv[2]);
    const floats_t reference = read_floats(argv[3]), error = read_floats(argv[4]);
    const identify_config_t config = {.sampleRateHz = RATE,
                                      .excitation = (excitation_kind_t)atoi(argv[6]),
                                      .seconds = (float)atof(argv[7]),
                                      .maxDriveDb = -20,
                                      .minErleDb = 8,
                                      .taps = (size_t)atoi(argv[8])};
    const size_t bytes = atoi(argv[9]) > 0 ? (size_t)atoi(argv[9]) : identify_bytes(960);
    float *played = calloc(reference.n, sizeof *played);
    void *memory = malloc(bytes);
    if (!played || !memory || !identify_start(&id, &config, memory, bytes)) fail("no memory");
    double longestUs = 0, solvingUs = 0;
    for (size_t n = 0; n < reference.n && id.phase != IDENTIFY_DONE; n++) {
        const int32_t x = to_q31(reference.values[n] + heard(&feedback, played, n));
        const int32_t y = identify_sound(&id);
        played[n] = (float)y / 2147483648.0f;
        identify_push(&id, x, y, to_q31(error.values[n] + heard(&secondary, played, n)));
        if (n % CONTROL_SAMPLES != 0) continue;
        const bool solves = id.phase == IDENTIFY_SOLVE;
        const double startUs = now_us();
        identify_work(&id);
        const double us = now_us() - startUs;
        if (us > longestUs) longestUs = us;
        if (solves) solvingUs += us;
    }
    if (id.phase != IDENTIFY_DONE) fail("the recordings are too short");
    write_floats(argv[5], "s", id.fit.secondary, id.fit.layout.taps);
    write_floats(argv[5], "f", id.fit.feedback, id.fit.layout.taps);
    const identify_result_t *r = &id.result;
    printf("{\"reason\":%d,\"erleDb\":%.3f,\"driveDb\":%.2f,\"backgroundDb\":%.2f,"
           "\"delaySamples\":%u,\"modelTaps\":%u,\"controlTaps\":%u,\"stepSize\":%.6f,"
           "\"bytes\":%zu,\"longestUs\":%.0f,\"solvingUs\":%.0f,\"octavesDb\":[",
           (int)id.reason, (double)r->erleDb, (double)id.driveDb, (double)id.backgroundDb,
           r->settings.delaySamples, r->settings.modelTaps, r->settings.controlTaps,
           (double)r->settings.stepSize, bytes, longestUs, solvingUs);
    for (int i = 0; i < PATH_OCTAVES; i++)
        printf("%s%.2f", i > 0 ? "," : "", (double)r->octavesDb[i]);
    printf("]}\n");
    free(played);
    free(memory);
    free(secondary.values);
    free(feedback.values);
    free(reference.values);
    free(error.values);
    return 0;
}
