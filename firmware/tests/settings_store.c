/* The settings store: blobs by key, wear, damage, failing flash. */
#include "store/settings_store.h"
#include "support/nor_flash.h"

static nor_flash_t chip;
static settings_store_t store;
static flash_t flash;

static void start(uint32_t sectorBytes, uint32_t sectors, uint32_t programBytes) {
    flash = nor_flash(&chip, sectorBytes, sectors, programBytes);
    EXPECT(settings_store_mount(&store, &flash));
}

static void fill(uint8_t *bytes, size_t n, uint32_t seed) {
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(seed * 31 + i * 7);
}

static bool write(unsigned key, size_t n, uint32_t seed) {
    uint8_t bytes[1024];
    fill(bytes, n, seed);
    return settings_store_write(&store, key, bytes, n);
}

static bool reads(unsigned key, size_t n, uint32_t seed) {
    uint8_t bytes[1024], expected[1024];
    fill(expected, n, seed);
    return settings_store_read(&store, key, bytes, sizeof bytes) == n &&
           memcmp(bytes, expected, n) == 0;
}

/* The key's record on the chip. */
static uint8_t *record_of(unsigned key) {
    return chip.bytes + store.sector * chip.sectorBytes + store.records[key].offset;
}

static void remount(void) {
    EXPECT(settings_store_mount(&store, &flash));
}

static void test_blobs_by_key(uint32_t programBytes) {
    start(512, 2, programBytes);
    EXPECT(reads(SETTINGS_KEY_PARAMETERS, 0, 0));
    EXPECT_EQ(chip.steps, 0); /* to look costs nothing */
    EXPECT(write(0, 40, 1));
    EXPECT(write(5, 1, 2));
    EXPECT(write(0, 41, 3));
    for (int i = 0; i < 2; i++, remount()) {
        EXPECT(reads(0, 41, 3));
        EXPECT(reads(5, 1, 2));
        EXPECT(reads(1, 0, 0));
    }
    EXPECT(write(5, 0, 0));
    remount();
    EXPECT(reads(5, 0, 0));
    EXPECT(reads(0, 41, 3));
    uint8_t small[40];
    EXPECT_EQ(settings_store_read(&store, 0, small, sizeof small), 0);
}

static void test_bounds(void) {
    start(256, 2, 4);
    EXPECT(write(0, 256 - 16 - 8, 1)); /* one blob fills a sector */
    EXPECT(!write(0, 256 - 16 - 7, 2));
    EXPECT(!write(1, 1, 3));
    EXPECT(reads(0, 232, 1));
    EXPECT(write(0, 0, 0)); /* and can still be removed */
    EXPECT(write(1, 1, 3));
    EXPECT(!write(SETTINGS_KEYS, 1, 1));
    EXPECT(reads(SETTINGS_KEYS, 0, 0));
    EXPECT(!settings_store_write(&store, 0, chip.bytes, 65536));

    const uint32_t geometries[][3] = {{256, 1, 1}, {128, 2, 1}, {300, 2, 1},
                                      {256, 2, 0}, {256, 2, 3}, {256, 2, 64}};
    for (size_t i = 0; i < sizeof geometries / sizeof *geometries; i++) {
        const uint32_t *g = geometries[i];
        flash = nor_flash(&chip, g[0], g[1], g[2]);
        EXPECT(!settings_store_mount(&store, &flash));
    }
}

static void test_sectors_wear_alike(uint32_t sectors) {
    start(512, sectors, 8);
    for (uint32_t i = 0; i < 2000; i++) {
        EXPECT(write(i % 3, 50, i));
        if (i % 7 == 0) remount();
    }
    uint32_t least = UINT32_MAX, most = 0;
    for (uint32_t i = 0; i < sectors; i++) {
        if (chip.erases[i] < least) least = chip.erases[i];
        if (chip.erases[i] > most) most = chip.erases[i];
    }
    EXPECT(least > 0 && most - least <= 1);
    /* 496 bytes behind the header: three of the 64-byte records move, so four or five new ones go
     * in between two erases */
    EXPECT(most * sectors <= 2000 / 4 + sectors);

    const uint64_t steps = chip.steps;
    EXPECT(write(0, 50, 1998)); /* as it is already */
    EXPECT_EQ(chip.steps, steps);
}

