/* Updates over the link: transfer, resumption, refusals, verification, the self-test on trial. */
#include "device/safe_mode.h"
#include "support/headset.h"
#include "support/slots.h"

enum { IMAGE = 9000, PIECE = 700 };

static headset_t h;
static slots_t slots;
static update_port_t port;
static uint8_t image[SLOTS_BYTES];
static uint8_t hash[SHA256_BYTES];

static void hash_of(const uint8_t *bytes, size_t n, uint8_t *out) {
    sha256_t s;
    sha256_init(&s);
    sha256_update(&s, bytes, n);
    sha256_final(&s, out);
}

/* A headset with slots and this image on the host's side. */
static void start(const char *chip, const char *board) {
    port = slots_port(&slots);
    slots.port = &port;
    h.update = &port;
    slots_image(image, IMAGE, chip, board);
    hash_of(image, IMAGE, hash);
    headset_start(&h);
}

static void test_sha256(void) {
    static const struct {
        const char *text, *hash;
    } cases[] = {
        /* FIPS 180-4, examples of NIST */
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
         "lmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
        {NULL, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}, /* 10^6 a */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t out[SHA256_BYTES];
        char hex[2 * SHA256_BYTES + 1];
        sha256_t s;
        sha256_init(&s);
        if (cases[i].text) {
            const size_t n = strlen(cases[i].text), half = n / 3;
            sha256_update(&s, (const uint8_t *)cases[i].text, half);
            sha256_update(&s, (const uint8_t *)cases[i].text + half, n - half);
        } else {
            for (int j = 0; j < 1000000 / 50; j++)
                sha256_update(
                    &s, (const uint8_t *)"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 50);
        }
        sha256_final(&s, out);
        for (int j = 0; j < SHA256_BYTES; j++)
            snprintf(hex + 2 * j, 3, "%02x", out[j]);
        EXPECT(strcmp(hex, cases[i].hash) == 0);
    }
}

static uint32_t begin(const char *chip, const char *board, uint32_t total) {
    uint8_t body[128];
    wire_writer_t w = {.bytes = body, .capacity = sizeof body};
    wire_u64(&w, LINK_UPDATE_BEGIN_REQUEST_TOTAL_BYTES, total);
    wire_bytes(&w, LINK_UPDATE_BEGIN_REQUEST_SHA256, hash, sizeof hash);
    wire_string(&w, LINK_UPDATE_BEGIN_REQUEST_CHIP, chip);
    wire_string(&w, LINK_UPDATE_BEGIN_REQUEST_BOARD, board);
    return headset_request(&h, LINK_MESSAGE_UPDATE_BEGIN, body, w.n);
}

static uint32_t chunk(uint32_t offset, uint32_t n) {
    uint8_t body[LINK_MAX_BODY_BYTES];
    wire_writer_t w = {.bytes = body, .capacity = sizeof body};
    wire_u64(&w, LINK_UPDATE_CHUNK_REQUEST_OFFSET, offset);
    wire_bytes(&w, LINK_UPDATE_CHUNK_REQUEST_DATA, image + offset, n);
    return headset_request(&h, LINK_MESSAGE_UPDATE_CHUNK, body, w.n);
}

static uint64_t state(uint32_t field) {
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_GET_UPDATE, NULL, 0), LINK_STATUS_OK);
    return headset_field(&h, field).value;
}

static uint64_t phase(void) {
    return state(LINK_GET_UPDATE_RESPONSE_PHASE);
}

static void send_from(uint32_t offset, uint32_t end) {
    while (offset < end) {
        const uint32_t n = end - offset < PIECE ? end - offset : PIECE;
        EXPECT_EQ(chunk(offset, n), LINK_STATUS_OK);
        offset += n;
        EXPECT_EQ(headset_field(&h, LINK_UPDATE_CHUNK_RESPONSE_HELD_BYTES).value, offset);
    }
}

static void finish(void) {
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_UPDATE_FINISH, NULL, 0), LINK_STATUS_OK);
    for (int i = 0; i < 100 && phase() == LINK_UPDATE_PHASE_VERIFYING; i++)
        headset_run(&h, 480);
}

static void test_without_slots(void) {
    h.update = NULL;
    headset_start(&h);
    for (uint8_t m = LINK_MESSAGE_GET_UPDATE; m <= LINK_MESSAGE_UPDATE_ROLL_BACK; m++)
        EXPECT_EQ(headset_request(&h, m, NULL, 0), LINK_STATUS_NOT_READY);
}

