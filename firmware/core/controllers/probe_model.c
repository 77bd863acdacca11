#include "controllers/probe_model.h"

#include <string.h>

#include "controllers/mulberry32.h"
#include "dsp/vec_f32.h"

static const double STEP_MIN = 0.0005;
static const double STEP_MAX = 0.02;
/* Over which the powers of rho are smoothed. */
static const double POWER_S = 0.05;
/* Least power at the microphone that white noise of RMS 1 is taken to have: a model at zero has
 * none. */
static const double GAIN_MIN = 0.05;
static const double SILENCE = 1e-15;

void probe_model_lay_out(probe_model_t *m, size_t length, float sampleRateHz, uint32_t seed,
                         arena_t *arena) {
    m->length = length;
    m->padded = vec_f32_padded(length);
    m->taps = controller_take(arena, m->padded);
    m->probes.length = m->padded;
    m->probes.samples = controller_take(arena, history_f32_floats(m->probes.length));
    m->whiteProbes.length = vec_f32_padded(length + 1); /* and the one that leaves the window */
    m->whiteProbes.samples = controller_take(arena, history_f32_floats(m->whiteProbes.length));
    m->energy.length = length;
    m->random = seed;
    m->smoothing = 1 / (POWER_S * (double)sampleRateHz);
}

float probe_model_next(probe_model_t *m, float rms) {
    const float white = rms * (float)mulberry32_white(&m->random);
    m->probe = white + EMPHASIS_F32 * m->probe;
    history_f32_put(&m->probes, m->probe);
    history_f32_put(&m->whiteProbes, white);
    window_energy_put(&m->energy, white, history_f32_window(&m->whiteProbes)[m->length]);
    return m->probe;
}

static double step_of(const probe_model_t *m, probe_model_pace_t pace) {
    if (pace == PROBE_MODEL_FAST) return STEP_MAX;
    const double share = m->powerF / (m->powerE + SILENCE), rho = share < 1 ? share : 1;
    return rho * STEP_MIN + (1 - rho) * STEP_MAX;
}

float probe_model_learn(probe_model_t *m, float error, probe_model_pace_t pace) {
    const float *whites = history_f32_window(&m->whiteProbes);
    const float f = error - vec_f32_dot(history_f32_window(&m->probes), m->taps, m->padded);
    m->powerF += m->smoothing * ((double)f * (double)f - m->powerF);
    m->powerE += m->smoothing * ((double)error * (double)error - m->powerE);
    const float e =
        emphasis_f32_next(&m->emphasis, error) - vec_f32_dot(whites, m->taps, m->padded);
    if (pace == PROBE_MODEL_STILL) return f;
    const double floor = SILENCE + CONTROL_FILTER_POWER_FLOOR * 1e-3 * (double)m->length;
    const double gain = step_of(m, pace) * (double)e / (m->energy.running + floor);
    vec_f32_add_to(m->taps, whites, (float)gain, m->padded);
    memset(m->taps + m->length, 0, (m->padded - m->length) * sizeof *m->taps);
    return f;
}

double probe_model_gain(const probe_model_t *m) {
    double sum = 0, state = 0;
    for (size_t i = 0; i < m->length; i++) {
        state = (double)m->taps[i] + (double)EMPHASIS_F32 * state;
        sum += state * state;
    }
    return sum > GAIN_MIN ? sum : GAIN_MIN;
}

void probe_model_clear(probe_model_t *m) {
    memset(m->taps, 0, m->padded * sizeof *m->taps);
    memset(m->probes.samples, 0, history_f32_floats(m->probes.length) * sizeof(float));
    memset(m->whiteProbes.samples, 0, history_f32_floats(m->whiteProbes.length) * sizeof(float));
    m->energy = (window_energy_t){.length = m->length};
    m->emphasis.before = m->probe = 0;
    m->powerF = m->powerE = 0;
}
