/* The control-rate half of the normal equations: transforms, Levinson, statistics, and the loop
 * closed. */
#include <math.h>
#include <string.h>

#include "control/cholesky.h"
#include "control/normal_equations.h"
#include "control/toeplitz.h"
#include "support/plant.h"

enum { SIZE = 256, TAPS = 64, SECOND = 48000 };

static const double pi = 3.14159265358979323846;
static uint64_t seed = 88172645463325252ULL;
static float memory[1 << 17];
static anc_engine_t e;
static normal_equations_t n;
static plant_t plant;

static float noise(void) {
    return (float)((double)expect_random(&seed) / 2147483648.0 - 1);
}

static void test_fft_is_the_transform(void) {
    static float re[SIZE], im[SIZE], x[SIZE], y[SIZE], cosine[SIZE], sine[SIZE];
    /* tables of twice the size: shorter transforms use every other value */
    fft_tables(cosine, sine, 2 * SIZE);
    for (int i = 0; i < SIZE; i++) {
        re[i] = x[i] = noise();
        im[i] = y[i] = noise();
    }
    fft_forward((complex_t){re, im}, SIZE, cosine, sine, 2 * SIZE);
    for (int k = 0; k < SIZE; k += 17) {
        double a = 0, b = 0;
        for (int i = 0; i < SIZE; i++) {
            const double c = cos(2 * pi * k * i / SIZE), s = -sin(2 * pi * k * i / SIZE);
            a += (double)x[i] * c - (double)y[i] * s;
            b += (double)x[i] * s + (double)y[i] * c;
        }
        EXPECT(fabs((double)re[k] - a) < 1e-4 && fabs((double)im[k] - b) < 1e-4);
    }
    fft_inverse((complex_t){re, im}, SIZE, cosine, sine, 2 * SIZE);
    for (int i = 0; i < SIZE; i++)
        EXPECT(fabsf(re[i] - x[i]) < 1e-5f && fabsf(im[i] - y[i]) < 1e-5f);
}

static void test_toeplitz_solves_and_refuses(void) {
    float r[TAPS], p[TAPS], w[TAPS], scratch[TAPS];
    for (int i = 0; i < TAPS; i++) {
        r[i] = powf(0.8f, (float)i) + (i == 0 ? 0.01f : 0.0f);
        p[i] = noise();
    }
    EXPECT(toeplitz_solve(r, p, w, scratch, TAPS, 0));
    for (int i = 0; i < TAPS; i++) {
        double sum = 0;
        for (int j = 0; j < TAPS; j++)
            sum += (double)r[i > j ? i - j : j - i] * (double)w[j];
        EXPECT(fabs(sum - (double)p[i]) < 1e-3);
    }
    r[1] = 2;
    EXPECT(!toeplitz_solve(r, p, w, scratch, TAPS, 0));
    /* a matrix that is just positive definite, but less than it was loaded */
    memset(r, 0, sizeof r);
    r[0] = 1;
    EXPECT(!toeplitz_solve(r, p, w, scratch, TAPS, 1.5f));
}

/* (w - truth) R (w - truth) over truth R truth: what a solution has above the least error */
static double excess_cost(const float *r, const double *w, const double *truth) {
    double excess = 0, all = 0;
    for (int i = 0; i < TAPS; i++) {
        for (int j = 0; j < TAPS; j++) {
            const double lag = (double)r[i > j ? i - j : j - i];
            excess += (w[i] - truth[i]) * lag * (w[j] - truth[j]);
            all += truth[i] * lag * truth[j];
        }
    }
    return excess / all;
}

static void test_double_precision_keeps_what_single_loses(void) {
    /* noise that is nothing but low frequencies, loaded by 1e-6 */
    float r[TAPS], p[TAPS], single[TAPS], scratch[TAPS];
    double truth[TAPS], w[TAPS], predictor[TAPS];
    for (int i = 0; i < TAPS; i++) {
        r[i] = expf(-0.002f * (float)(i * i)) + (i == 0 ? 1e-6f : 0.0f);
        truth[i] = (double)noise();
    }
    for (int i = 0; i < TAPS; i++) {
        double sum = 0;
        for (int j = 0; j < TAPS; j++)
            sum += (double)r[i > j ? i - j : j - i] * truth[j];
        p[i] = (float)sum;
    }
    EXPECT(toeplitz_solve_f64(r, p, w, predictor, TAPS, 0));
    const double kept = excess_cost(r, w, truth);
    EXPECT(kept < 1e-5);
    if (!toeplitz_solve(r, p, single, scratch, TAPS, 0)) return;
    for (int i = 0; i < TAPS; i++)
        w[i] = (double)single[i];
    EXPECT(excess_cost(r, w, truth) > 10 * kept);
}