static void test_a_whole_update(void) {
    start("test", "test-board");
    EXPECT_EQ(phase(), LINK_UPDATE_PHASE_IDLE);
    EXPECT_EQ(chunk(0, 10), LINK_STATUS_NOT_READY);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_UPDATE_FINISH, NULL, 0), LINK_STATUS_NOT_READY);
    EXPECT_EQ(begin("test", "test-board", IMAGE), LINK_STATUS_OK);
    EXPECT_EQ(headset_field(&h, LINK_UPDATE_BEGIN_RESPONSE_PHASE).value,
              LINK_UPDATE_PHASE_RECEIVING);
    send_from(0, IMAGE);
    finish();
    EXPECT_EQ(phase(), LINK_UPDATE_PHASE_ACTIVATED);
    EXPECT_EQ(memcmp(slots.other, image, IMAGE), 0);
    EXPECT_EQ(state(LINK_GET_UPDATE_RESPONSE_OTHER_STATE), LINK_SLOT_STATE_ACTIVATED);
    EXPECT_EQ(headset_field(&h, LINK_GET_UPDATE_RESPONSE_OTHER_VERSION).n, strlen("2.0.0"));
    /* a host that lost the answer asks again */
    finish();
    EXPECT_EQ(begin("test", "test-board", IMAGE), LINK_STATUS_OK);
    EXPECT_EQ(headset_field(&h, LINK_UPDATE_BEGIN_RESPONSE_PHASE).value,
              LINK_UPDATE_PHASE_ACTIVATED);
}

/* The host goes after each piece, and another one takes up where it left. */
static void test_resumption_at_every_piece(void) {
    start("test", "");
    uint32_t held = 0;
    while (held < IMAGE) {
        device_link_closed(&h.device);
        device_link_opened(&h.device);
        EXPECT_EQ(begin("", "", IMAGE), LINK_STATUS_OK);
        EXPECT_EQ(headset_field(&h, LINK_UPDATE_BEGIN_RESPONSE_HELD_BYTES).value, held);
        if (held > 300) { /* what it does not know to have arrived it sends again */
            EXPECT_EQ(chunk(held - 300, PIECE), LINK_STATUS_OK);
            held += PIECE - 300;
        }
        EXPECT_EQ(chunk(held + 1, 1), LINK_STATUS_OUT_OF_RANGE);
        const uint32_t n = IMAGE - held < PIECE ? IMAGE - held : PIECE;
        EXPECT_EQ(chunk(held, n), LINK_STATUS_OK);
        held += n;
    }
    EXPECT_EQ(chunk(IMAGE - 1, 2), LINK_STATUS_OUT_OF_RANGE);
    finish();
    EXPECT_EQ(phase(), LINK_UPDATE_PHASE_ACTIVATED);

    start("test", "");
    begin("", "", IMAGE);
    send_from(0, 2 * PIECE);
    hash[0] ^= 1; /* another image: from the start */
    EXPECT_EQ(begin("", "", IMAGE), LINK_STATUS_OK);
    EXPECT_EQ(headset_field(&h, LINK_UPDATE_BEGIN_RESPONSE_HELD_BYTES).value, 0);
    send_from(0, IMAGE);
    finish();
    EXPECT_EQ(state(LINK_GET_UPDATE_RESPONSE_REASON), LINK_UPDATE_REASON_HASH_DIFFERS);
}

static uint64_t refused(const char *chip, const char *board, uint32_t total) {
    EXPECT_EQ(begin(chip, board, total), LINK_STATUS_OK);
    EXPECT_EQ(headset_field(&h, LINK_UPDATE_BEGIN_RESPONSE_PHASE).value, LINK_UPDATE_PHASE_FAILED);
    return headset_field(&h, LINK_UPDATE_BEGIN_RESPONSE_REASON).value;
}

static uint64_t found_out(void) {
    EXPECT_EQ(begin("", "", IMAGE), LINK_STATUS_OK);
    send_from(0, IMAGE);
    finish();
    EXPECT_EQ(phase(), LINK_UPDATE_PHASE_FAILED);
    EXPECT_EQ(slots.info[UPDATE_SLOT_OTHER].state, UPDATE_SLOT_EMPTY);
    return state(LINK_GET_UPDATE_RESPONSE_REASON);
}

