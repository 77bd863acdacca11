/* Those parts of the ESP-IDF port that need no ESP-IDF. */
#include <string.h>

#include "plain/crash_count.h"
#include "plain/deadline.h"
#include "plain/samples.h"
#include "support/expect.h"

enum { FRAMES = 5 };

static void test_samples_go_to_their_slots(void) {
    static const int32_t frames[] = {10, 11, 20, 21, INT32_MIN, INT32_MAX, 40, 41, 50, 51};
    int32_t ref[FRAMES], err[FRAMES], out[2 * FRAMES];
    samples_take((slot_map_t){2, 0, 1}, frames, FRAMES, ref, err);
    EXPECT_EQ(ref[0], 10);
    EXPECT_EQ(err[0], 11);
    EXPECT_EQ(ref[2], INT32_MIN);
    EXPECT_EQ(err[2], INT32_MAX);
    EXPECT_EQ(err[4], 51);
    samples_take((slot_map_t){2, 1, 0}, frames, FRAMES, ref, err);
    EXPECT_EQ(ref[3], 41);
    EXPECT_EQ(err[3], 40);
    samples_give((slot_map_t){2, 1, 0}, ref, FRAMES, out);
    for (int i = 0; i < FRAMES; i++) {
        EXPECT_EQ(out[2 * i], frames[2 * i + 1]);
        EXPECT_EQ(out[2 * i + 1], frames[2 * i + 1]);
    }
}

static void window(deadline_t *d, uint32_t cycles) {
    for (int i = 0; i < DEADLINE_WINDOW_BLOCKS; i++)
        deadline_block(d, cycles);
}

static void test_the_load_is_that_of_the_last_window(void) {
    deadline_t d;
    deadline_init(&d, 20000, 850);
    EXPECT_EQ(deadline_permille(&d), 0);
    window(&d, 5000);
    EXPECT_EQ(deadline_permille(&d), 250);
    for (int i = 0; i < DEADLINE_WINDOW_BLOCKS - 1; i++)
        deadline_block(&d, 10000);
    EXPECT_EQ(deadline_permille(&d), 250);
    deadline_block(&d, 10000);
    EXPECT_EQ(deadline_permille(&d), 500);
    EXPECT_EQ(deadline_misses(&d), 0);
    EXPECT(!deadline_overloaded(&d));
}

static void test_late_blocks_are_counted_and_overload_is_held(void) {
    deadline_t d;
    deadline_init(&d, 20000, 850);
    deadline_block(&d, 20000); /* just in time */
    EXPECT_EQ(deadline_misses(&d), 0);
    deadline_block(&d, 20001);
    EXPECT_EQ(deadline_misses(&d), 1);
    for (int i = 0; i < DEADLINE_WINDOW_BLOCKS; i++)
        deadline_block(&d, 17100);
    EXPECT(deadline_overloaded(&d));
    window(&d, 1);
    EXPECT(deadline_overloaded(&d)); /* until somebody has asked for less */
    deadline_clear(&d);
    window(&d, 17000);
    EXPECT(!deadline_overloaded(&d));
}

static void test_the_largest_figures_do_not_overflow(void) {
    deadline_t d;
    deadline_init(&d, 0, 850); /* a budget of nothing is one of a cycle */
    window(&d, UINT32_MAX);
    EXPECT_EQ(deadline_permille(&d), UINT32_MAX);
    EXPECT_EQ(deadline_misses(&d), DEADLINE_WINDOW_BLOCKS);
}

static void test_crashes_in_a_row(void) {
    crash_count_t c;
    memset(&c, 0xa5, sizeof c); /* as memory is after power-up */
    EXPECT_EQ(crash_count_started(&c, false), 0);
    EXPECT_EQ(crash_count_started(&c, true), 1);
    EXPECT_EQ(crash_count_started(&c, true), 2);
    EXPECT_EQ(crash_count_started(&c, true), CRASH_COUNT_SAFE);
    crash_count_healthy(&c);
    EXPECT_EQ(crash_count_started(&c, true), 1);
    EXPECT_EQ(crash_count_started(&c, false), 0); /* asked for, by a host or a button */
    EXPECT_EQ(crash_count_started(&c, true), 1);
}

static void test_what_is_no_record_counts_nothing(void) {
    for (unsigned bit = 0; bit < 8 * sizeof(crash_count_t); bit++) {
        crash_count_t damaged;
        memset(&damaged, 0, sizeof damaged);
        EXPECT_EQ(crash_count_started(&damaged, true), 1);
        EXPECT_EQ(crash_count_started(&damaged, true), 2);
        ((uint8_t *)&damaged)[bit / 8] ^= (uint8_t)(1U << bit % 8);
        EXPECT_EQ(crash_count_started(&damaged, true), 1);
    }
}

int main(void) {
    test_samples_go_to_their_slots();
    test_the_load_is_that_of_the_last_window();
    test_late_blocks_are_counted_and_overload_is_held();
    test_the_largest_figures_do_not_overflow();
    test_crashes_in_a_row();
    test_what_is_no_record_counts_nothing();
    return 0;
}
