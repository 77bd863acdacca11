#include "control/online.h"

#include <math.h>
#include <string.h>

#include "control/path_settings.h"

#define COLLECT_S 1.5f
#define JUDGE_S 0.5f
/* Of the probe at the error microphone, relative to what that hears. */
#define PROBE_DB -16.0f
/* On later sound a correction must explain so many times what as many taps explain of white noise
 * by chance: half a second of low noise says little. */
#define SIGNIFICANT 8.0f
/* What a correction makes of the reference, over what the model makes of it, power; less is not
 * worth a fresh start. */
#define NOTICEABLE 0.001f
/* Of the level that the probe follows: slowly up, quickly down. */
#define RISE 0.1f
#define FALL 0.5f
/* Mean square at the error microphone below which a probe has nothing to hide under, -80 dBFS. */
#define FAINT 1e-8f

enum { REACH_MIN = 256, CLIP_Q31 = 0x7fff0000 };

static const float fullScale = 2147483648.0f;

static size_t taps_of(const anc_secondary_model_t *m) {
    return (size_t)m->delaySamples + m->length;
}

static size_t reach_for(size_t taps) {
    size_t reach = REACH_MIN;
    while (reach < taps + PATH_ADVANCE)
        reach *= 2;
    return reach;
}

static void lay_out(online_t *o, size_t taps, arena_t *arena) {
    const path_layout_t layout = path_layout(taps, reach_for(taps));
    for (size_t b = 0; b < 2; b++) {
        o->block[b].probe = arena_take(arena, layout.block);
        o->block[b].reference = arena_take(arena, layout.block);
        o->block[b].disturbance = arena_take(arena, layout.block);
    }
    o->path = arena_take(arena, taps);
    path_fit_init(&o->fit, layout, o->sampleRateHz, arena);
}

size_t online_bytes(size_t taps) {
    online_t o = {.phase = ONLINE_COLLECT};
    arena_t arena = {NULL, 0, 0};
    lay_out(&o, taps, &arena);
    return arena.used * sizeof(float);
}

static uint32_t blocks_of(const online_t *o, float seconds) {
    return 1 + (uint32_t)(seconds * o->sampleRateHz / (float)o->fit.layout.block);
}

static float power_of(const float *values, size_t n) {
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i] * values[i];
    return sum;
}

bool online_init(online_t *o, const anc_engine_t *e, void *memory, size_t bytes) {
    const anc_secondary_model_t *model = anc_engine_secondary(e);
    if (!model || bytes < online_bytes(taps_of(model))) return false;
    memset(o, 0, sizeof *o);
    o->sampleRateHz = (float)e->sampleRateHz;
    arena_t arena = {memory, bytes / sizeof(float), 0};
    lay_out(o, taps_of(model), &arena);
    memset(o->path, 0, o->fit.layout.taps * sizeof *o->path);
    for (size_t i = 0; i < model->length; i++)
        o->path[model->delaySamples + i] = ldexpf((float)model->taps_q15[i], model->exponent - 15);
    o->gain = sqrtf(power_of(o->path, o->fit.layout.taps));
    o->collectBlocks = blocks_of(o, COLLECT_S);
    o->judgeBlocks = blocks_of(o, JUDGE_S);
    probe_init(&o->probe, e->sampleRateHz);
    return true;
}

int32_t online_sound(online_t *o) {
    return probe_next(&o->probe, o->amplitude_q31);
}

static bool at_full_scale(int32_t sample_q31) {
    return sample_q31 >= CLIP_Q31 || sample_q31 <= -CLIP_Q31;
}

void online_push(online_t *o, int32_t ref_q31, int32_t probe_q31, int32_t err_q31,
                 int32_t disturbance_q31) {
    online_block_t *block = &o->block[o->filling];
    if (block->full) {
        o->lost = true;
        return;
    }
    if (o->index == 0) {
        block->power = 0;
        block->clipped = false;
    }
    block->probe[o->index] = (float)probe_q31 / fullScale;
    block->reference[o->index] = (float)ref_q31 / fullScale;
    block->disturbance[o->index] = (float)disturbance_q31 / fullScale;
    block->power += (uint64_t)(((int64_t)err_q31 * err_q31) >> 20);
    if (at_full_scale(ref_q31) || at_full_scale(err_q31)) block->clipped = true;
    if (++o->index < o->fit.layout.block) return;
    o->index = 0;
    o->filling ^= 1;
    block->full = true;
}

static void start_over(online_t *o) {
    o->phase = ONLINE_COLLECT;
    o->blocks = 0;
    path_fit_clear(&o->fit);
}

static void follow_level(online_t *o, float power) {
    o->heardPower += (power > o->heardPower ? RISE : FALL) * (power - o->heardPower);
    const float wanted = powf(10, PROBE_DB / 20) * sqrtf(o->heardPower);
    const float amplitude = o->gain > 0 && power >= FAINT ? wanted / o->gain : 0;
    o->amplitude_q31 = (int32_t)(fullScale * fminf(amplitude, 0.1f));
}

static bool is_better(online_t *o) {
    const path_fit_t *f = &o->fit;
    const float samples = (float)(o->collectBlocks * f->layout.block);
    const float chance = SIGNIFICANT * (float)f->layout.taps / samples * f->quality.left;
    if (!(f->quality.heard - f->quality.left > chance)) return false;
    const float correction = path_fit_heard(&o->fit, f->secondary);
    return correction >= NOTICEABLE * path_fit_heard(&o->fit, o->path);
}

static void correct(online_t *o) {
    const size_t taps = o->fit.layout.taps;
    for (size_t i = 0; i < taps; i++)
        o->path[i] += o->fit.secondary[i];
    o->gain = sqrtf(power_of(o->path, taps));
}

static bool judge(online_t *o) {
    const bool better = is_better(o);
    if (better) correct(o);
    start_over(o);
    return better;
}

/* Blocks that come while it solves are passed over: judging stands a gap. */
static bool work_on_block(online_t *o, const online_block_t *block) {
    const float power = (float)block->power / 4398046511104.0f / (float)o->fit.layout.block;
    follow_level(o, power);
    if (o->phase == ONLINE_SOLVE) return false;
    if (block->clipped || power < FAINT) {
        start_over(o);
        return false;
    }
    o->blocks++;
    if (o->phase == ONLINE_JUDGE) {
        path_fit_judge(&o->fit, block->probe, block->reference, block->disturbance);
        return o->blocks > o->judgeBlocks && judge(o);
    }
    path_fit_add(&o->fit, block->probe, block->reference, block->disturbance);
    if (o->blocks == o->collectBlocks) o->phase = ONLINE_SOLVE;
    return false;
}

static void work_on_solution(online_t *o) {
    const path_state_t state = path_fit_solve(&o->fit);
    if (state == PATH_UNSOLVABLE) start_over(o);
    if (state != PATH_SOLVED) return;
    o->phase = ONLINE_JUDGE;
    o->blocks = 0;
}

bool online_work(online_t *o, bool plays) {
    if (!plays) o->amplitude_q31 = 0;
    if (!plays || o->lost) {
        start_over(o);
        o->lost = false;
    }
    if (o->phase == ONLINE_SOLVE) work_on_solution(o);
    online_block_t *block = &o->block[o->working];
    if (!block->full) return false;
    const bool better = plays && work_on_block(o, block);
    block->full = false;
    o->working ^= 1;
    return better;
}

bool online_model(const online_t *o, anc_secondary_model_t *model) {
    return path_model(o->path, o->fit.layout.taps, model);
}
