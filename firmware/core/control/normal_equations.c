#include "control/normal_equations.h"

#include <math.h>
#include <string.h>

/* Ten times what single precision bears at 1024 taps: nobody looks after a headset. */
static const float REGULARISATION = 1e-4f;

enum { CLIP_Q31 = 0x7fff0000 }; /* 16-bit converters left-justified count too */

static const float fullScale = 2147483648.0f;

static size_t secondary_taps(const anc_secondary_model_t *m) {
    return (size_t)m->delaySamples + m->length;
}

/* Lays everything out; with an empty arena it only counts. */
static void lay_out(normal_equations_t *n, layout_t layout, float sampleRateHz, float outputLimit,
                    arena_t *arena) {
    for (size_t i = 0; i < 2; i++) {
        n->blocks[i].x = arena_take(arena, layout.block);
        n->blocks[i].y = arena_take(arena, layout.block);
        n->blocks[i].e = arena_take(arena, layout.block);
    }
    block_solver_lay_out(&n->solver, layout, sampleRateHz, outputLimit, REGULARISATION, arena);
    n->weights = n->solver.filter;
    n->weightCount = layout.taps;
}

/* The matrix goes where the scratch spectra a and b are, 4 * size values in a row: with R the power
 * of two of the layout, size 4 R >= 4 taps, it has (R / 8 + 52) (R / 8 + 53) / 2 values at most,
 * which is below 16 R for R 256..1024. */
static void use_multirate(normal_equations_t *n) {
    n->solver.design.multirate =
        (multirate_system_t){.matrix = n->solver.a.re, .coefficients = n->late};
    n->weights = n->late;
    n->weightCount = ANC_DIRECT_TAPS + anc_late_count(n->solver.layout.taps);
}

size_t normal_equations_bytes(size_t taps, size_t secondaryTaps) {
    normal_equations_t n;
    arena_t arena = {NULL, 0, 0};
    lay_out(&n, statistics_layout(taps, secondaryTaps), 48000, 1, &arena);
    return arena.used * sizeof(float);
}

bool normal_equations_init(normal_equations_t *n, const anc_engine_t *e, void *memory,
                           size_t bytes) {
    const anc_secondary_model_t *model = anc_engine_secondary(e);
    const uint16_t taps = e->config.taps;
    if (!model || bytes < normal_equations_bytes(taps, secondary_taps(model))) return false;
    memset(n, 0, sizeof *n);
    arena_t arena = {memory, bytes / sizeof(float), 0};
    lay_out(n, statistics_layout(taps, secondary_taps(model)), (float)e->sampleRateHz,
            (float)e->limit_q31 / fullScale, &arena);
    if (e->config.filterForm == ANC_FORM_MULTIRATE) use_multirate(n);
    float *path = n->solver.b.re; /* scratch */
    memset(path, 0, model->delaySamples * sizeof *path);
    for (size_t i = 0; i < model->length; i++)
        path[model->delaySamples + i] = ldexpf((float)model->taps_q15[i], model->exponent - 15);
    block_solver_start(&n->solver, path, secondary_taps(model));
    return true;
}

void normal_equations_restart(normal_equations_t *n) {
    block_solver_forget(&n->solver);
}

static bool at_full_scale(int32_t sample_q31) {
    return sample_q31 >= CLIP_Q31 || sample_q31 <= -CLIP_Q31;
}

void normal_equations_push(normal_equations_t *n, int32_t ref_q31, int32_t out_q31,
                           int32_t err_q31) {
    ne_block_t *block = &n->blocks[n->filling];
    if (block->full) {
        n->lost++;
        return;
    }
    block->x[n->index] = (float)ref_q31 / fullScale;
    block->y[n->index] = (float)out_q31 / fullScale;
    block->e[n->index] = (float)err_q31 / fullScale;
    if (n->index == 0) block->spoilt = false;
    if (at_full_scale(ref_q31) || at_full_scale(err_q31)) block->spoilt = true;
    if (++n->index < n->solver.layout.block) return;
    n->index = 0;
    n->filling ^= 1;
    block->full = true;
}

void normal_equations_spoil(normal_equations_t *n) {
    if (n->index > 0) n->blocks[n->filling].spoilt = true;
}

size_t normal_equations_apply(normal_equations_t *n, anc_engine_t *e, size_t from, size_t count) {
    block_solver_set_limit(&n->solver, (float)e->limit_q31 / fullScale);
    const size_t end = count < n->weightCount - from ? from + count : n->weightCount;
    for (size_t i = from; i < end; i++) {
        const float scaled = n->weights[i] * (float)(1 << ANC_WEIGHT_FRACTION_BITS);
        const float most = (float)ANC_WEIGHT_MAX;
        anc_engine_set_target(e, (uint16_t)i,
                              (int32_t)lrintf(scaled > most    ? most
                                              : scaled < -most ? -most
                                                               : scaled));
    }
    return end;
}

bool normal_equations_work(normal_equations_t *n, bool solves) {
    ne_block_t *block = &n->blocks[n->working];
    if (!block->full) return false;
    const bool isFaint = mean_square_f32(block->x, n->solver.layout.block) < BLOCK_SOLVER_FAINT;
    const bool isGap = n->lost != n->lostBefore;
    n->lostBefore = n->lost;
    block_solver_hear(&n->solver, block->x, block->y, block->e);
    /* after a gap the context is wrong */
    block_solver_learn(&n->solver, block->x, block->e, !block->spoilt && !isGap && !isFaint);
    block->full = false;
    n->working ^= 1;
    if (!solves || isFaint || !block_solver_solve(&n->solver)) return false;
    n->solutions++;
    return true;
}
