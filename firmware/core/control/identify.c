#include "control/identify.h"

#include <math.h>
#include <string.h>

/* for fades and for what rings */
#define SETTLE_S 0.1f
#define LISTEN_S 0.5f
#define STEP_S 0.05f
/* Nobody is startled: the drive begins here and rises by so much a step, only as far as needed. */
#define START_DB -60.0f
#define RAISE_DB 1.5f
/* The error microphone should hear it so far above the background, but within these levels. */
#define ABOVE_DB 20.0f
#define QUIETEST_DB -50.0f
#define LOUDEST_DB -26.0f
/* ... and at least so far, or the noise's own ups and downs would be taken for it. */
#define LEAST_ABOVE_DB 6.0f
#define HOLD_OUT 0.25f
/* Mean square of a background above which an identification fails for the noise, -50 dBFS. */
#define LOUD_BACKGROUND 1e-5f
/* Mean square of an error microphone that hears nothing at all, -120 dBFS. */
#define DEAD 1e-12f

/* One judged block and the one before it for context. */
enum { LEAST_BLOCKS = 2, REACH_MIN = 256, REACH_MAX = 1024, CLIP_Q31 = 0x7fff0000 };

static const float fullScale = 2147483648.0f;

static void lay_out(identify_t *i, path_layout_t layout, arena_t *arena) {
    path_fit_init(&i->fit, layout, (float)i->config.sampleRateHz, arena);
    for (size_t b = 0; b < 2; b++) {
        i->block[b].played = arena_take(arena, layout.block);
        i->block[b].reference = arena_take(arena, layout.block);
        i->block[b].error = arena_take(arena, layout.block);
    }
}

static size_t bytes_of(size_t reach) {
    identify_t i = {.phase = IDENTIFY_IDLE};
    arena_t arena = {NULL, 0, 0};
    lay_out(&i, path_layout(reach - PATH_ADVANCE, reach), &arena);
    return arena.used * sizeof(float);
}

size_t identify_bytes(size_t taps) {
    size_t reach = REACH_MIN;
    while (reach < taps + PATH_ADVANCE)
        reach *= 2;
    return bytes_of(reach);
}

static uint32_t samples_of(const identify_t *i, float seconds) {
    return (uint32_t)(seconds * (float)i->config.sampleRateHz);
}

static uint32_t blocks_of(const identify_t *i, float seconds) {
    const uint32_t blocks = samples_of(i, seconds) / (uint32_t)i->fit.layout.block;
    return blocks > LEAST_BLOCKS ? blocks : LEAST_BLOCKS;
}

static void measure_level(identify_t *i, float seconds) {
    i->power = 0;
    i->levelSamples = samples_of(i, seconds);
    i->levelLeft = i->levelSamples;
}

static float db(float power) {
    return 10 * log10f(fmaxf(1e-20f, power));
}

static void set_drive(identify_t *i, float driveDb) {
    i->driveDb = driveDb;
    i->amplitude_q31 = (int32_t)(fullScale * powf(10, driveDb / 20));
}

bool identify_start(identify_t *i, const identify_config_t *c, void *memory, size_t bytes) {
    size_t reach = REACH_MAX;
    while (reach >= REACH_MIN && bytes_of(reach) > bytes)
        reach /= 2;
    if (reach < REACH_MIN) return false;
    memset(i, 0, sizeof *i);
    i->config = *c;
    arena_t arena = {memory, bytes / sizeof(float), 0};
    const size_t most = reach - PATH_ADVANCE;
    lay_out(i, path_layout(c->taps < most ? c->taps : most, reach), &arena);
    excitation_init(&i->sound, c->excitation, c->sampleRateHz);
    i->measureBlocks = blocks_of(i, c->seconds * (1 - HOLD_OUT));
    i->judgeBlocks = blocks_of(i, c->seconds * HOLD_OUT);
    i->driveDb = START_DB;
    i->phase = IDENTIFY_SETTLE;
    measure_level(i, SETTLE_S);
    return true;
}

int32_t identify_sound(identify_t *i) {
    const int32_t amplitude_q31 = i->amplitude_q31;
    if (amplitude_q31 == 0) return 0;
    /* |product| < 2^31 * 2^30 */
    return (int32_t)(((int64_t)excitation_next(&i->sound) * amplitude_q31) >> 30);
}

static bool at_full_scale(int32_t sample_q31) {
    return sample_q31 >= CLIP_Q31 || sample_q31 <= -CLIP_Q31;
}

static void put(identify_t *i, int32_t ref_q31, int32_t out_q31, int32_t err_q31) {
    identify_block_t *block = &i->block[i->filling];
    if (block->full) {
        i->lost = true;
        return;
    }
    block->played[i->index] = (float)out_q31 / fullScale;
    block->reference[i->index] = (float)ref_q31 / fullScale;
    block->error[i->index] = (float)err_q31 / fullScale;
    if (++i->index < i->fit.layout.block) return;
    i->index = 0;
    i->filling ^= 1;
    block->full = true;
    i->blocksLeft = i->blocksLeft - 1;
}

void identify_push(identify_t *i, int32_t ref_q31, int32_t out_q31, int32_t err_q31) {
    if (at_full_scale(ref_q31) || at_full_scale(err_q31)) i->clipped = true;
    if (i->levelLeft > 0) {
        /* 2^42 a sample for less than 2^17 samples */
        i->power += (uint64_t)(((int64_t)err_q31 * err_q31) >> 20);
        i->levelLeft = i->levelLeft - 1;
    }
    if (i->blocksLeft > 0) put(i, ref_q31, out_q31, err_q31);
}

static void finish(identify_t *i, identify_reason_t reason) {
    i->amplitude_q31 = 0;
    i->levelLeft = i->blocksLeft = 0;
    i->reason = reason;
    i->phase = IDENTIFY_DONE;
}

