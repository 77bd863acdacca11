#include "plain/crash_count.h"

static const uint32_t magic = 0x616e6363; /* "ancc" */

static uint32_t check_of(uint32_t crashes) {
    return (crashes ^ magic) * 2654435761U;
}

static void write(crash_count_t *c, uint32_t crashes) {
    *c = (crash_count_t){.magic = magic, .crashes = crashes, .check = check_of(crashes)};
}

uint32_t crash_count_started(crash_count_t *c, bool crashed) {
    const bool known = c->magic == magic && c->check == check_of(c->crashes);
    const uint32_t before = known ? c->crashes : 0;
    const uint32_t now = crashed ? before + (before < UINT32_MAX) : 0;
    write(c, now);
    return now;
}

void crash_count_healthy(crash_count_t *c) {
    write(c, 0);
}