static void test_refusals(void) {
    start("test", "test-board");
    EXPECT_EQ(refused("tests", "", IMAGE), LINK_UPDATE_REASON_WRONG_CHIP);
    EXPECT_EQ(refused("test", "test", IMAGE), LINK_UPDATE_REASON_WRONG_BOARD);
    EXPECT_EQ(refused("test", "", SLOTS_BYTES + 1), LINK_UPDATE_REASON_TOO_LARGE);
    EXPECT_EQ(begin("test", "", 0), LINK_STATUS_MALFORMED);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_UPDATE_BEGIN, NULL, 0), LINK_STATUS_MALFORMED);
    EXPECT_EQ(slots.writes, 0);

    /* by the image's own header, whatever the host says */
    start("other", "");
    EXPECT_EQ(found_out(), LINK_UPDATE_REASON_WRONG_CHIP);
    start("test", "other-board");
    EXPECT_EQ(found_out(), LINK_UPDATE_REASON_WRONG_BOARD);
    start("test", "");
    image[0] ^= 1;
    hash_of(image, IMAGE, hash);
    EXPECT_EQ(found_out(), LINK_UPDATE_REASON_NO_IMAGE);
    for (uint32_t at = 8; at < IMAGE; at += 1234) {
        start("test", "");
        image[at] ^= 1;
        hash_of(image, IMAGE, hash);
        EXPECT_EQ(found_out(), at < IMAGE_HEADER_BYTES ? LINK_UPDATE_REASON_NO_IMAGE
                                                       : LINK_UPDATE_REASON_IMAGE_DAMAGED);
    }
}

static void test_failing_flash(void) {
    start("test", "");
    begin("", "", IMAGE);
    slots.writeFails = true;
    EXPECT_EQ(chunk(0, PIECE), LINK_STATUS_STORAGE_FAILED);
    EXPECT_EQ(state(LINK_GET_UPDATE_RESPONSE_REASON), LINK_UPDATE_REASON_FLASH_FAILED);
    EXPECT_EQ(chunk(0, PIECE), LINK_STATUS_NOT_READY);
    slots.writeFails = false;
    slots.readLies = true;
    EXPECT_EQ(found_out(), LINK_UPDATE_REASON_HASH_DIFFERS);
    slots.readLies = false;
    slots.readFails = true;
    EXPECT_EQ(found_out(), LINK_UPDATE_REASON_FLASH_FAILED);
}

/* Where flash stops audio the output is silent before the first write, and back afterwards. */
static void test_muting(void) {
    start("test", "");
    port.stopsAudio = true;
    begin("", "", IMAGE);
    EXPECT(!h.device.engine.config.mute);
    EXPECT_EQ(chunk(0, PIECE), LINK_STATUS_BUSY);
    EXPECT(h.device.engine.config.mute);
    EXPECT_EQ(slots.writes, 0);
    for (int i = 0; i < 3; i++)
        headset_run(&h, 480);
    EXPECT_EQ(chunk(0, PIECE), LINK_STATUS_OK);
    device_link_closed(&h.device);
    EXPECT(!h.device.engine.config.mute);
    device_link_opened(&h.device);
    EXPECT_EQ(chunk(PIECE, PIECE), LINK_STATUS_BUSY);
    for (int i = 0; i < 3; i++)
        headset_run(&h, 480);
    send_from(PIECE, IMAGE);
    finish();
    EXPECT_EQ(phase(), LINK_UPDATE_PHASE_ACTIVATED);
    EXPECT(!h.device.engine.config.mute);
}

static void start_on_trial(uint32_t trialMs) {
    start("test", "");
    slots.info[UPDATE_SLOT_RUNNING].state = UPDATE_SLOT_TRIAL;
    slots.info[UPDATE_SLOT_OTHER].state = UPDATE_SLOT_GOOD;
    port.trialMs = trialMs;
    h.reboots = 0;
    headset_start(&h);
}

/* Milliseconds until it decides, with or without sound. */
static uint32_t decide(bool sound) {
    for (uint32_t ms = 0; ms < 2 * UPDATE_TRIAL_MS; ms += 10) {
        if (slots.confirms + slots.rollbacks > 0) return ms;
        if (sound)
            headset_run(&h, 480);
        else
            device_control(&h.device, h.nowMs += 10);
    }
    EXPECT(false);
    return 0;
}

static void test_a_healthy_image_confirms_itself(void) {
    start_on_trial(0);
    headset_request(&h, LINK_MESSAGE_HELLO, NULL, 0);
    const uint32_t withHost = decide(true);
    EXPECT_EQ(slots.confirms, 1);
    EXPECT(withHost >= UPDATE_TRIAL_MS / UPDATE_HEALTHY_PART && withHost < 5000);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_STORE_PARAMETERS, NULL, 0), LINK_STATUS_OK);

    start_on_trial(0);
    const uint32_t alone = decide(true);
    EXPECT_EQ(slots.confirms, 1);
    EXPECT(alone >= UPDATE_TRIAL_MS / UPDATE_ALONE_PART && alone < 12000);
    EXPECT_EQ(h.reboots, 0);
}

