#include "device/supervisor.h"

#include <string.h>

void supervisor_init(supervisor_t *s, uint32_t sampleRateHz) {
    memset(s, 0, sizeof *s);
    s->sampleRateHz = sampleRateHz;
}
void supervisor_configure(supervisor_t *s, const supervisor_config_t *c) {
    s->config = *c;
}
uint32_t supervisor_step(supervisor_t *s, anc_engine_t *e, const anc_levels_t *levels) {
    (void)e;
    s->samples += levels->samples;
    return 0;
}
void supervisor_guard_clear(supervisor_t *s, anc_engine_t *e) {
    s->guard = SUPERVISOR_NORMAL;
    anc_engine_restore_weights(e);
    anc_engine_mute(e, false);
}
