/* Identification over the link: start, progress, end in every way, and what is left afterwards. */
#include "support/acoustics.h"
#include "support/headset.h"

static headset_t h;
static acoustics_t a;
static uint8_t memory[1 << 19];
static int32_t loudest_q31;

static void set(const char *name, const char *value) {
    EXPECT(device_set_parameter(&h.device, name, value) == NULL);
}

static void start_headset(bool hasMemory) {
    headset_start(&h);
    h.device.port.controlMemory = hasMemory ? memory : NULL;
    h.device.port.controlBytes = hasMemory ? sizeof memory : 0;
    set("algorithm", "fxnlms");
    set("algorithm", "normalEquations");
    acoustics_init(&a);
    loudest_q31 = 0;
}

static uint32_t identify(uint32_t excitation, int32_t maxDriveTenthDb, uint32_t durationMs) {
    uint8_t body[32];
    wire_writer_t w = {.bytes = body, .capacity = sizeof body};
    wire_u64(&w, LINK_IDENTIFY_REQUEST_EXCITATION, excitation);
    wire_i32(&w, LINK_IDENTIFY_REQUEST_MAX_DRIVE_TENTH_DB, maxDriveTenthDb);
    wire_u64(&w, LINK_IDENTIFY_REQUEST_DURATION_MS, durationMs);
    return headset_request(&h, LINK_MESSAGE_IDENTIFY, body, w.n);
}

/* One step of audio; a control step every 10 ms and, from a host that is there, a ping a second. */
static void step(bool hasHost) {
    static uint32_t n;
    const int32_t y = device_audio_output(&h.device, acoustics_reference(&a));
    device_audio_adapt(&h.device, acoustics_error(&a, y));
    if (y > loudest_q31) loudest_q31 = y;
    if (++n % 480 == 0) device_control(&h.device, h.nowMs += 10);
    if (hasHost && n % 48000 == 0)
        EXPECT_EQ(headset_request(&h, LINK_MESSAGE_PING, NULL, 0), LINK_STATUS_OK);
}

static void run(double seconds, bool hasHost) {
    for (int i = 0; i < (int)(48000 * seconds); i++)
        step(hasHost);
}

static void until(identify_phase_t phase) {
    for (int i = 0; h.device.identification.work.phase != phase; i++) {
        EXPECT(i < 48000 * 10);
        step(true);
    }
}

static int64_t result(uint32_t id) {
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_GET_IDENTIFICATION, NULL, 0), LINK_STATUS_OK);
    return (int64_t)headset_field(&h, id).value;
}

static identify_reason_t reason(void) {
    EXPECT_EQ(result(LINK_GET_IDENTIFICATION_RESPONSE_PHASE), LINK_IDENTIFY_PHASE_DONE);
    return (identify_reason_t)result(LINK_GET_IDENTIFICATION_RESPONSE_REASON);
}

static void test_a_headset_without_a_model_finds_it_and_cancels(void) {
    start_headset(true);
    a.noiseLevel = 0.03;
    set("mode", "anc");
    set("taps", "256");
    EXPECT(!h.device.controls); /* no model */
    EXPECT_EQ(identify(EXCITATION_WHITE, 0, 2000), LINK_STATUS_OK);
    EXPECT_EQ(anc_engine_mode(&h.device.engine), ANC_MODE_OFF);
    EXPECT_EQ(h.device.params.values[PARAM_MODE], ANC_MODE_ANC);
    until(IDENTIFY_DONE);
    EXPECT_EQ(reason(), IDENTIFY_ACCEPTED);
    EXPECT(wire_unzigzag((uint64_t)result(LINK_GET_IDENTIFICATION_RESPONSE_ERLE_TENTH_DB)) > 200);
    EXPECT_EQ(result(LINK_GET_IDENTIFICATION_RESPONSE_DELAY_SAMPLES), ACOUSTICS_DELAY);
    EXPECT(result(LINK_GET_IDENTIFICATION_RESPONSE_STEP_SIZE) > 100);
    EXPECT(h.device.hasFeedback && h.device.controls);
    EXPECT_EQ(anc_engine_mode(&h.device.engine), ANC_MODE_ANC);
    run(1.5, true);
    EXPECT(h.device.supervisor.smooth.error < h.device.supervisor.smooth.disturbance / 30);
    EXPECT(h.device.supervisor.rollbacks == 0);
}

static void test_refused_leaves_the_former_model(void) {
    start_headset(true);
    const anc_secondary_model_t model = plant_model();
    EXPECT(device_set_secondary(&h.device, &model));
    a.unplugged = true;
    EXPECT_EQ(identify(EXCITATION_MLS, -300, 1000), LINK_STATUS_OK);
    until(IDENTIFY_DONE);
    EXPECT_EQ(reason(), IDENTIFY_UNHEARD);
    EXPECT(result(LINK_GET_IDENTIFICATION_RESPONSE_STEP_SIZE) == 0);
    EXPECT_EQ(anc_engine_secondary(&h.device.engine)->length, model.length);
    EXPECT(!h.device.hasFeedback && h.device.controls);
    EXPECT(loudest_q31 < plant_q31(0.0632 * 0.5 * 1.01) && loudest_q31 > plant_q31(0.03));
}

