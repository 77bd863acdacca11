#include "controllers/guard.h"

/* Louder than off by this much, in power, is a fault ... */
static const float LOUDER = 2;
/* ... when it lasts for so many blocks. */
enum { PATIENCE = 3 };
static const float PAUSE_MIN_S = 0.5f;
static const float PAUSE_MAX_S = 8;
/* Of a block: below -80 dBFS microphones hear themselves. */
static const float QUIET = 1e-8f;

void guard_init(guard_t *g, float blockSeconds, size_t listenBlocks) {
    *g = (guard_t){.blockSeconds = blockSeconds,
                   .pauseSeconds = PAUSE_MIN_S,
                   .listenBlocks = (uint32_t)listenBlocks};
}

static void trip(guard_t *g) {
    const float blocks = g->pauseSeconds / g->blockSeconds;
    g->pause = (uint32_t)blocks;
    if ((float)g->pause < blocks) g->pause++;
    g->pauseSeconds = 2 * g->pauseSeconds < PAUSE_MAX_S ? 2 * g->pauseSeconds : PAUSE_MAX_S;
    g->trips++;
    g->heard = 0;
    g->louder = 0;
    g->offError = 0;
    g->offReference = 0;
}

guard_verdict_t guard_judge(guard_t *g, guard_powers_t powers) {
    if (g->pause > 0) {
        g->pause--;
        return GUARD_LISTEN;
    }
    const float reference = powers.reference + QUIET;
    if (g->heard < g->listenBlocks) {
        g->offError += powers.error;
        g->offReference += reference;
        return ++g->heard < g->listenBlocks ? GUARD_LISTEN : GUARD_RUN;
    }
    const float expected = g->offError / g->offReference * reference;
    const bool isLouder = powers.error > QUIET && (powers.error > 2 * LOUDER * expected ||
                                                   powers.error > LOUDER * powers.disturbance);
    g->louder = isLouder ? g->louder + 1 : 0;
    g->good = isLouder ? 0 : g->good + 1;
    if ((float)g->good * g->blockSeconds > PAUSE_MAX_S) g->pauseSeconds = PAUSE_MIN_S;
    if (g->louder < PATIENCE) return GUARD_RUN;
    trip(g);
    return GUARD_TRIP;
}