/* Any one bit: the blob that was written last, or the one before, or nothing. */
static void test_rot_is_seen(void) {
    start(256, 2, 4);
    for (uint32_t i = 1; i <= 8; i++)
        EXPECT(write(0, 60, i));
    const nor_flash_t before = chip;
    for (uint32_t bit = 0; bit < 8 * 512; bit++) {
        chip = before;
        chip.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        remount();
        uint8_t bytes[60];
        const size_t n = settings_store_read(&store, 0, bytes, sizeof bytes);
        bool known = n == 0;
        for (uint32_t i = 1; i <= 8; i++)
            if (n == 60 && reads(0, 60, i)) known = true;
        EXPECT(known);
        EXPECT(write(0, 60, 9));
        remount();
        EXPECT(reads(0, 60, 9));
    }
}

static void test_a_record_rots_between_good_ones(void) {
    start(512, 2, 1);
    EXPECT(write(1, 30, 1) && write(2, 30, 2) && write(3, 30, 3));
    record_of(2)[20] ^= 4;
    EXPECT(reads(2, 0, 0));
    remount();
    EXPECT(reads(1, 30, 1) && reads(2, 0, 0) && reads(3, 30, 3));
    EXPECT(write(4, 30, 4)); /* to the other sector, without it */
    EXPECT_EQ(store.sequence, 2);
    remount();
    EXPECT(reads(1, 30, 1) && reads(2, 0, 0) && reads(3, 30, 3) && reads(4, 30, 4));
    record_of(3)[2] ^= 4; /* its size, after the mount */
    store.torn = true;
    EXPECT(write(5, 30, 5));
    EXPECT(reads(1, 30, 1) && reads(3, 0, 0) && reads(5, 30, 5));
}

static void test_bad_sectors_are_passed_over(void) {
    start(256, 4, 4);
    EXPECT(write(0, 100, 1));
    const uint32_t first = store.sector;
    chip.badSectors = 1u << (first + 1) % 4 | 1u << (first + 2) % 4;
    for (uint32_t i = 2; i < 12; i++) {
        EXPECT(write(0, 100, i));
        remount();
        EXPECT(reads(0, 100, i));
    }
    chip.badSectors = 15;
    EXPECT(!write(0, 100, 12));
    EXPECT(reads(0, 100, 11));
    remount();
    EXPECT(reads(0, 100, 11));
    chip.badSectors = 0;
    EXPECT(write(0, 100, 12));

    chip.readFails = true;
    EXPECT(reads(0, 0, 0));
    EXPECT(!write(0, 100, 13));
    EXPECT(!settings_store_mount(&store, &flash));
    chip.readFails = false;
    remount();
    EXPECT(reads(0, 100, 12));
}

/* Without a restart: the store knows what it must not program again. */
static void test_a_chip_that_fails_for_a_while(void) {
    for (int64_t step = 0; step < 40; step++) {
        start(256, 2, 4);
        EXPECT(write(0, 40, 1));
        chip.stepsLeft = step;
        const bool written = write(0, 40, 2);
        nor_power_up(&chip);
        EXPECT(reads(0, 40, written ? 2 : 1));
        EXPECT(write(0, 40, 3));
        remount();
        EXPECT(reads(0, 40, 3));
    }
}

static void test_another_geometry_is_no_store(void) {
    start(512, 2, 4);
    EXPECT(write(0, 10, 1));
    flash.programBytes = chip.programBytes = 16;
    remount();
    EXPECT(reads(0, 0, 0));
    EXPECT(write(0, 10, 2));
    remount();
    EXPECT(reads(0, 10, 2));
}

int main(void) {
    for (uint32_t unit = 1; unit <= SETTINGS_MAX_PROGRAM_BYTES; unit *= 2)
        test_blobs_by_key(unit);
    test_bounds();
    test_sectors_wear_alike(2);
    test_sectors_wear_alike(5);
    test_rot_is_seen();
    test_a_record_rots_between_good_ones();
    test_bad_sectors_are_passed_over();
    test_a_chip_that_fails_for_a_while();
    test_another_geometry_is_no_store();
    return 0;
}
