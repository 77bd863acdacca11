#include "device/safe_mode.h"

static const uint32_t MARK = 0x45464153; /* "SAFE" */

bool safe_mode_start(safe_mode_t *s, bool crashed) {
    if (s->mark != MARK || !crashed) *s = (safe_mode_t){.mark = MARK};
    if (crashed && s->crashes < SAFE_MODE_CRASHES) s->crashes++;
    return s->crashes == SAFE_MODE_CRASHES;
}

void safe_mode_settled(safe_mode_t *s) {
    *s = (safe_mode_t){.mark = MARK};
}
