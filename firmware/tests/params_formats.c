/*
 * Stores of every format that firmware has ever written, in tests/stores, load with their values;
 * and changes of formats to come do to them what they say.
 */
#include <cjson/cJSON.h>
#include <string.h>

#include "device/params.h"
#include "link/crc32.h"
#include "link/little_endian.h"
#include "support/expect.h"

enum { TAPS = 10, STEP_SIZE = 11, GONE = 900 };

static uint8_t store[4096];
static size_t storeBytes;
static cJSON *fixture;

static const cJSON *item(const cJSON *parent, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(parent, name);
}

/* {"hex": the store, "values": {name: text in the parameter's unit}} */
static void load_fixture(int format) {
    char path[512], text[8192];
    snprintf(path, sizeof path, "%s/format-%d.json", ANC_STORES, format);
    FILE *f = fopen(path, "rb");
    EXPECT(f); /* each format needs a store that its firmware wrote */
    const size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    fixture = cJSON_Parse(text);
    EXPECT(fixture);
    const char *hex = item(fixture, "hex")->valuestring;
    storeBytes = strlen(hex) / 2;
    EXPECT(storeBytes <= sizeof store);
    for (size_t i = 0; i < storeBytes; i++) {
        const char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        store[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    EXPECT_EQ(get_le(store + 4, 2), format);
}

static void test_loads_with_its_values(int format) {
    load_fixture(format);
    params_t p;
    params_init(&p);
    EXPECT(params_load(&p, store, storeBytes));
    EXPECT(p.storeValid);
    int named = 0, changed = 0;
    for (const cJSON *value = item(fixture, "values")->child; value; value = value->next, named++) {
        const int index = params_by_name(value->string);
        int32_t raw;
        EXPECT(index != PARAMS_NONE);
        EXPECT(params_parse(index, value->valuestring, &raw));
        EXPECT_EQ(p.stored[index], raw);
        EXPECT_EQ(p.values[index], raw);
        changed += raw != paramTable[index].initial;
    }
    EXPECT(named > 10 && changed > 10);
    cJSON_Delete(fixture);
}

static bool load(params_t *p, uint16_t format, const params_change_t *changes) {
    params_init(p);
    return params_load_from(p, store, storeBytes, format, changes);
}

/* taps 256 and stepSize 0.004 (raw 400) in format 1 */
static void test_changes_of_later_formats(void) {
    params_t p;
    load_fixture(1);
    cJSON_Delete(fixture);
    EXPECT(load(&p, 1, paramsChanges));
    EXPECT_EQ(p.values[PARAM_TAPS], 256);
    EXPECT_EQ(p.values[PARAM_STEP_SIZE], 400);

    /* one more decimal, then half of it by another name, then back */
    const params_change_t rescaled[] = {
        {2, TAPS, GONE, 10, 1}, {3, GONE, GONE + 1, -1, 2}, {4, GONE + 1, TAPS, -1, 10}, {0}};
    EXPECT(load(&p, 4, rescaled));
    EXPECT_EQ(p.values[PARAM_TAPS], 128); /* 256 * 10 / -2 / -10 */
    EXPECT_EQ(p.values[PARAM_STEP_SIZE], 400);

    /* two that change places do so once */
    const params_change_t swapped[] = {{2, TAPS, STEP_SIZE, 1, 1}, {2, STEP_SIZE, TAPS, 1, 1}, {0}};
    EXPECT(load(&p, 2, swapped));
    EXPECT_EQ(p.values[PARAM_TAPS], 400);
    EXPECT_EQ(p.values[PARAM_STEP_SIZE], 260); /* 256 at its nearest step */

    const params_change_t gone[] = {{2, TAPS, 0, 1, 1}, {0}};
    EXPECT(load(&p, 2, gone));
    EXPECT_EQ(p.values[PARAM_TAPS], paramTable[PARAM_TAPS].initial);
    EXPECT_EQ(p.values[PARAM_STEP_SIZE], 400);

    /* out of the range of the parameter, or of 32 bits: the default */
    const params_change_t large[] = {{2, TAPS, TAPS, 100, 1}, {0}};
    EXPECT(load(&p, 2, large));
    EXPECT_EQ(p.values[PARAM_TAPS], paramTable[PARAM_TAPS].initial);
    const params_change_t larger[] = {{2, TAPS, TAPS, INT32_MAX, 1}, {0}};
    EXPECT(load(&p, 2, larger));
    EXPECT_EQ(p.values[PARAM_TAPS], paramTable[PARAM_TAPS].initial);
}

static void test_a_store_knows_which_changes_are_behind_it(void) {
    const params_change_t halved[] = {{2, TAPS, TAPS, 1, 2}, {0}};
    params_t p;
    load_fixture(1);
    cJSON_Delete(fixture);
    for (uint32_t format = 0; format < 5; format++) {
        put_le(store + 4, format, 2);
        put_le(store + storeBytes - 4, link_crc32(0, store, storeBytes - 4), 4);
        const bool known = format == 1 || format == 2;
        EXPECT_EQ(load(&p, 2, halved), known);
        const int32_t taps = format == 1 ? 128 : format == 2 ? 256 : paramTable[PARAM_TAPS].initial;
        EXPECT_EQ(p.values[PARAM_TAPS], taps);
    }
}

static void test_rounding(void) {
    const params_change_t third[] = {{2, TAPS, TAPS, 1, 3}, {0}};
    const int32_t cases[][2] = {{4, 1},
                                {5, 2},
                                {-4, -1},
                                {-5, -2},
                                {0, 0},
                                {1, 0},
                                {-1, 0},
                                {INT32_MIN, -715827883},
                                {INT32_MAX, 715827882}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t id = TAPS;
        int32_t raw = cases[i][0];
        EXPECT(params_migrate(third, 1, &id, &raw));
        EXPECT_EQ(raw, cases[i][1]);
    }
    const params_change_t doubled[] = {{2, TAPS, TAPS, 2, 1}, {0}};
    uint32_t id = TAPS;
    int32_t raw = INT32_MIN;
    EXPECT(!params_migrate(doubled, 1, &id, &raw));
}

static void test_what_is_written_is_of_the_present_format(void) {
    params_t p;
    params_init(&p);
    storeBytes = params_serialise(&p, store);
    EXPECT_EQ(get_le(store + 4, 2), PARAMS_FORMAT);
    for (const params_change_t *change = paramsChanges; change->format != 0; change++)
        EXPECT(change->format >= 2 && change->format <= PARAMS_FORMAT);
}

int main(void) {
    for (int format = 1; format <= PARAMS_FORMAT; format++)
        test_loads_with_its_values(format);
    test_changes_of_later_formats();
    test_a_store_knows_which_changes_are_behind_it();
    test_rounding();
    test_what_is_written_is_of_the_present_format();
    return 0;
}