static void expect_roll_back(bool sound, uint32_t missing) {
    headset_request(&h, LINK_MESSAGE_HELLO, NULL, 0);
    decide(sound);
    EXPECT_EQ(slots.confirms, 0);
    EXPECT_EQ(slots.rollbacks, 1);
    EXPECT_EQ(h.reboots, 1);
    EXPECT_EQ(h.device.update.missing, missing);
}

static void test_an_unhealthy_one_rolls_back(void) {
    start_on_trial(2000);
    expect_roll_back(false, UPDATE_MISSING_AUDIO);

    start_on_trial(2000);
    h.device.supervisor.guard = SUPERVISOR_MUTED;
    expect_roll_back(true, UPDATE_MISSING_SOUND);

    h.storeBytes = 30; /* nothing that can be read */
    start_on_trial(2000);
    expect_roll_back(true, UPDATE_MISSING_SETTINGS);
    h.safeMode = true;
    start_on_trial(2000);
    decide(true);
    EXPECT_EQ(slots.confirms, 1);
    h.safeMode = false;
    h.storeBytes = 0;

    start_on_trial(2000);
    uint32_t misses = 0;
    while (slots.confirms + slots.rollbacks == 0) {
        device_report_load(&h.device, 0, misses += 4);
        headset_run(&h, 480);
    }
    EXPECT_EQ(slots.rollbacks, 1);
    EXPECT_EQ(h.device.update.missing, UPDATE_MISSING_DEADLINES);
}

static void test_on_trial(void) {
    start_on_trial(0);
    EXPECT_EQ(begin("", "", IMAGE), LINK_STATUS_NOT_READY); /* it would lose the way back */
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_STORE_PARAMETERS, NULL, 0), LINK_STATUS_NOT_READY);
    EXPECT(state(LINK_GET_UPDATE_RESPONSE_TRIAL_LEFT_MS) > UPDATE_TRIAL_MS - 1000);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_UPDATE_CONFIRM, NULL, 0), LINK_STATUS_OK);
    EXPECT_EQ(slots.confirms, 1);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_UPDATE_CONFIRM, NULL, 0), LINK_STATUS_OK);
    EXPECT_EQ(slots.confirms, 1);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_UPDATE_ROLL_BACK, NULL, 0), LINK_STATUS_OK);
    EXPECT_EQ(h.reboots, 1);
    slots.info[UPDATE_SLOT_OTHER].state = UPDATE_SLOT_REJECTED;
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_UPDATE_ROLL_BACK, NULL, 0), LINK_STATUS_NOT_READY);
    EXPECT_EQ(h.reboots, 1);
}

static void test_safe_mode(void) {
    h.update = NULL;
    headset_start(&h);
    headset_set(&h, paramTable[PARAM_TAPS].id, 256);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_STORE_PARAMETERS, NULL, 0), LINK_STATUS_OK);
    h.safeMode = true;
    headset_start(&h);
    EXPECT_EQ(h.device.params.values[PARAM_TAPS], paramTable[PARAM_TAPS].initial);
    headset_request(&h, LINK_MESSAGE_HELLO, NULL, 0);
    EXPECT(headset_field(&h, LINK_HELLO_RESPONSE_SAFE_MODE).value);
    h.safeMode = false;
    headset_start(&h);
    EXPECT_EQ(h.device.params.values[PARAM_TAPS], 256); /* what is stored was left alone */
}

static void test_three_crashes_in_a_row(void) {
    safe_mode_t s = {.mark = 0x12345678, .crashes = 77}; /* memory as power left it */
    EXPECT(!safe_mode_start(&s, false));
    EXPECT(!safe_mode_start(&s, true));
    EXPECT(!safe_mode_start(&s, true));
    safe_mode_settled(&s); /* the third comes after ten seconds */
    EXPECT(!safe_mode_start(&s, true));
    EXPECT(!safe_mode_start(&s, true));
    EXPECT(safe_mode_start(&s, true));
    EXPECT(safe_mode_start(&s, true)); /* and stays while it crashes even so */
    EXPECT(!safe_mode_start(&s, false));
    EXPECT(!safe_mode_start(&s, true));
    safe_mode_t lost = {.mark = 0, .crashes = UINT32_MAX};
    EXPECT(!safe_mode_start(&lost, true));
}

int main(void) {
    test_sha256();
    test_without_slots();
    test_a_whole_update();
    test_resumption_at_every_piece();
    test_refusals();
    test_failing_flash();
    test_muting();
    test_a_healthy_image_confirms_itself();
    test_an_unhealthy_one_rolls_back();
    test_on_trial();
    test_safe_mode();
    test_three_crashes_in_a_row();
    return 0;
}
