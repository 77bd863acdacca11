#include "plain/deadline.h"

void deadline_init(deadline_t *d, uint32_t budgetCycles, uint32_t mostPermille) {
    d->budgetCycles = budgetCycles > 0 ? budgetCycles : 1;
    d->mostPermille = mostPermille;
    d->blocks = 0;
    d->busyCycles = 0;
    atomic_init(&d->permille, 0);
    atomic_init(&d->misses, 0);
    atomic_init(&d->overloaded, false);
}

/* busyCycles <= 2^10 * 2^32, times 1000 < 2^52 */
static void close_window(deadline_t *d) {
    const uint64_t window = (uint64_t)d->budgetCycles * DEADLINE_WINDOW_BLOCKS;
    const uint64_t permille = d->busyCycles * 1000 / window;
    atomic_store(&d->permille, permille > UINT32_MAX ? UINT32_MAX : (uint32_t)permille);
    if (permille > d->mostPermille) atomic_store(&d->overloaded, true);
    d->blocks = 0;
    d->busyCycles = 0;
}

void deadline_block(deadline_t *d, uint32_t cycles) {
    d->busyCycles += cycles;
    if (cycles > d->budgetCycles) atomic_fetch_add(&d->misses, 1);
    if (++d->blocks == DEADLINE_WINDOW_BLOCKS) close_window(d);
}

uint32_t deadline_permille(const deadline_t *d) {
    return (uint32_t)atomic_load(&d->permille);
}

uint32_t deadline_misses(const deadline_t *d) {
    return (uint32_t)atomic_load(&d->misses);
}

bool deadline_overloaded(const deadline_t *d) {
    return atomic_load(&d->overloaded);
}

void deadline_clear(deadline_t *d) {
    atomic_store(&d->overloaded, false);
}
