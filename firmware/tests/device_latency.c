/* The loop-back test and the port's silence, through the device and its link. */
#include <math.h>

#include "support/headset.h"

enum { DELAY_MAX = 300 };

static headset_t h;
static uint64_t random_state = 1;
static int32_t line[DELAY_MAX + 1];

typedef struct {
    uint32_t delaySamples;
    int32_t gainShift; /* right; 31: nothing is heard */
    int32_t noise;     /* peak */
    int32_t offset;
    double hum; /* peak, full scale 1; of the frequency that the pulses' signs do not average out */
} loop_t;

/* Lets samples pass through the loop; returns the largest output. */
static int32_t run(loop_t loop, size_t samples) {
    static uint64_t n;
    int32_t largest = 0;
    for (size_t i = 0; i < samples; i++) {
        memmove(line + 1, line, sizeof line - sizeof *line);
        line[0] = device_audio_output(&h.device, (int32_t)(expect_random(&random_state) >> 8));
        if (line[0] > largest) largest = line[0];
        int32_t err = line[loop.delaySamples] >> loop.gainShift;
        if (loop.noise) err += (int32_t)(expect_random(&random_state) % (uint32_t)loop.noise);
        err +=
            (int32_t)(loop.hum * 2147483647.0 * sin(6.283185307179586 * 4.5 / 2048 * (double)n++));
        device_audio_adapt(&h.device, err + loop.offset);
        if (i % 480 == 479) device_control(&h.device, h.nowMs += 10);
    }
    return largest;
}

static uint32_t ask(bool start) {
    uint8_t body[8];
    wire_writer_t w = {.bytes = body, .capacity = sizeof body};
    wire_u64(&w, LINK_MEASURE_LATENCY_REQUEST_START, start);
    return headset_request(&h, LINK_MESSAGE_MEASURE_LATENCY, body, w.n);
}

static uint64_t answered(uint32_t field) {
    return headset_field(&h, field).value;
}

/* Long enough for all pulses. */
static void measure(loop_t loop) {
    EXPECT_EQ(ask(true), LINK_STATUS_OK);
    EXPECT_EQ(answered(LINK_MEASURE_LATENCY_RESPONSE_RUNS), 1);
    EXPECT(run(loop, 70000) >= 1 << 28);
    EXPECT_EQ(ask(false), LINK_STATUS_OK);
    EXPECT_EQ(answered(LINK_MEASURE_LATENCY_RESPONSE_RUNS), 0);
}

static void test_finds_the_delay(void) {
    static const loop_t loops[] = {
        {0, 1, 0, 0, 0},
        {1, 0, 1 << 20, 0, 0.1},
        {8, 4, 1 << 20, 0, 0.3},
        {57, 2, 1 << 22, 1 << 26, 0.2},
        {300, 5, 1 << 22, -(1 << 27), 0.2},
    };
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        headset_start(&h);
        measure(loops[i]);
        EXPECT_EQ(answered(LINK_MEASURE_LATENCY_RESPONSE_HEARD), 1);
        EXPECT_EQ(answered(LINK_MEASURE_LATENCY_RESPONSE_DELAY_SAMPLES), loops[i].delaySamples);
    }
}

static void test_unheard_is_said(void) {
    const loop_t silent = {10, 31, 0, 0, 0}, loud = {10, 12, 1 << 28, 0, 0};
    headset_start(&h);
    measure(silent);
    EXPECT_EQ(answered(LINK_MEASURE_LATENCY_RESPONSE_HEARD), 0);
    measure(loud);
    EXPECT_EQ(answered(LINK_MEASURE_LATENCY_RESPONSE_HEARD), 0);
    EXPECT_EQ(answered(LINK_MEASURE_LATENCY_RESPONSE_DELAY_SAMPLES), 0);
}

static void test_the_mode_comes_back(void) {
    const loop_t loop = {20, 1, 0, 0, 0};
    headset_start(&h);
    EXPECT(device_set_parameter(&h.device, "mode", "transparency") == NULL);
    EXPECT(run(loop, 4800) > 0);
    measure(loop);
    EXPECT_EQ(answered(LINK_MEASURE_LATENCY_RESPONSE_DELAY_SAMPLES), 20);
    EXPECT_EQ(anc_engine_mode(&h.device.engine), ANC_MODE_TRANSPARENCY);
    EXPECT(run(loop, 4800) > 0);
}

static void test_refused_and_ended(void) {
    const loop_t loop = {20, 1, 0, 0, 0};
    headset_start(&h);
    EXPECT_EQ(ask(true), LINK_STATUS_OK);
    EXPECT_EQ(ask(true), LINK_STATUS_BUSY);
    EXPECT(device_set_parameter(&h.device, "mute", "true") == NULL);
    EXPECT_EQ(run(loop, 70000), 0);
    EXPECT_EQ(ask(false), LINK_STATUS_OK);
    EXPECT_EQ(answered(LINK_MEASURE_LATENCY_RESPONSE_RUNS), 0);
    EXPECT_EQ(ask(true), LINK_STATUS_NOT_READY);
    EXPECT(device_set_parameter(&h.device, "mute", "false") == NULL);
    EXPECT_EQ(ask(true), LINK_STATUS_OK);
    device_link_closed(&h.device); /* no host, no pulses */
    EXPECT_EQ(run(loop, 70000), 0);
}

static void test_quiet(void) {
    const loop_t loop = {20, 1, 0, 0, 0};
    headset_start(&h);
    EXPECT(device_set_parameter(&h.device, "mode", "transparency") == NULL);
    run(loop, 4800);
    EXPECT(!device_is_silent(&h.device));
    device_quiet(&h.device, true);
    run(loop, 400); /* the fade: 8 ms */
    EXPECT(device_is_silent(&h.device));
    EXPECT_EQ(run(loop, 4800), 0);
    /* the parameter stays what the user has set */
    EXPECT_EQ(h.device.params.values[PARAM_MODE], ANC_MODE_TRANSPARENCY);
    device_quiet(&h.device, false);
    run(loop, 4800);
    EXPECT(!device_is_silent(&h.device));
}

static void test_dropouts_are_told(void) {
    headset_start(&h);
    uint8_t body[8];
    wire_writer_t w = {.bytes = body, .capacity = sizeof body};
    wire_u64(&w, LINK_SET_STREAM_REQUEST_STREAM, LINK_MESSAGE_TELEMETRY);
    wire_u64(&w, LINK_SET_STREAM_REQUEST_ENABLED, true);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_SET_STREAM, body, w.n), LINK_STATUS_OK);
    device_report_dropouts(&h.device, 7);
    run((loop_t){0, 1, 0, 0, 0}, 4800);
    EXPECT(headset_next(&h));
    EXPECT_EQ(h.frame.message, LINK_MESSAGE_TELEMETRY);
    EXPECT_EQ(answered(LINK_TELEMETRY_DROPOUTS), 7);
}

int main(void) {
    test_finds_the_delay();
    test_unheard_is_said();
    test_the_mode_comes_back();
    test_refused_and_ended();
    test_quiet();
    test_dropouts_are_told();
    return 0;
}