static void test_cholesky_solves_and_refuses(void) {
    static float a[TAPS * (TAPS + 1) / 2];
    float b[TAPS], x[TAPS];
    for (size_t i = 0; i < TAPS; i++) {
        x[i] = noise();
        for (size_t j = 0; j <= i; j++)
            a[cholesky_row(i) + j] = powf(0.8f, (float)(i - j)) + (i == j ? 0.01f : 0.0f);
    }
    for (size_t i = 0; i < TAPS; i++) {
        b[i] = 0;
        for (size_t j = 0; j < TAPS; j++)
            b[i] += x[j] * (i > j ? a[cholesky_row(i) + j] : a[cholesky_row(j) + i]);
    }
    EXPECT(cholesky_solve(a, b, TAPS, 0));
    for (int i = 0; i < TAPS; i++)
        EXPECT(fabsf(b[i] - x[i]) < 1e-3f);
    memcpy(a, (float[]){1, 2, 1}, 3 * sizeof(float));
    EXPECT(!cholesky_solve(a, b, 2, 0));
    memcpy(a, (float[]){1, 0, 1}, 3 * sizeof(float));
    EXPECT(!cholesky_solve(a, b, 2, 1.5f));
}

/* sum of a[i] r[|i-j|] b[j] */
static double form_of(const float *a, const float *r, const float *b, int taps) {
    double sum = 0;
    for (int i = 0; i < taps; i++)
        for (int j = 0; j < taps; j++)
            sum += (double)a[i] * (double)r[i > j ? i - j : j - i] * (double)b[j];
    return sum;
}

/* A filter that the form can be comes back, with 60 dB between the strongest and the weakest sound
 * and a loading of 1e-4 as in the headset. */
static void test_multirate_finds_its_own_filter(void) {
    enum { LONG = 1024 };
    static float r[LONG], p[LONG], filter[LONG], found[LONG], missed[LONG];
    static float coefficients[MULTIRATE_COEFFICIENTS];
    const multirate_system_t m = {.matrix = memory, .coefficients = coefficients};
    EXPECT(multirate_floats(LONG) == 16290);
    for (int i = 0; i < LONG; i++)
        r[i] = powf(0.999f, (float)i) * cosf(0.01f * (float)i) + 0.1f * powf(0.9f, (float)i);
    r[0] *= 1 + 1e-4f;
    /* any right side gives a filter of the form; that filter is then the one to find */
    for (int i = 0; i < LONG; i++)
        p[i] = powf(0.99f, (float)i);
    EXPECT(multirate_solve(&m, r, p, filter, LONG, 0.5e-4f));
    for (int i = 0; i < LONG; i++) {
        double sum = 0;
        for (int j = 0; j < LONG; j++)
            sum += (double)r[i > j ? i - j : j - i] * (double)filter[j];
        p[i] = (float)sum;
    }
    EXPECT(multirate_solve(&m, r, p, found, LONG, 0.5e-4f));
    for (int i = 0; i < LONG; i++)
        missed[i] = found[i] - filter[i];
    EXPECT(form_of(missed, r, missed, LONG) < 1e-4 * form_of(filter, r, filter, LONG));
    r[200] = 3;
    EXPECT(!multirate_solve(&m, r, p, found, LONG, 0));
}

static float *statistics_memory(statistics_t *s, layout_t layout) {
    arena_t arena = {memory, sizeof memory / sizeof *memory, 0};
    float *cosine = arena_take(&arena, layout.size), *sine = arena_take(&arena, layout.size);
    float *scratch = arena_take(&arena, 4 * layout.size);
    fft_tables(cosine, sine, layout.size);
    statistics_init(s, layout, &arena, cosine, sine, (complex_t){scratch, scratch + layout.size},
                    (complex_t){scratch + 2 * layout.size, scratch + 3 * layout.size});
    statistics_clear(s);
    return arena_take(&arena, 2 * layout.size);
}

static void test_statistics_are_those_of_the_windowed_signals(void) {
    enum { BLOCKS = 5 };
    static float f[BLOCKS * 2 * SIZE], d[BLOCKS * 2 * SIZE];
    const layout_t layout = statistics_layout(TAPS, 0);
    statistics_t s;
    float *lags = statistics_memory(&s, layout);
    const int block = (int)layout.block, margin = (int)layout.margin, size = (int)layout.size;
    const int end = BLOCKS * block - margin;
    for (int i = 0; i < BLOCKS * block; i++) {
        f[i] = noise();
        d[i] = noise();
    }
    for (int i = 0; i < BLOCKS; i++)
        statistics_add(&s, f + i * block, d + i * block, 0.7f, 1);
    statistics_correlations(&s, (complex_t){lags, lags + size});
    const int tested[] = {0, 1, TAPS - 1, -1, -margin};
    for (size_t t = 0; t < sizeof tested / sizeof *tested; t++) {
        const int lag = tested[t];
        double df = 0, ff = 0;
        for (int i = 0; i < end; i++) {
            const double g = pow(0.7, ((double)(end - 1 - i) + lag / 2.0) / block);
            if (i - lag >= 0) df += g * (double)d[i] * (double)f[i - lag];
            if (lag >= 0 && i - lag >= 0) ff += g * (double)f[i] * (double)f[i - lag];
        }
        const int at = (lag + size) % size;
        EXPECT(fabs((double)lags[size + at] - df) < 5e-3);
        if (lag >= 0)
            EXPECT(fabs((double)lags[at] - ff) < 5e-3);
        else
            EXPECT(fabsf(lags[at] - lags[-lag]) < 1e-6f);
    }
}

