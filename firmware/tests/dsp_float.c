/* The single-precision kernels on their own: the transform against its definition, samples of any
 * size, and sessions in pieces. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/fdaf_f32.h"
#include "dsp/nlms_f32.h"
#include "support/expect.h"

static uint64_t seed = 11;

/* -1..1 */
static float uniform(void) {
    return (float)((double)expect_random(&seed) / 2147483648.0 - 1.0);
}

/* Any size from the smallest number to 1e7, either sign. */
static float any_size(void) {
    const float sign = expect_random(&seed) & 1 ? 1.0f : -1.0f;
    return sign * powf(10.0f, 26.0f * uniform() - 19.0f);
}

static void *memory_of(size_t bytes) {
    void *memory = malloc(bytes);
    EXPECT(memory != NULL);
    return memory;
}

/* Error of the transform relative to the largest bin of the definition in double; and there and
 * back. */
static void test_transform(uint32_t size) {
    static float signal[FFT_F32_MAX], re[FFT_F32_MAX / 2 + 1], im[FFT_F32_MAX / 2 + 1];
    static float back[FFT_F32_MAX];
    static double cosine[FFT_F32_MAX];
    fft_f32_t f;
    void *memory = memory_of(fft_f32_bytes(size));
    EXPECT(fft_f32_init(&f, size, memory));
    for (uint32_t i = 0; i < size; i++) {
        signal[i] = uniform();
        cosine[i] = cos(2 * 3.14159265358979323846 * i / size);
    }
    fft_f32_forward(&f, signal, re, im);
    const uint32_t bins = size / 2 + 1, stride = size > 1024 ? 37 : 1;
    for (uint32_t k = 0; k < bins; k = k == bins - 1       ? bins
                                       : k + stride < bins ? k + stride
                                                           : bins - 1) {
        double r = 0, i = 0;
        for (uint32_t n = 0; n < size; n++) {
            const uint32_t turn = (uint32_t)((uint64_t)k * n % size);
            r += (double)signal[n] * cosine[turn];
            i += (double)signal[n] * cosine[(turn + size / 4) % size]; /* cos(a + 90°) = -sin a */
        }
        /* white: a bin is about sqrt(size / 3) */
        EXPECT(fabs(r - (double)re[k]) < 2e-7 * sqrt(size) * log2(size));
        EXPECT(fabs(i - (double)im[k]) < 2e-7 * sqrt(size) * log2(size));
    }
    fft_f32_inverse(&f, re, im, back);
    for (uint32_t n = 0; n < size; n++)
        EXPECT(fabsf(back[n] - signal[n]) < 2e-6f);
    free(memory);
}

static void test_transform_refuses(void) {
    fft_f32_t f;
    float memory[1];
    static const uint32_t wrong[] = {0, 1, 16, 63, 96, 4095, 16384};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        EXPECT(!fft_f32_init(&f, wrong[i], memory));
}

static void expect_finite(const float *values, size_t n) {
    for (size_t i = 0; i < n; i++)
        EXPECT(isfinite(values[i]));
}

/* Each run: one size of reference and one of primary, which change twice. epsilon 0 leaves nothing
 * between the filter and a division by next to nothing. */
static void test_nlms_any_size(void) {
    enum { TAPS = 48, SAMPLES = 400 };
    static float x[SAMPLES], e[SAMPLES], weights[TAPS];
    void *memory = memory_of(nlms_f32_bytes(TAPS));
    for (int run = 0; run < 3000; run++) {
        const nlms_f32_config_t config = {
            .taps = TAPS, .step = 1.0f + uniform(), .leak = run & 1 ? 0.001f : 0.0f};
        nlms_f32_t n;
        EXPECT(nlms_f32_init(&n, &config, memory));
        float sizeX = 0, sizeD = 0;
        for (int i = 0; i < SAMPLES; i++) {
            if (i % 150 == 0) sizeX = any_size(), sizeD = any_size();
            x[i] = sizeX * uniform();
            e[i] = sizeD * uniform();
        }
        for (int i = 0; i < SAMPLES; i += 50) {
            nlms_f32_process(&n, x + i, e + i, e + i, 50);
            nlms_f32_weights(&n, weights);
            expect_finite(weights, TAPS);
        }
        expect_finite(e, SAMPLES);
    }
    free(memory);
}

static void test_fdaf_any_size(uint16_t constrained) {
    enum { BLOCK = 32, TAPS = 128, BLOCKS = 24 };
    static float x[BLOCK], e[BLOCK], weights[TAPS];
    const fdaf_f32_config_t config = {
        .taps = TAPS, .block = BLOCK, .step = 1, .constrained = constrained};
    void *memory = memory_of(fdaf_f32_bytes(&config));
    for (int run = 0; run < 2000; run++) {
        fdaf_f32_t f;
        EXPECT(fdaf_f32_init(&f, &config, memory));
        float sizeX = 0, sizeD = 0;
        for (int b = 0; b < BLOCKS; b++) {
            if (b % 6 == 0) sizeX = any_size(), sizeD = any_size();
            for (int i = 0; i < BLOCK; i++) {
                x[i] = sizeX * uniform();
                e[i] = sizeD * uniform();
            }
            fdaf_f32_process(&f, x, e, e);
            expect_finite(e, BLOCK);
            fdaf_f32_weights(&f, weights);
            expect_finite(weights, TAPS);
        }
    }
    free(memory);
}

