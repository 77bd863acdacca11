/*
 * Counts what a sample of the audio path takes on a RISC-V, instruction by instruction:
 *
 *   count fxnlms|fir|multirate TAPS MODEL_TAPS     the engine: it learns itself, or follows
 *   count q15|q31 TAPS 0                           an electrical canceller
 *
 * Prints the mean instructions of a sample and the deepest stack in bytes. Exact under
 * `-icount shift=0`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/engine.h"
#include "dsp/nlms.h"
#include "support/expect.h"

enum {
    RATE = 48000,
    SETTLE = RATE / 2, /* past listening and fading in */
    MEASURED = 960,
    STACK = 16384,
    PAINT = 0x5a,
};

/* Ports hand over blocks; this many samples are measured at a time. */
enum { RUN = 8 };

typedef void step_t(void *state, const int32_t *x_q31, const int32_t *e_q31);

static uint32_t instructions(void) {
    uint32_t count;
    __asm__ volatile("csrr %0, minstret" : "=r"(count));
    return count;
}

/* The stack below this function's own frame. */
static __attribute__((noinline)) void paint_stack(void) {
    uint8_t here[STACK];
    memset(here, PAINT, sizeof here);
    __asm__ volatile("" : : "r"(here) : "memory");
}

static __attribute__((noinline)) unsigned painted_stack(void) {
    uint8_t here[STACK];
    __asm__ volatile("" : : "r"(here) : "memory");
    unsigned untouched = 0;
    while (untouched < STACK && ((volatile uint8_t *)here)[untouched] == PAINT)
        untouched++;
    return STACK - untouched;
}

static void engine_step(void *state, const int32_t *x_q31, const int32_t *e_q31) {
    int32_t y_q31[RUN];
    anc_engine_process(state, x_q31, e_q31, y_q31, RUN);
}

static void q15_step(void *state, const int32_t *x_q31, const int32_t *e_q31) {
    for (int i = 0; i < RUN; i++)
        nlms_q15_step(state, x_q31[i], e_q31[i]);
}

static void q31_step(void *state, const int32_t *x_q31, const int32_t *e_q31) {
    for (int i = 0; i < RUN; i++)
        nlms_q31_step(state, x_q31[i], e_q31[i]);
}

static void report(step_t *step, void *state) {
    uint64_t random = 1;
    uint32_t sum = 0;
    unsigned stack = 0;
    uint32_t nothing = instructions();
    nothing = instructions() - nothing;
    for (int i = 0; i < SETTLE + MEASURED; i += RUN) {
        int32_t x[RUN], e[RUN];
        for (int k = 0; k < RUN; k++) {
            x[k] = (int32_t)expect_random(&random) >> 3;
            e[k] = (int32_t)expect_random(&random) >> 8;
        }
        const bool measured = i >= SETTLE;
        if (measured) paint_stack();
        const uint32_t start = instructions();
        step(state, x, e);
        const uint32_t taken = instructions() - start - nothing;
        if (!measured) continue;
        const unsigned deep = painted_stack();
        sum += taken;
        if (deep > stack) stack = deep;
    }
    printf("%lu %u\n", (unsigned long)((sum + MEASURED / 2) / MEASURED), stack);
}

static int engine(const char *kind, uint16_t taps, uint16_t modelTaps) {
    static anc_engine_t e;
    static anc_secondary_model_t model;
    uint64_t random = 2;
    anc_engine_init(&e, RATE);
    model.length = modelTaps;
    model.delaySamples = 48; /* a codec behind ordinary DMA */
    for (uint16_t i = 0; i < modelTaps; i++)
        model.taps_q15[i] = (int16_t)(((int32_t)expect_random(&random) >> 17) / (1 + i / 8));
    anc_config_t config = e.config;
    config.mode = ANC_MODE_ANC;
    config.taps = taps;
    if (strcmp(kind, "multirate") == 0) config.filterForm = ANC_FORM_MULTIRATE;
    anc_engine_follow(&e, strcmp(kind, "fxnlms") != 0);
    anc_engine_configure(&e, &config);
    if (!anc_engine_set_secondary(&e, &model)) return 2;
    uint16_t count;
    anc_engine_weights(&e, &count);
    for (uint16_t i = 0; i < count; i++)
        anc_engine_set_target(&e, i, ((int32_t)expect_random(&random) >> 8) / (i + 8));
    report(engine_step, &e);
    anc_levels_t levels;
    anc_engine_take_levels(&e, &levels);
    /* A filter that does not play or learn would cost less. */
    return anc_engine_weights_peak(&e) == 0 || levels.limited > 0 ? 3 : 0;
}

static int canceller(const char *kind, uint16_t taps) {
    static nlms_q15_t q15;
    static nlms_q31_t q31;
    const nlms_config_t config = {.taps = taps, .ioBits = 24, .step = anc_scalar_ratio(1, 2)};
    if (strcmp(kind, "q15") == 0) {
        if (!nlms_q15_init(&q15, &config)) return 2;
        report(q15_step, &q15);
    } else {
        if (!nlms_q31_init(&q31, &config)) return 2;
        report(q31_step, &q31);
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    const uint16_t taps = (uint16_t)atoi(argv[2]), modelTaps = (uint16_t)atoi(argv[3]);
    return modelTaps > 0 ? engine(argv[1], taps, modelTaps) : canceller(argv[1], taps);
}
