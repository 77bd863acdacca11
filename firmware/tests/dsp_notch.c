/* The notches of the output: depth, width, smoothness, and that nothing is left when the input
 * ends. */
#include "dsp/notch.h"

#include <math.h>
#include <string.h>

#include "support/expect.h"

enum { RATE = 48000, SECOND = RATE };

static const double pi = 3.14159265358979323846;
static anc_notch_t notches[ANC_NOTCHES];

static void start(void) {
    memset(notches, 0, sizeof notches);
}

static void set(int index, double hz, double widthHz) {
    const double half = tan(pi * widthHz / RATE);
    anc_notch_set(&notches[index], (int32_t)lrint(-cos(2 * pi * hz / RATE) * ANC_NOTCH_ONE_Q20),
                  (int32_t)lrint((1 - half) / (1 + half) * ANC_NOTCH_ONE_Q20));
}

/* Level of a tone of half scale behind the notches, relative to it, dB, in the second half. */
static double level_db(double hz, bool update) {
    double sum = 0;
    for (int n = 0; n < SECOND; n++) {
        const double x = 0.5 * sin(2 * pi * hz * n / RATE);
        double y = anc_notches_output(notches, (int32_t)(x * 2147483647)) / 2147483648.0;
        if (update) y = anc_notches_update(notches, (int16_t)(x * 32767)) / 32768.0;
        if (n >= SECOND / 2) sum += y * y;
    }
    return 10 * log10(sum / (SECOND / 2) / 0.125 + 1e-20);
}

/* |H|^2 = g^2 / (g^2 + tan^2(b/2) sin^2 w), g = cos w - cos w0 */
static double formula_db(double hz, double notchHz, double widthHz) {
    const double w = 2 * pi * hz / RATE, gap = cos(w) - cos(2 * pi * notchHz / RATE);
    const double rest = tan(pi * widthHz / RATE) * sin(w);
    return 10 * log10(gap * gap / (gap * gap + rest * rest));
}

static void test_depth_and_width(void) {
    /* Q20 places the notch to half a hertz at 60 Hz, better above */
    static const struct {
        double hz, deepestDb;
    } cases[] = {{60, -20}, {500, -55}, {3000, -60}, {12000, -60}, {20000, -60}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double hz = cases[i].hz, widthHz = hz / 4;
        start();
        set(0, hz, widthHz);
        EXPECT(level_db(hz, false) < cases[i].deepestDb);
        for (double factor = 0.5; factor < 1.2; factor += 0.125) {
            if (factor == 1) continue;
            EXPECT(fabs(level_db(factor * hz, false) - formula_db(factor * hz, hz, widthHz)) < 0.2);
        }
        EXPECT(level_db(hz, true) < cases[i].deepestDb);
        EXPECT(fabs(level_db(hz / 2, true) - formula_db(hz / 2, hz, widthHz)) < 0.2);
    }
}

static void test_out_of_the_way_by_default(void) {
    start();
    for (int n = 0; n < 1000; n++) {
        EXPECT_EQ(anc_notches_output(notches, INT32_MIN + n * 12345), INT32_MIN + n * 12345);
        EXPECT_EQ(anc_notches_update(notches, (int16_t)(n - 500)), n - 500);
    }
}

/* Comes and goes in 512 samples without a step that the tone itself does not make. */
static void test_smooth(void) {
    start();
    double before = 0, step = 0, fastest = 2 * pi * 500 / RATE * 0.5;
    for (int n = 0; n < SECOND; n++) {
        if (n == 1000) set(1, 500, 125);
        if (n == 20000) anc_notch_release(&notches[1]);
        const double x = 0.5 * sin(2 * pi * 500 * n / RATE);
        const double y = anc_notches_output(notches, (int32_t)(x * 2147483647)) / 2147483648.0;
        if (fabs(y - before) > step) step = fabs(y - before);
        if (n > 20000 - 100 && n < 20000) EXPECT(fabs(y) < 1e-3);
        if (n > 20600) EXPECT(fabs(y - x) < 1e-8);
        before = y;
    }
    EXPECT(step < 1.1 * fastest);
}

/* The least significant bits, too, die away: no limit cycle, in no format. */
static void test_ends_with_its_input(void) {
    static const double frequencies[] = {20, 50, 200, 1000, 6000, 12000, 23000};
    uint64_t seed = 88172645463325252ULL;
    for (size_t i = 0; i < sizeof frequencies / sizeof *frequencies; i++) {
        for (double widthHz = 15; widthHz < fmin(2000, 4 * frequencies[i]); widthHz *= 5) {
            start();
            for (int k = 0; k < ANC_NOTCHES; k++)
                set(k, frequencies[i] * (1 + 0.02 * k), widthHz);
            for (int n = 0; n < 5000; n++) {
                anc_notches_output(notches, (int32_t)expect_random(&seed) >> (n / 500));
                anc_notches_update(notches, (int16_t)(expect_random(&seed) >> 16));
            }
            for (int n = 0; n < SECOND; n++) {
                anc_notches_output(notches, 0);
                anc_notches_update(notches, 0);
            }
            for (int k = 0; k < ANC_NOTCHES; k++) {
                EXPECT_EQ(notches[k].output.inner_q26, 0);
                EXPECT_EQ(notches[k].output.outer_q26, 0);
                EXPECT_EQ(notches[k].update.inner_q26, 0);
                EXPECT_EQ(notches[k].update.outer_q26, 0);
            }
        }
    }
}

/* Coefficients at and beyond their ends are taken, and the lattice never gains energy. */
static void test_any_coefficients(void) {
    static const int32_t ends[] = {INT32_MIN, -ANC_NOTCH_ONE_Q20, -1,
                                   0,         ANC_NOTCH_ONE_Q20,  INT32_MAX};
    for (size_t a = 0; a < sizeof ends / sizeof *ends; a++) {
        for (size_t b = 0; b < sizeof ends / sizeof *ends; b++) {
            start();
            anc_notch_set(&notches[0], ends[a], ends[b]);
            const anc_notch_t *n = &notches[0];
            const int64_t one = (int64_t)ANC_NOTCH_ONE_Q20 * ANC_NOTCH_ONE_Q20;
            EXPECT((int64_t)n->k1_q20 * n->k1_q20 + (int64_t)n->c1_q20 * n->c1_q20 <= one);
            EXPECT((int64_t)n->k2_q20 * n->k2_q20 + (int64_t)n->c2_q20 * n->c2_q20 <= one);
            for (int i = 0; i < 3000; i++)
                anc_notches_output(notches, i & 64 ? INT32_MAX : INT32_MIN);
        }
    }
}

int main(void) {
    test_depth_and_width();
    test_out_of_the_way_by_default();
    test_smooth();
    test_ends_with_its_input();
    test_any_coefficients();
    return 0;
}
