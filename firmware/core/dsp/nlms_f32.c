#include "dsp/nlms_f32.h"

#include <string.h>

#include "dsp/sane_f32.h"
#include "dsp/simd_f32.h"

size_t nlms_f32_bytes(uint32_t taps) {
    return (3 * (size_t)taps + NLMS_F32_TAPS_STEP) * sizeof(float);
}

bool nlms_f32_init(nlms_f32_t *n, const nlms_f32_config_t *config, void *memory) {
    const nlms_f32_config_t c = *config;
    if (c.taps < NLMS_F32_TAPS_STEP || c.taps > NLMS_F32_MAX_TAPS ||
        c.taps % NLMS_F32_TAPS_STEP != 0)
        return false;
    if (!(c.step >= 0 && c.step <= 2) || !(c.epsilon >= 0) || !(c.leak >= 0 && c.leak < 1))
        return false;
    float *floats = memory;
    memset(floats, 0, nlms_f32_bytes(c.taps));
    *n = (nlms_f32_t){.config = c, .weights = floats, .history = floats + c.taps, .position = 0};
    return true;
}

/*
 * One pass over the weights: w = keep w + gain before; returns the sum of w now. Thirty-two sums
 * side by side, added in the order 16 apart, 8 apart, 4 apart, neighbours, whatever the width of a
 * vector: the result is the same bits. A last half row of 16 goes into the first 16. gcc lowers
 * vectors wider than the machine's through the stack, at 2.5 times the time, so each width has its
 * own function.
 */
typedef float pass_fn(float *w, const float *now, const float *before, size_t taps, float keep,
                      float gain);

enum { ROW = 32 };

/* KEPT(w) is w without leakage: one multiplication less, and w stays w to the last bit. */
#define UNLEAKED(w) (w)
#define LEAKED(w) (keep * (w))

#define PASS_4(name, KEPT)                                                                         \
    static float name(float *w, const float *now, const float *before, size_t taps, float keep,    \
                      float gain) {                                                                \
        (void)keep;                                                                                \
        f32x4 sum[8] = {{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}};                                   \
        size_t i = 0;                                                                              \
        for (; i + ROW <= taps; i += ROW)                                                          \
            for (size_t k = 0; k < 8; k++)                                                         \
                STEP_4(KEPT, sum[k], i + 4 * k);                                                   \
        if (i < taps)                                                                              \
            for (size_t k = 0; k < 4; k++)                                                         \
                STEP_4(KEPT, sum[k], i + 4 * k);                                                   \
        for (size_t k = 0; k < 4; k++)                                                             \
            sum[k] += sum[k + 4];                                                                  \
        const f32x4 s = (sum[0] + sum[2]) + (sum[1] + sum[3]);                                     \
        return (s[0] + s[1]) + (s[2] + s[3]);                                                      \
    }
#define STEP_4(KEPT, sum, at)                                                                      \
    do {                                                                                           \
        const f32x4 v = KEPT(f32x4_load(w + (at))) + gain * f32x4_load(before + (at));             \
        f32x4_store(w + (at), v);                                                                  \
        (sum) += v * f32x4_load(now + (at));                                                       \
    } while (0)
PASS_4(pass, UNLEAKED)
PASS_4(leaky_pass, LEAKED)

#ifdef ANC_X86_CLONES
#define PASS_8(name, KEPT)                                                                         \
    __attribute__((target("avx2"))) static float name(                                             \
        float *w, const float *now, const float *before, size_t taps, float keep, float gain) {    \
        (void)keep;                                                                                \
        f32x8 a = {0}, b = {0}, c = {0}, d = {0};                                                  \
        size_t i = 0;                                                                              \
        for (; i + ROW <= taps; i += ROW) {                                                        \
            STEP_8(KEPT, a, i);                                                                    \
            STEP_8(KEPT, b, i + 8);                                                                \
            STEP_8(KEPT, c, i + 16);                                                               \
            STEP_8(KEPT, d, i + 24);                                                               \
        }                                                                                          \
        if (i < taps) {                                                                            \
            STEP_8(KEPT, a, i);                                                                    \
            STEP_8(KEPT, b, i + 8);                                                                \
        }                                                                                          \
        a = (a + c) + (b + d);                                                                     \
        return ((a[0] + a[4]) + (a[1] + a[5])) + ((a[2] + a[6]) + (a[3] + a[7]));                  \
    }