/* Runs the closed loop; the control context comes every `pace` samples. RMS of the error of the
 * last half. */
static double run(int samples, int pace) {
    double sum = 0;
    for (int i = 0; i < samples; i++) {
        const double error = plant_step(&plant, &e);
        normal_equations_push(&n, e.referenceSample_q31, e.output_q31, plant_q31(error));
        if (i % pace == 0 && normal_equations_work(&n, true))
            normal_equations_apply(&n, &e, 0, SIZE_MAX);
        if (i >= samples / 2) sum += error * error;
    }
    return sqrt(sum / (samples - samples / 2));
}

static void start_as(anc_form_t form, uint16_t taps) {
    plant_init(&plant);
    anc_engine_init(&e, SECOND);
    const anc_secondary_model_t model = plant_model();
    EXPECT(anc_engine_set_secondary(&e, &model));
    anc_config_t config = e.config;
    config.mode = ANC_MODE_ANC;
    config.filterForm = form;
    config.taps = taps;
    anc_engine_configure(&e, &config);
    anc_engine_follow(&e, true);
    EXPECT(normal_equations_init(&n, &e, memory, sizeof memory));
}

static void start(void) {
    start_as(ANC_FORM_FIR, TAPS);
}

static double off(void) {
    start();
    anc_engine_mute(&e, true);
    return run(SECOND, 100);
}

static void test_it_cancels_within_a_second(void) {
    const double before = off();
    start();
    const double after = run(SECOND, 100);
    EXPECT(after < 0.05 * before);
    EXPECT(n.solutions > 50 && n.lost == 0);
}

static void test_multirate_cancels_as_well(void) {
    const double before = off();
    start_as(ANC_FORM_MULTIRATE, 256);
    const double after = run(2 * SECOND, 100);
    EXPECT(after < 0.05 * before);
    EXPECT(n.lost == 0 && n.weightCount == 84);
    /* what the engine plays is what was solved for */
    uint16_t count;
    const int32_t *weights = anc_engine_weights(&e, &count);
    EXPECT(count == 84);
    for (int i = 0; i < count; i++)
        EXPECT(fabsf((float)weights[i] / (float)(1 << ANC_WEIGHT_FRACTION_BITS) - n.late[i]) <
               0.05f);
}

static void test_a_slow_control_context_learns_nothing_wrong(void) {
    const double before = off();
    start();
    const double slow = run(SECOND, 1000); /* a block has 512 samples */
    EXPECT(n.lost > 0 && slow < 1.05 * before);
    /* and after the gap all is well */
    EXPECT(run(SECOND, 100) < 0.05 * before);
}

static void test_follows_a_change_of_the_path(void) {
    start();
    run(SECOND, 100);
    plant.primary = -0.4;
    const double worse = run(200, 100);
    const double after = run(20 * SECOND, 100);
    EXPECT(after < 0.2 * worse);
}

static void test_silence_and_full_scale_leave_it_whole(void) {
    start();
    for (int i = 0; i < SECOND; i++) {
        const int32_t loud = i & 64 ? INT32_MAX : INT32_MIN;
        const int32_t sample = i < SECOND / 2 ? 0 : loud;
        const int32_t y = anc_engine_output(&e, sample);
        EXPECT(y <= e.limit_q31 && y >= -e.limit_q31);
        anc_engine_adapt(&e, sample);
        normal_equations_push(&n, sample, y, sample);
        if (i % 100 == 0 && normal_equations_work(&n, true))
            normal_equations_apply(&n, &e, 0, SIZE_MAX);
    }
    EXPECT(run(SECOND, 100) < 1);
    for (int i = 0; i < TAPS; i++)
        EXPECT(isfinite(n.solver.filter[i]));
}

static void test_needs_a_model_and_room(void) {
    start();
    const size_t needed = normal_equations_bytes(TAPS, 6);
    EXPECT(!normal_equations_init(&n, &e, memory, needed - 1));
    EXPECT(normal_equations_init(&n, &e, memory, needed));
    anc_engine_init(&e, SECOND);
    EXPECT(!normal_equations_init(&n, &e, memory, sizeof memory));
}

int main(void) {
    test_fft_is_the_transform();
    test_toeplitz_solves_and_refuses();
    test_double_precision_keeps_what_single_loses();
    test_cholesky_solves_and_refuses();
    test_multirate_finds_its_own_filter();
    test_statistics_are_those_of_the_windowed_signals();
    test_it_cancels_within_a_second();
    test_multirate_cancels_as_well();
    test_a_slow_control_context_learns_nothing_wrong();
    test_follows_a_change_of_the_path();
    test_silence_and_full_scale_leave_it_whole();
    test_needs_a_model_and_room();
    return 0;
}
