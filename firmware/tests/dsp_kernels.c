/* The kernels on their own: dot products, the gain, the update, the leakage, the model's normal
 * form. */
#include <string.h>

#include "dsp/fir.h"
#include "dsp/fxnlms.h"
#include "dsp/kernel.h"
#include "support/expect.h"

static uint64_t seed = 7;

static void test_fir_extremes(void) {
    static int16_t x[ANC_MAX_TAPS];
    static int32_t w[ANC_MAX_TAPS];
    for (int i = 0; i < ANC_MAX_TAPS; i++)
        x[i] = INT16_MIN, w[i] = INT32_MIN;
    EXPECT_EQ(anc_fir_wide(x, w, ANC_MAX_TAPS), (int64_t)1 << 56);
}

/* The gain in doubles, the update in doubles: the integers must agree within the mantissa's 13 bits
 * and half a unit. */
static void test_update_against_double(void) {
    static int16_t x[64];
    static int32_t w[64], before[64];
    for (int run = 0; run < 2000; run++) {
        int64_t energy = 1;
        for (int i = 0; i < 64; i++) {
            x[i] = (int16_t)((int32_t)expect_random(&seed) >> 16);
            before[i] = w[i] = (int32_t)expect_random(&seed) >> 3;
            energy += x[i] * x[i];
        }
        int32_t step_e5 = (int32_t)(expect_random(&seed) % 20000);
        int64_t error = ((int32_t)expect_random(&seed) >> (expect_random(&seed) % 20)) * (int64_t)2;
        int32_t exponent = (int32_t)(expect_random(&seed) % 12) - 4;
        anc_gain_t gain =
            anc_fxnlms_gain(anc_scalar_ratio(step_e5, 100000), error, energy, exponent);
        anc_fxnlms_update(w, x, 64, gain);
        if (gain.shift == ANC_UPDATE_MIN_SHIFT) continue; /* saturated gains are tested apart */
        double scale = exponent < 0 ? (double)(1 << -exponent) : 1.0 / (1 << exponent);
        for (int i = 0; i < 64; i++) {
            /* Q28 weight: mu * e * x / P with e / 2^31, x * 2^(exponent - 15), P * 2^(2 exponent -
             * 30) */
            double step = -(step_e5 / 1e5) * (double)error * x[i] / (double)energy * 4096.0 * scale;
            double got = (double)w[i] - before[i];
            double difference = got > step ? got - step : step - got;
            double size = step < 0 ? -step : step;
            EXPECT(difference <= size / 2048 + 0.51);
        }
    }
}

static void test_gain_ends(void) {
    anc_scalar_t largest = anc_scalar_ratio(20000, 100000);
    anc_gain_t high = anc_fxnlms_gain(largest, INT32_MIN, 1, -20);
    EXPECT_EQ(high.mantissa, 32767);
    EXPECT_EQ(high.shift, ANC_UPDATE_MIN_SHIFT);
    EXPECT_EQ(anc_fxnlms_gain(largest, INT32_MAX, 1, -20).mantissa, -32767);
    EXPECT_EQ(anc_fxnlms_gain(largest, 1, (int64_t)1 << 40, 20).mantissa, 0);
    EXPECT_EQ(anc_fxnlms_gain(largest, 0, 1, 0).mantissa, 0);
    EXPECT_EQ(anc_fxnlms_gain(anc_scalar_ratio(0, 100000), 1000, 1, 0).mantissa, 0);
}

static void test_update_saturates(void) {
    static int16_t x[16];
    static int32_t w[16];
    for (int i = 0; i < 16; i++)
        x[i] = i % 2 ? INT16_MIN : INT16_MAX, w[i] = i % 2 ? -ANC_WEIGHT_MAX : ANC_WEIGHT_MAX;
    anc_fxnlms_update(w, x, 16, (anc_gain_t){32767, ANC_UPDATE_MIN_SHIFT});
    for (int i = 0; i < 16; i++)
        EXPECT_EQ(w[i], i % 2 ? -ANC_WEIGHT_MAX : ANC_WEIGHT_MAX);
}

static int32_t leaked(int32_t weight, anc_scalar_t leak) {
    anc_fxnlms_leak(&weight, 1, leak);
    return weight;
}

static void test_leak_is_symmetric(void) {
    anc_scalar_t leak = anc_scalar_ratio(1, 1000);
    for (int32_t w = 1; w < 2000000; w = w * 3 + 1) {
        int32_t down = leaked(w, leak), up = leaked(-w, leak);
        int64_t off = (int64_t)down + up;
        EXPECT(off >= -1 && off <= 1); /* a tie may round differently */
        EXPECT(down <= w && down >= 0);
    }
    EXPECT_EQ(leaked(ANC_WEIGHT_MAX, anc_scalar_ratio(0, 1)), ANC_WEIGHT_MAX);
    EXPECT_EQ(leaked(400, leak), 400); /* less than half a unit to take away */
}

static void test_kernel_normal_form(void) {
    static anc_secondary_model_t m;
    m = (anc_secondary_model_t){
        .delaySamples = 7, .length = 3, .exponent = 2, .taps_q15 = {3, -1, 2}};
    anc_kernel_t k;
    anc_kernel_from_model(&k, &m);
    EXPECT_EQ(k.length, 16);
    EXPECT_EQ(k.taps[0], 3 << 24);
    EXPECT_EQ(k.taps[1], -(1 << 24));
    EXPECT_EQ(k.exponent, 2 - 13);
    anc_kernel_emphasised(&k, &m);
    /* 3, -1 - 2.7, 2 + 0.9, -1.8 by a power of two that brings 3.7 to 26 bits */
    EXPECT_EQ(k.taps[0], 3 << 24);
    EXPECT(k.taps[1] > -30320 * (1 << 11) && k.taps[1] < -30300 * (1 << 11));
    EXPECT_EQ(k.taps[4], 0);
    EXPECT_EQ(k.exponent, 2 - 13);

    for (int i = 0; i < ANC_MAX_SECONDARY_TAPS; i++)
        m.taps_q15[i] = i % 2 ? INT16_MAX : INT16_MIN;
    m.length = ANC_MAX_SECONDARY_TAPS;
    anc_kernel_emphasised(&k, &m);
    EXPECT_EQ(k.length, ANC_MAX_SECONDARY_TAPS + 8);
    memset(m.taps_q15, 0, sizeof m.taps_q15);
    anc_kernel_from_model(&k, &m);
    EXPECT_EQ(k.exponent, 2);
}

static void test_model_range(void) {
    static anc_secondary_model_t m = {.length = 1};
    EXPECT(anc_secondary_valid(&m));
    m.length = 0;
    EXPECT(!anc_secondary_valid(&m));
    m.length = ANC_MAX_SECONDARY_TAPS + 1;
    EXPECT(!anc_secondary_valid(&m));
    m.length = 1, m.delaySamples = ANC_MAX_SECONDARY_DELAY + 1;
    EXPECT(!anc_secondary_valid(&m));
    m.delaySamples = 0, m.exponent = 17;
    EXPECT(!anc_secondary_valid(&m));
}

int main(void) {
    test_fir_extremes();
    test_update_against_double();
    test_gain_ends();
    test_update_saturates();
    test_leak_is_symmetric();
    test_kernel_normal_form();
    test_model_range();
    return 0;
}
