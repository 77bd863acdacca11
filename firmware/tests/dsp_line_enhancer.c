/* The line enhancer against its filter alone with a reference that is delayed here, in pieces and
 * in place; what it takes out of a tone in noise; what it refuses. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/line_enhancer_f32.h"
#include "support/expect.h"

enum { SAMPLES = 16384, TAPS = 128, BLOCK = 64, TAIL = 4096 };

static uint64_t seed = 5;
static float input[SAMPLES], late[SAMPLES], rest[SAMPLES], wanted[SAMPLES], periodic[SAMPLES];

/* A tone of 1 kHz at 48 kHz and noise, some of it no sample at all. */
static void make_input(double tone, double noise, bool insane) {
    for (size_t n = 0; n < SAMPLES; n++) {
        const double white = (double)expect_random(&seed) / 2147483648.0 - 1.0;
        input[n] = (float)(tone * sin(0.1308996938995747 * (double)n) + noise * white);
        if (insane && n % 1000 == 7) input[n] = n % 2000 == 7 ? NAN : 1e30f;
    }
}

static double power(const float *signal) {
    double sum = 0;
    for (size_t n = SAMPLES - TAIL; n < SAMPLES; n++)
        sum += (double)signal[n] * (double)signal[n];
    return sum / TAIL;
}

static void *open_enhancer(line_enhancer_f32_t *l, const line_enhancer_f32_config_t *config) {
    /* of the exact size, so that the sanitizer sees a step beyond it */
    void *memory = malloc(line_enhancer_f32_bytes(config));
    EXPECT(memory && line_enhancer_f32_init(l, config, memory));
    return memory;
}

static void run_filter_alone(const line_enhancer_f32_config_t *c) {
    for (size_t n = 0; n < SAMPLES; n++)
        late[n] = n < c->delay ? 0 : input[n - c->delay];
    if (c->block) {
        const fdaf_f32_config_t config = {
            .taps = c->taps, .block = c->block, .step = c->step, .epsilon = c->epsilon};
        fdaf_f32_t fdaf;
        void *memory = malloc(fdaf_f32_bytes(&config));
        EXPECT(memory && fdaf_f32_init(&fdaf, &config, memory));
        for (size_t n = 0; n < SAMPLES; n += c->block)
            fdaf_f32_process(&fdaf, late + n, input + n, wanted + n);
        free(memory);
        return;
    }
    const nlms_f32_config_t config = {.taps = c->taps, .step = c->step, .epsilon = c->epsilon};
    nlms_f32_t nlms;
    void *memory = malloc(nlms_f32_bytes(c->taps));
    EXPECT(memory && nlms_f32_init(&nlms, &config, memory));
    nlms_f32_process(&nlms, late, input, wanted, SAMPLES);
    free(memory);
}

static void test_equals_filter(uint16_t delay, uint16_t block) {
    const line_enhancer_f32_config_t config = {
        .delay = delay, .taps = TAPS, .block = block, .step = 0.02f, .epsilon = 1e-9f};
    make_input(0.2, 0.1, true);
    run_filter_alone(&config);
    line_enhancer_f32_t l;
    void *memory = open_enhancer(&l, &config);
    for (size_t at = 0; at < SAMPLES;) {
        size_t count = block ? block * (1 + at / block % 3) : 1 + at % 301;
        if (count > SAMPLES - at) count = SAMPLES - at;
        line_enhancer_f32_process(&l, input + at, rest + at, periodic + at, count);
        at += count;
    }
    EXPECT(memcmp(rest, wanted, sizeof rest) == 0);
    for (size_t n = 0; n < SAMPLES; n++) {
        const float sane = input[n] > -1e6f && input[n] < 1e6f ? input[n] : 0;
        EXPECT(fabsf(periodic[n] + rest[n] - sane) <= 1e-7f);
    }
    free(memory);
    memory = open_enhancer(&l, &config);
    line_enhancer_f32_process(&l, input, input, NULL, SAMPLES);
    EXPECT(memcmp(input, wanted, sizeof rest) == 0);
    free(memory);
}

/* FDAF takes one step a block */
static void test_takes_out_tone(uint16_t block) {
    const float step = block ? 0.2f : 0.02f;
    const line_enhancer_f32_config_t config = {
        .delay = 48, .taps = TAPS, .block = block, .step = step, .epsilon = 1e-9f};
    line_enhancer_f32_t l;
    make_input(0.2, 0.002, false);
    void *memory = open_enhancer(&l, &config);
    line_enhancer_f32_process(&l, input, rest, periodic, SAMPLES);
    EXPECT(10 * log10(power(rest) / power(input)) < -39);
    EXPECT(fabs(10 * log10(power(periodic) / power(input))) < 0.1);
    free(memory);
    make_input(0, 0.1, false);
    memory = open_enhancer(&l, &config);
    line_enhancer_f32_process(&l, input, rest, periodic, SAMPLES);
    EXPECT(fabs(10 * log10(power(rest) / power(input))) < 0.3);
    free(memory);
}

static void test_refuses(void) {
    static float memory[65536];
    const line_enhancer_f32_config_t fine = {.delay = 1, .taps = 64, .step = 0.1f};
    line_enhancer_f32_config_t wrong[6];
    for (size_t i = 0; i < 6; i++)
        wrong[i] = fine;
    wrong[0].delay = 0;
    wrong[1].delay = LINE_ENHANCER_MAX_DELAY + 1;
    wrong[2].taps = 17;
    wrong[3].step = NAN;
    wrong[4].block = 48;
    wrong[5].block = 128;
    line_enhancer_f32_t l;
    for (size_t i = 0; i < 6; i++)
        EXPECT(!line_enhancer_f32_init(&l, &wrong[i], memory));
    EXPECT(line_enhancer_f32_init(&l, &fine, memory));
}

int main(void) {
    static const uint16_t delays[] = {1, 3, 64, 480};
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        test_equals_filter(delays[i], 0);
        test_equals_filter(delays[i], BLOCK);
    }
    test_takes_out_tone(0);
    test_takes_out_tone(BLOCK);
    test_refuses();
    return 0;
}