#define STEP_8(KEPT, sum, at)                                                                      \
    do {                                                                                           \
        const f32x8 v = KEPT(F32X8(w + (at))) + gain * F32X8_CONST(before + (at));                 \
        F32X8(w + (at)) = v;                                                                       \
        (sum) += v * F32X8_CONST(now + (at));                                                      \
    } while (0)
PASS_8(pass_avx2, UNLEAKED)
PASS_8(leaky_pass_avx2, LEAKED)
#endif

static pass_fn *pass_for(bool isLeaky) {
#ifdef ANC_X86_CLONES
    if (__builtin_cpu_supports("avx2")) return isLeaky ? leaky_pass_avx2 : pass_avx2;
#endif
    return isLeaky ? leaky_pass : pass;
}

/* A falling energy is as exact as its largest value was: 2^-53 of it a sample, for up to 4112
 * samples, 5e-13. Down to this share of it the energy is right to 1e-6. */
static const double TRUSTED_FALL = 1e-6;

static double energy_of(const float *x, size_t taps) {
    double sum = 0;
    for (size_t i = 0; i < taps; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

/* The newest sample goes in front; at the end of the memory the window moves back to its other end.
 */
static const float *push(nlms_f32_t *n, float x) {
    const uint32_t taps = n->config.taps;
    if (n->position == 0) {
        memmove(n->history + taps + NLMS_F32_TAPS_STEP, n->history, taps * sizeof(float));
        n->position = taps + NLMS_F32_TAPS_STEP;
        n->energy = n->loudest = energy_of(n->history + n->position, taps);
    }
    n->position--;
    float *now = n->history + n->position;
    const double oldest = (double)now[taps];
    n->energy += (double)x * (double)x - oldest * oldest;
    now[0] = x;
    if (n->energy > n->loudest)
        n->loudest = n->energy;
    else if (n->energy < TRUSTED_FALL * n->loudest)
        n->energy = n->loudest = energy_of(now, taps);
    return now;
}

void nlms_f32_process(nlms_f32_t *n, const float *x, const float *d, float *e, size_t count) {
    const size_t taps = n->config.taps;
    const float keep = 1.0f - n->config.leak;
    pass_fn *const filter = pass_for(n->config.leak > 0);
    for (size_t i = 0; i < count; i++) {
        const float *now = push(n, sane_f32(x[i]));
        /* The division does not wait for the error, so it is made while the pass runs. */
        const double power = (double)n->config.epsilon + n->energy;
        const double rate = power > 0 ? (double)n->config.step / power : 0;
        const float rate_f32 = rate < 1e38 ? (float)rate : 0; /* no infinity */
        float y = filter(n->weights, now, now + 1, taps, keep, n->gain);
        if (sane_f32(y) != y) { /* nothing can be learned from such an error: it starts again */
            memset(n->weights, 0, taps * sizeof(float));
            y = 0;
        }
        const float error = sane_f32(d[i]) - y;
        const float gain = rate_f32 * error;
        n->gain = gain < 1e30f && gain > -1e30f ? gain : 0;
        e[i] = error;
    }
}

void nlms_f32_weights(const nlms_f32_t *n, float *weights) {
    const float *now = n->history + n->position;
    const float keep = 1.0f - n->config.leak;
    for (size_t i = 0; i < n->config.taps; i++)
        weights[i] = keep * n->weights[i] + n->gain * now[i];
}
