/* Parameters over the link: three states, steps, store, damage. */
#include "support/headset.h"

static headset_t h;

static int32_t value(int index) {
    return h.device.params.values[index];
}

static uint32_t id(int index) {
    return paramTable[index].id;
}

static void test_set_rounds_to_the_step(void) {
    EXPECT_EQ(headset_set(&h, id(PARAM_TAPS), 500), LINK_STATUS_OK);
    EXPECT_EQ(wire_unzigzag(headset_field(&h, LINK_SET_PARAMETER_RESPONSE_VALUE).value), 496);
    EXPECT_EQ(h.device.engine.config.taps, 496);
    EXPECT_EQ(headset_set(&h, id(PARAM_TAPS), 504), LINK_STATUS_OK);
    EXPECT_EQ(value(PARAM_TAPS), 512);
    EXPECT_EQ(headset_set(&h, id(PARAM_ENERGY_FLOOR_DB), -703), LINK_STATUS_OK);
    EXPECT_EQ(value(PARAM_ENERGY_FLOOR_DB), -705);
}

static void test_bad_values_change_nothing(void) {
    const int32_t before = value(PARAM_TAPS);
    EXPECT_EQ(headset_set(&h, id(PARAM_TAPS), 1025), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(headset_set(&h, id(PARAM_TAPS), 31), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(headset_set(&h, id(PARAM_TAPS), INT32_MIN), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(headset_set(&h, id(PARAM_MODE), 3), LINK_STATUS_OUT_OF_RANGE);
    EXPECT_EQ(headset_set(&h, 9999, 1), LINK_STATUS_UNKNOWN_PARAMETER);
    EXPECT_EQ(headset_set(&h, 0, 0), LINK_STATUS_UNKNOWN_PARAMETER);
    EXPECT_EQ(value(PARAM_TAPS), before);
}

static void test_every_parameter_reaches_both_ends(void) {
    for (int i = 0; i < PARAM_COUNT; i++) {
        EXPECT_EQ(headset_set(&h, paramTable[i].id, paramTable[i].min), LINK_STATUS_OK);
        EXPECT_EQ(value(i), paramTable[i].min);
        EXPECT_EQ(headset_set(&h, paramTable[i].id, paramTable[i].max), LINK_STATUS_OK);
        EXPECT(value(i) > paramTable[i].max - paramTable[i].step);
        EXPECT(value(i) <= paramTable[i].max);
    }
}

static void test_store_revert_reset(void) {
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_RESET_PARAMETERS, NULL, 0), LINK_STATUS_OK);
    EXPECT_EQ(value(PARAM_TAPS), paramTable[PARAM_TAPS].initial);
    headset_set(&h, id(PARAM_MODE), LINK_MODE_ANC);
    headset_set(&h, id(PARAM_TAPS), 256);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_STORE_PARAMETERS, NULL, 0), LINK_STATUS_OK);
    EXPECT(headset_field(&h, LINK_STORE_PARAMETERS_RESPONSE_COUNT).value > 5);

    headset_set(&h, id(PARAM_TAPS), 64);
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_REVERT_PARAMETERS, NULL, 0), LINK_STATUS_OK);
    EXPECT_EQ(value(PARAM_TAPS), 256);
    EXPECT_EQ(value(PARAM_MODE), LINK_MODE_ANC); /* not persistent: stays */

    /* Only the named one, packed or not */
    headset_set(&h, id(PARAM_TAPS), 64);
    headset_set(&h, id(PARAM_ROLLBACK_MAX), 7);
    const uint8_t unpacked[] = {1 << 3, (uint8_t)id(PARAM_TAPS)};
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_RESET_PARAMETERS, unpacked, sizeof unpacked),
              LINK_STATUS_OK);
    EXPECT_EQ(value(PARAM_TAPS), paramTable[PARAM_TAPS].initial);
    EXPECT_EQ(value(PARAM_ROLLBACK_MAX), 7);
    const uint8_t packed[] = {1 << 3 | 2, 1, (uint8_t)id(PARAM_TAPS)};
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_REVERT_PARAMETERS, packed, sizeof packed),
              LINK_STATUS_OK);
    EXPECT_EQ(value(PARAM_TAPS), 256);
}