void identify_abort(identify_t *i, identify_reason_t reason) {
    if (i->phase != IDENTIFY_DONE) finish(i, reason);
}

static void play_blocks(identify_t *i, identify_phase_t phase, uint32_t blocks) {
    i->phase = phase;
    i->blocks = 0;
    i->clipped = false;
    set_drive(i, i->driveDb);
    i->blocksLeft = blocks;
}

static void settle(identify_t *i) {
    i->phase = IDENTIFY_LISTEN;
    i->clipped = false;
    measure_level(i, LISTEN_S);
}

static void listen(identify_t *i, float power) {
    i->background = power;
    i->backgroundDb = i->levelDb;
    i->phase = IDENTIFY_RAMP;
    set_drive(i, fminf(START_DB, i->config.maxDriveDb));
    measure_level(i, STEP_S);
}

static void ramp(identify_t *i, float power) {
    const float bounded = fmaxf(QUIETEST_DB, fminf(LOUDEST_DB, i->backgroundDb + ABOVE_DB));
    const float wanted = fmaxf(bounded, i->backgroundDb + LEAST_ABOVE_DB);
    if (db(power - i->background) >= wanted || i->driveDb >= i->config.maxDriveDb) {
        play_blocks(i, IDENTIFY_MEASURE, i->measureBlocks);
        return;
    }
    set_drive(i, fminf(i->config.maxDriveDb, i->driveDb + RAISE_DB));
    measure_level(i, STEP_S);
}

static void work_on_level(identify_t *i) {
    if (i->levelLeft > 0) return;
    const float power = (float)i->power / 4398046511104.0f / (float)i->levelSamples;
    i->levelDb = db(power);
    if (i->phase == IDENTIFY_SETTLE)
        settle(i);
    else if (i->phase == IDENTIFY_LISTEN)
        listen(i, power);
    else
        ramp(i, power);
}

static void conclude(identify_t *i) {
    const path_fit_t *f = &i->fit;
    identify_result_t *r = &i->result;
    r->erleDb = identify_erle_db(i);
    for (int k = 0; k < PATH_OCTAVES; k++)
        r->octavesDb[k] = db(f->quality.signal[k]) - db(f->quality.rest[k]);
    const bool isDead = !(f->quality.heard > DEAD * (float)f->quality.blocks);
    if (isDead || !(r->erleDb >= i->config.minErleDb)) {
        finish(i, i->background > LOUD_BACKGROUND ? IDENTIFY_NOISY : IDENTIFY_UNHEARD);
        return;
    }
    r->settings = path_settings(f->secondary, f->layout.taps, (float)i->config.sampleRateHz);
    r->hasFeedback = path_model(f->feedback, f->layout.taps, &r->feedback);
    const bool fits = path_model(f->secondary, f->layout.taps, &r->secondary);
    finish(i, fits ? IDENTIFY_ACCEPTED : IDENTIFY_IMPOSSIBLE);
}

static float mean_square(const float *signal, size_t count) {
    float sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += signal[i] * signal[i];
    return sum / (float)count;
}

static void work_on_block(identify_t *i) {
    identify_block_t *block = &i->block[i->working];
    if (!block->full) return;
    i->levelDb = db(mean_square(block->error, i->fit.layout.block));
    if (i->phase == IDENTIFY_MEASURE)
        path_fit_add(&i->fit, block->played, block->reference, block->error);
    else
        path_fit_judge(&i->fit, block->played, block->reference, block->error);
    block->full = false;
    i->working ^= 1;
    i->blocks++;
    if (i->phase == IDENTIFY_MEASURE && i->blocks == i->measureBlocks) {
        i->amplitude_q31 = 0;
        i->phase = IDENTIFY_SOLVE;
        i->blocks = 0;
    } else if (i->phase == IDENTIFY_JUDGE && i->blocks == i->judgeBlocks) {
        conclude(i);
    }
}

static void work_on_solution(identify_t *i) {
    const path_state_t state = path_fit_solve(&i->fit);
    i->blocks++;
    if (state == PATH_SOLVED) play_blocks(i, IDENTIFY_JUDGE, i->judgeBlocks);
    if (state == PATH_UNSOLVABLE) finish(i, IDENTIFY_IMPOSSIBLE);
}

bool identify_work(identify_t *i) {
    const bool isHeard = i->phase != IDENTIFY_SETTLE && i->phase != IDENTIFY_SOLVE;
    if (i->clipped && isHeard) identify_abort(i, IDENTIFY_CLIPPED);
    if (i->lost) identify_abort(i, IDENTIFY_TOO_SLOW);
    switch (i->phase) {
    case IDENTIFY_SETTLE:
    case IDENTIFY_LISTEN:
    case IDENTIFY_RAMP:
        work_on_level(i);
        break;
    case IDENTIFY_MEASURE:
    case IDENTIFY_JUDGE:
        work_on_block(i);
        break;
    case IDENTIFY_SOLVE:
        work_on_solution(i);
        break;
    case IDENTIFY_IDLE:
    case IDENTIFY_DONE:
        break;
    }
    return i->phase != IDENTIFY_DONE && i->phase != IDENTIFY_IDLE;
}

float identify_erle_db(const identify_t *i) {
    const path_quality_t *q = &i->fit.quality;
    return q->blocks > 0 ? db(q->heard) - db(q->left) : 0;
}

uint32_t identify_progress_permille(const identify_t *i) {
    if (i->phase == IDENTIFY_MEASURE) return 1000 * i->blocks / i->measureBlocks;
    if (i->phase == IDENTIFY_JUDGE) return 1000 * i->blocks / i->judgeBlocks;
    return i->phase == IDENTIFY_DONE ? 1000 : 0;
}