/* Loud passages among quiet ones: what the sum of squares has lost by them must not be learned
 * from.
 */
static void test_energy_after_loud(float quiet, float loud) {
    enum { TAPS = 128, SAMPLES = 3000, PERIOD = 700, LOUD_FROM = 300, LOUD_UNTIL = 310 };
    const nlms_f32_config_t config = {.taps = TAPS, .step = 1, .epsilon = 1e-12f};
    void *memory = memory_of(nlms_f32_bytes(TAPS));
    static float x[SAMPLES];
    nlms_f32_t n;
    EXPECT(nlms_f32_init(&n, &config, memory));
    for (int i = 0; i < SAMPLES; i++) {
        const int phase = i % PERIOD;
        const bool isLoud = phase >= LOUD_FROM && phase < LOUD_UNTIL;
        x[i] = (isLoud ? loud : quiet) * uniform();
        float e = x[i] + 0.1f * (isLoud ? loud : quiet) * uniform();
        nlms_f32_process(&n, &x[i], &e, &e, 1);
        double energy = 0;
        for (int k = 0; k < TAPS && k <= i; k++)
            energy += (double)x[i - k] * (double)x[i - k];
        EXPECT(fabs(n.energy - energy) <= 2e-6 * energy);
        if (i > PERIOD && (phase < LOUD_FROM || phase >= LOUD_UNTIL + TAPS))
            EXPECT(fabsf(e) < quiet);
    }
    free(memory);
}

/* Weights that make any reference loud: the kernels must find out of it, cancel the reference, and
 * leave the noise that is in the primary alone; a muted output would have neither. */
static void test_diverged_filter_starts_again(void) {
    enum { BLOCK = 32, TAPS = 64, BLOCKS = 200 };
    static float x[BLOCK], e[2][BLOCK];
    double left[2] = {0, 0};
    const nlms_f32_config_t config = {.taps = TAPS, .step = 0.5f};
    const fdaf_f32_config_t blocks = {.taps = TAPS, .block = BLOCK, .step = 0.5f};
    void *memory = memory_of(nlms_f32_bytes(TAPS)), *more = memory_of(fdaf_f32_bytes(&blocks));
    nlms_f32_t n;
    fdaf_f32_t f;
    EXPECT(nlms_f32_init(&n, &config, memory) && fdaf_f32_init(&f, &blocks, more));
    n.weights[3] = 1e20f;
    f.weightsRe[5] = 1e20f;
    for (int b = 0; b < BLOCKS; b++) {
        for (int i = 0; i < BLOCK; i++)
            x[i] = 0.1f * uniform(), e[0][i] = e[1][i] = x[i] + 0.01f * uniform();
        nlms_f32_process(&n, x, e[0], e[0], BLOCK);
        fdaf_f32_process(&f, x, e[1], e[1]);
        for (int k = 0; k < 2 && b >= BLOCKS / 2; k++)
            for (int i = 0; i < BLOCK; i++)
                left[k] += (double)e[k][i] * (double)e[k][i] / (BLOCK * BLOCKS / 2);
    }
    /* mean squares: the noise alone 3.3e-5, the primary 3.4e-3 */
    for (int k = 0; k < 2; k++)
        EXPECT(left[k] > 3e-5 && left[k] < 1e-4);
    free(memory);
    free(more);
}

/* What falls silent does not decay into subnormal numbers, which are slow. */
static void test_fdaf_power_stays_normal(void) {
    static float x[64], e[64];
    const fdaf_f32_config_t config = {.taps = 64, .block = 64, .step = 0.5f};
    void *memory = malloc(fdaf_f32_bytes(&config));
    fdaf_f32_t f;
    EXPECT(memory && fdaf_f32_init(&f, &config, memory));
    for (int block = 0; block < 2000; block++) {
        for (int i = 0; i < 64; i++)
            x[i] = block == 0 ? (float)(i % 7) / 7 : 0;
        fdaf_f32_process(&f, x, x, e);
        for (uint32_t k = 0; k < f.bins; k++)
            EXPECT(f.power[k] >= FLT_MIN);
    }
    free(memory);
}

int main(void) {
    for (uint32_t size = FFT_F32_MIN; size <= FFT_F32_MAX; size *= 2)
        test_transform(size);
    test_transform_refuses();
    test_nlms_any_size();
    test_fdaf_any_size(0);
    test_fdaf_any_size(1);
    static const float quiet[] = {1e-2f, 1e-3f, 1e-4f}, loud[] = {1, 1e3f, 9e5f};
    for (int i = 0; i < 9; i++)
        test_energy_after_loud(quiet[i / 3], loud[i % 3]);
    test_diverged_filter_starts_again();
    test_fdaf_power_stays_normal();
    return 0;
}