static void test_survives_a_restart(void) {
    headset_start(&h);
    EXPECT(h.device.params.storeValid);
    EXPECT_EQ(value(PARAM_TAPS), 256);
    EXPECT_EQ(value(PARAM_MODE), LINK_MODE_OFF); /* startMode */
    headset_set(&h, id(PARAM_START_MODE), LINK_MODE_ANC);
    headset_request(&h, LINK_MESSAGE_STORE_PARAMETERS, NULL, 0);
    headset_start(&h);
    EXPECT_EQ(value(PARAM_MODE), LINK_MODE_ANC);
    EXPECT_EQ(h.device.engine.config.mode, ANC_MODE_ANC);
}

static void test_damage_is_seen_and_defaults_are_taken(void) {
    for (size_t at = 0; at < h.storeBytes; at++) {
        h.store[at] ^= 0x10;
        headset_start(&h);
        EXPECT(!h.device.params.storeValid);
        EXPECT_EQ(value(PARAM_TAPS), paramTable[PARAM_TAPS].initial);
        h.store[at] ^= 0x10;
    }
    const size_t whole = h.storeBytes;
    for (h.storeBytes = 1; h.storeBytes < whole; h.storeBytes++) {
        headset_start(&h);
        EXPECT(!h.device.params.storeValid);
    }
    headset_start(&h);
    EXPECT(h.device.params.storeValid);
}

static void test_a_store_that_fails_says_so(void) {
    headset_set(&h, id(PARAM_TAPS), 128);
    h.storeFails = true;
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_STORE_PARAMETERS, NULL, 0),
              LINK_STATUS_STORAGE_FAILED);
    h.storeFails = false;
    h.storeLies = true;
    EXPECT_EQ(headset_request(&h, LINK_MESSAGE_STORE_PARAMETERS, NULL, 0),
              LINK_STATUS_STORAGE_FAILED);
    h.storeLies = false;
    EXPECT_EQ(h.device.params.stored[PARAM_TAPS], 256);
}

static void test_text_of_a_command_line(void) {
    device_t *d = &h.device;
    EXPECT(device_set_parameter(d, "stepSize", "0.0031") == NULL);
    EXPECT_EQ(value(PARAM_STEP_SIZE), 310);
    EXPECT(device_set_parameter(d, "outputLimitDb", "-3") == NULL);
    EXPECT_EQ(value(PARAM_OUTPUT_LIMIT_DB), -30);
    EXPECT(device_set_parameter(d, "mode", "anc") == NULL);
    EXPECT(device_set_parameter(d, "adapt", "false") == NULL);
    static const char *const bad[][2] = {{"stepsize", "1"},   {"stepSize", ""},
                                         {"stepSize", "."},   {"stepSize", "1e-3"},
                                         {"stepSize", "0.5"}, {"stepSize", "0.0000001"},
                                         {"mode", "on"},      {"mode", "1"},
                                         {"adapt", "1"},      {"taps", "99999999999999999999"},
                                         {"taps", "256.5"},   {"taps", " 256"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        EXPECT(device_set_parameter(d, bad[i][0], bad[i][1]) != NULL);
    EXPECT_EQ(value(PARAM_STEP_SIZE), 310);
}

int main(void) {
    headset_start(&h);
    EXPECT(!h.device.params.storeValid);
    test_set_rounds_to_the_step();
    test_bad_values_change_nothing();
    test_every_parameter_reaches_both_ends();
    test_store_revert_reset();
    test_survives_a_restart();
    test_damage_is_seen_and_defaults_are_taken();
    test_a_store_that_fails_says_so();
    test_text_of_a_command_line();
    return 0;
}
