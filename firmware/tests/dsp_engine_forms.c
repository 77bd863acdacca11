/* The forms of the control filter. */
#include "dsp/engine.h"
#include "dsp/fxnlms.h"
#include "support/engine.h"

/* A late weight's impulse response is decimation and interpolation in a row: eight boxes of eight
 * samples. With its first sample on any phase the branch differs only by images, so the mean over
 * the phases is compared. */
static void test_multirate_response(void) {
    enum { LATE = 7, LENGTH = 57, BEGIN = 8 * (ANC_LATE_OFFSET + LATE) };
    static int64_t kernel[LENGTH], sum[200];
    kernel[0] = 1;
    for (int box = 0; box < 8; box++)
        for (int i = LENGTH - 1; i >= 0; i--)
            for (int k = 1; k < 8 && k <= i; k++)
                kernel[i] += kernel[i - k];
    for (int phase = 0; phase < 8; phase++) {
        anc_engine_init(&e, 48000);
        config = e.config;
        config.mode = ANC_MODE_ANC;
        config.outputLimitDb_e1 = 0;
        config.filterForm = ANC_FORM_MULTIRATE;
        configure();
        static int32_t weights[ANC_MAX_TAPS];
        weights[ANC_DIRECT_TAPS + LATE] = 1 << ANC_WEIGHT_FRACTION_BITS;
        EXPECT(anc_engine_set_weights(&e, weights, 180));
        for (int i = 0; i < 12000 + phase; i++)
            EXPECT_EQ(anc_engine_output(&e, 0), 0);
        for (int i = 0; i < 200; i++)
            sum[i] += anc_engine_output(&e, i == 0 ? INT32_MAX : 0);
    }
    for (int i = 0; i < 200; i++) {
        const bool inside = i >= BEGIN && i < BEGIN + LENGTH;
        const double wanted = inside ? (double)kernel[i - BEGIN] / (1 << 21) : 0;
        const double got = (double)sum[i] / 8 / 2147483648.0;
        EXPECT(got - wanted < 5e-5 && wanted - got < 5e-5);
    }
}

static void test_form_shapes_the_filter(void) {
    static const struct {
        anc_form_t form;
        uint16_t wanted, taps, count;
    } shapes[] = {{ANC_FORM_FIR, 1024, 1024, 1024},
                  {ANC_FORM_MULTIRATE, 1024, 1024, 180},
                  {ANC_FORM_MULTIRATE, 0, 128, 68},
                  {ANC_FORM_MULTIRATE, 1000, 992, 176},
                  {(anc_form_t)7, 1000, 992, 992}};
    static int32_t weights[ANC_MAX_TAPS] = {1};
    anc_engine_init(&e, 48000);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        config = e.config;
        config.filterForm = shapes[i].form;
        config.taps = shapes[i].wanted;
        configure();
        uint16_t count;
        (void)anc_engine_weights(&e, &count);
        EXPECT_EQ(e.config.taps, shapes[i].taps);
        EXPECT_EQ(count, shapes[i].count);
        EXPECT_EQ(anc_engine_weights_peak(&e), 0);
        EXPECT(anc_engine_set_weights(&e, weights, count));
        EXPECT(!anc_engine_set_weights(&e, weights, (uint16_t)(count - 1)));
    }
}

/* Without normal equations the direct taps still learn. */
static void test_multirate_learns_by_fxnlms(void) {
    start_anc();
    config.filterForm = ANC_FORM_MULTIRATE;
    config.adapt = false;
    configure();
    double without = plant_run(&plant, &e, 24000);
    config.adapt = true;
    configure();
    plant_run(&plant, &e, 5 * 48000);
    EXPECT(plant_run(&plant, &e, 24000) < without / 10);
    uint16_t count;
    const int32_t *weights = anc_engine_weights(&e, &count);
    for (uint32_t i = ANC_DIRECT_TAPS; i < count; i++)
        EXPECT_EQ(weights[i], 0);
}

int main(void) {
    test_multirate_response();
    test_form_shapes_the_filter();
    test_multirate_learns_by_fxnlms();
    return 0;
}
