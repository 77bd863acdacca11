/*
 * Power fails at every unit programmed and in every erase of 1,000 random sequences of operations:
 * what is found then is exactly the contents before the operation or after it, and stays the same
 * at the next look, and the store goes on working, even when power fails again.
 */
#include "store/settings_store.h"
#include "support/nor_flash.h"

enum { SEQUENCES = 1000, MAX_OPERATIONS = 12, KEYS = 3, MAX_BLOB = 90, AFTER = 3 };

typedef struct {
    uint8_t bytes[KEYS][MAX_BLOB];
    size_t sizes[KEYS];
} contents_t;

typedef struct {
    unsigned key;
    size_t size;
    uint8_t bytes[MAX_BLOB];
} operation_t;

static uint64_t randomState = 4101842887655102017ULL;
static uint64_t cuts;

static uint32_t below(uint32_t n) {
    return expect_random(&randomState) % n;
}

static operation_t random_operation(void) {
    operation_t op = {.key = below(KEYS), .size = below(8) == 0 ? 0 : 1 + below(MAX_BLOB)};
    const bool fits = below(3) > 0; /* most are small, so that some hundred bytes hold several */
    if (fits && op.size > 40) op.size %= 40;
    for (size_t i = 0; i < op.size; i++)
        op.bytes[i] = below(4) == 0 ? 0xff : (uint8_t)below(256);
    return op;
}

static contents_t with(const contents_t *before, const operation_t *op) {
    contents_t after = *before;
    after.sizes[op->key] = op->size;
    memcpy(after.bytes[op->key], op->bytes, op->size);
    return after;
}

/* The layout of settings_store.h, by itself. */
static bool room_for(const nor_flash_t *chip, const contents_t *c) {
    const size_t unit = chip->programBytes;
    size_t sum = (16 + unit - 1) / unit * unit;
    for (int k = 0; k < KEYS; k++)
        if (c->sizes[k] > 0) sum += (8 + c->sizes[k] + unit - 1) / unit * unit;
    return sum <= chip->sectorBytes;
}

static bool found(const settings_store_t *store, const contents_t *c) {
    for (unsigned k = 0; k < KEYS; k++) {
        uint8_t bytes[MAX_BLOB];
        if (settings_store_read(store, k, bytes, sizeof bytes) != c->sizes[k]) return false;
        if (memcmp(bytes, c->bytes[k], c->sizes[k]) != 0) return false;
    }
    return true;
}

static bool apply(settings_store_t *store, const operation_t *op) {
    return settings_store_write(store, op->key, op->bytes, op->size);
}

/* Which of both is there after a start; either, or the test fails. */
static contents_t start(settings_store_t *store, nor_flash_t *chip, const flash_t *flash,
                        const contents_t *old, const contents_t *new) {
    nor_power_up(chip);
    EXPECT(settings_store_mount(store, flash));
    const bool isNew = found(store, new);
    EXPECT(isNew || found(store, old));
    const contents_t *c = isNew ? new : old;
    EXPECT(settings_store_mount(store, flash));
    EXPECT(found(store, c));
    return *c;
}

/* Goes on after a cut: with a second one, and then without. */
static void go_on(settings_store_t *store, nor_flash_t *chip, const flash_t *flash, contents_t c) {
    for (int i = 0; i < AFTER; i++) {
        const operation_t op = random_operation();
        const contents_t next = with(&c, &op);
        const bool fits = room_for(chip, &next);
        if (i == 0) chip->stepsLeft = below(40);
        const bool written = apply(store, &op);
        if (!chip->dead) EXPECT_EQ(written, fits);
        c = start(store, chip, flash, &c, fits ? &next : &c);
        if (written) EXPECT(found(store, &next));
    }
}

static void cut_everywhere(const settings_store_t *store, const nor_flash_t *chip, uint64_t steps,
                           const operation_t *op, const contents_t *old, const contents_t *new) {
    for (uint64_t step = 0; step < steps; step++) {
        nor_flash_t torn = *chip;
        settings_store_t s = *store;
        torn.stepsLeft = (int64_t)step;
        torn.random = ((uint64_t)below(UINT32_MAX) << 16) + 1;
        s.flash.context = &torn;
        const flash_t flash = s.flash;
        EXPECT(!apply(&s, op));
        EXPECT(torn.dead);
        cuts++;
        go_on(&s, &torn, &flash, start(&s, &torn, &flash, old, new));
    }
}

static void run_sequence(void) {
    nor_flash_t chip;
    settings_store_t store;
    contents_t now = {.sizes = {0}};
    const flash_t flash = nor_flash(&chip, 256, 2 + below(3), 1u << below(6));
    EXPECT(settings_store_mount(&store, &flash));
    for (uint32_t i = 2 + below(MAX_OPERATIONS - 1); i > 0; i--) {
        const operation_t op = random_operation();
        const contents_t next = with(&now, &op);
        const nor_flash_t chipBefore = chip;
        const settings_store_t storeBefore = store;
        const bool fits = room_for(&chip, &next);
        EXPECT_EQ(apply(&store, &op), fits);
        cut_everywhere(&storeBefore, &chipBefore, chip.steps - chipBefore.steps, &op, &now, &next);
        if (fits) now = next;
        EXPECT(found(&store, &now));
        if (below(4) == 0) EXPECT(settings_store_mount(&store, &flash));
        EXPECT(found(&store, &now));
    }
}

int main(void) {
    for (int i = 0; i < SEQUENCES; i++)
        run_sequence();
    printf("%" PRIu64 " cuts\n", cuts);
    EXPECT(cuts > 10 * SEQUENCES);
    return 0;
}
