/*
 * What a user would take instead, and what memory allows: microseconds for 512 samples through an
 * adaptive FIR.
 *
 *   peers NAME TAPS     NAME: liquid | speex | floor128 | floor256
 *
 * liquid: liquid-dsp's equaliser with LMS, real. speex: SpeexDSP's MDF echo canceller, frames of
 * 512 samples, 16 bits. floor: only the loads and stores of a fused NLMS step (weights, two windows
 * of the reference; weights back), 128 and 256 bits wide, all in the first-level cache. The median
 * of 21 rounds of 100 chunks.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <liquid/liquid.h>
#include <speex/speex_echo.h>

enum { CHUNK = 512, ROUNDS = 21, CHUNKS = 100 };

static float x[CHUNK], d[CHUNK];
static int16_t x16[CHUNK], d16[CHUNK], e16[CHUNK];
static float weights[8192], history[8192];
static float sink;

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static void run_liquid(void *state) {
    eqlms_rrrf q = state;
    for (int i = 0; i < CHUNK; i++) {
        float y;
        eqlms_rrrf_push(q, x[i]);
        eqlms_rrrf_execute(q, &y);
        eqlms_rrrf_step(q, d[i], y);
        sink += y;
    }
}

static void run_speex(void *state) {
    speex_echo_cancellation(state, d16, x16, e16);
    sink += e16[7];
}

typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));
static int taps;

#define FLOOR(name, type, width, attribute)                                                        \
    attribute static void name(void *state) {                                                      \
        (void)state;                                                                               \
        for (int n = 0; n < CHUNK; n++) {                                                          \
            const float *now = history + 16 + (n & 15), *before = now + 1;                         \
            for (int i = 0; i < taps; i += width) {                                                \
                type w = *(type *)(weights + i), a = *(const type *)(now + i),                     \
                     b = *(const type *)(before + i);                                              \
                __asm__ volatile("" : "+x"(w) : "x"(a), "x"(b));                                   \
                *(type *)(weights + i) = w;                                                        \
            }                                                                                      \
        }                                                                                          \
    }
FLOOR(run_floor128, v4, 4, )
#if defined(__x86_64__)
FLOOR(run_floor256, v8, 8, __attribute__((target("arch=x86-64-v3"))))
#endif

static int compare(const void *a, const void *b) {
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    taps = atoi(argv[2]);
    for (int i = 0; i < CHUNK; i++) {
        x16[i] = (int16_t)((i * 7919) % 20011 - 10005);
        d16[i] = (int16_t)(x16[i] / 2);
        x[i] = (float)x16[i] / 32768.0f;
        d[i] = (float)d16[i] / 32768.0f;
    }
    void *state = NULL;
    void (*run)(void *) = NULL;
    if (strcmp(argv[1], "liquid") == 0) {
        state = eqlms_rrrf_create(NULL, (unsigned)taps);
        eqlms_rrrf_set_bw(state, 0.1f);
        run = run_liquid;
    } else if (strcmp(argv[1], "speex") == 0) {
        int rate = 48000;
        state = speex_echo_state_init(CHUNK, taps);
        speex_echo_ctl(state, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
        run = run_speex;
    } else if (strcmp(argv[1], "floor128") == 0) {
        run = run_floor128;
    }
#if defined(__x86_64__)
    if (strcmp(argv[1], "floor256") == 0 && __builtin_cpu_supports("avx2")) run = run_floor256;
#endif
    if (!run) return 3;
    double times[ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
        const double start = now_us();
        for (int i = 0; i < CHUNKS; i++)
            run(state);
        times[r] = (now_us() - start) / CHUNKS;
    }
    qsort(times, ROUNDS, sizeof *times, compare);
    printf("%.2f\n", times[ROUNDS / 2]);
    return sink == 12345.0f;
}