static void expect_silence(void) {
    loudest_q31 = 0;
    run(0.2, true);
    EXPECT_EQ(loudest_q31, 0);
}

static void test_ends_in_every_way(void) {
    start_headset(true);
    EXPECT_EQ(identify(EXCITATION_WHITE, 0, 4000), LINK_STATUS_OK);
    EXPECT_EQ(identify(EXCITATION_WHITE, 0, 4000), LINK_STATUS_BUSY);
    until(IDENTIFY_MEASURE);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_IDENTIFY_ABORT, NULL, 0), LINK_STATUS_OK);
    EXPECT_EQ(reason(), IDENTIFY_ABORTED);
    expect_silence();

    EXPECT_EQ(identify(EXCITATION_WHITE, 0, 4000), LINK_STATUS_OK);
    until(IDENTIFY_MEASURE);
    run(1.6, false);
    EXPECT_EQ(reason(), IDENTIFY_HOST_GONE);
    expect_silence();

    EXPECT_EQ(identify(EXCITATION_WHITE, 0, 4000), LINK_STATUS_OK);
    until(IDENTIFY_RAMP);
    device_link_closed(&h.device);
    device_link_opened(&h.device);
    EXPECT_EQ(reason(), IDENTIFY_HOST_GONE);
    expect_silence();

    EXPECT_EQ(identify(EXCITATION_WHITE, 0, 4000), LINK_STATUS_OK);
    until(IDENTIFY_MEASURE);
    set("mute", "true");
    EXPECT_EQ(reason(), IDENTIFY_MUTED);
    expect_silence();
    EXPECT_EQ(identify(EXCITATION_WHITE, 0, 4000), LINK_STATUS_NOT_READY);
    EXPECT(anc_engine_secondary(&h.device.engine) == NULL);
    /* without one that runs, nothing */
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_IDENTIFY_ABORT, NULL, 0), LINK_STATUS_OK);
    EXPECT_EQ(reason(), IDENTIFY_MUTED);
}

static void test_options_and_memory_are_checked(void) {
    start_headset(true);
    EXPECT_EQ(result(LINK_GET_IDENTIFICATION_RESPONSE_PHASE), LINK_IDENTIFY_PHASE_IDLE);
    EXPECT_EQ(identify(3, 0, 0), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(identify(0, -59, 0), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(identify(0, -601, 0), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(identify(0, 0, 999), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(identify(0, 0, 10001), LINK_STATUS_OUT_OF_RANGE);
    EXPECT(!h.device.identification.runs);
    start_headset(false);
    EXPECT_EQ(identify(0, 0, 0), LINK_STATUS_NOT_READY);
}

static void test_tells_its_progress_and_shows_the_feedback_path(void) {
    start_headset(true);
    uint8_t body[16];
    wire_writer_t w = {.bytes = body, .capacity = sizeof body};
    wire_u64(&w, LINK_SET_STREAM_REQUEST_STREAM, LINK_MESSAGE_IDENTIFICATION);
    wire_u64(&w, LINK_SET_STREAM_REQUEST_ENABLED, 1);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_SET_STREAM, body, w.n), LINK_STATUS_OK);
    run(0.5, false);
    EXPECT(!headset_next(&h)); /* nothing to tell */
    EXPECT_EQ(identify(EXCITATION_SWEEP, 0, 1000), LINK_STATUS_OK);
    unsigned seen = 0, events = 0;
    for (int i = 0; i < 48000 * 5; i++) {
        step(false);
        while (i % 4800 == 0 && headset_next(&h)) {
            if (h.frame.kind != LINK_KIND_EVENT) continue;
            EXPECT_EQ(h.frame.message, LINK_MESSAGE_IDENTIFICATION);
            seen |= 1U << headset_field(&h, LINK_IDENTIFICATION_PHASE).value;
            events++;
        }
        if (i % 24000 == 0) headset_send(&h, LINK_KIND_REQUEST, LINK_MESSAGE_PING, NULL, 0);
    }
    EXPECT_EQ(seen, 0xfe);
    EXPECT(events > 10 && events < 80);

    wire_writer_t block = {.bytes = body, .capacity = sizeof body};
    wire_u64(&block, LINK_READ_BLOCK_REQUEST_BLOCK, LINK_BLOCK_FEEDBACK_PATH);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_READ_BLOCK, body, block.n), LINK_STATUS_OK);
    EXPECT(headset_field(&h, LINK_READ_BLOCK_RESPONSE_TOTAL_BYTES).value > 6);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_WRITE_BLOCK, body, block.n), LINK_STATUS_READ_ONLY);
}

int main(void) {
    test_a_headset_without_a_model_finds_it_and_cancels();
    test_refused_leaves_the_former_model();
    test_ends_in_every_way();
    test_options_and_memory_are_checked();
    test_tells_its_progress_and_shows_the_feedback_path();
    return 0;
}
