#include "fixed_noise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "controllers/mulberry32.h"

enum { RATE = 48000, SHARE_BITS = 26, RING_SHARE_BITS = 20, HIT = 8, SINE_BITS = 30 };
static const double PI = 3.14159265358979323846, TURN = 18446744073709551616.0;

/* mulberry32_white is sqrt(3) * (2u - 1): the same u, as its 32 bits. */
int32_t fixed_white(uint32_t *state) {
    const int32_t SQRT_3_Q30 = 1859775393;
    const int32_t signed_q31 = (int32_t)(mulberry32_bits(state) ^ 0x80000000u);
    return (int32_t)(((int64_t)signed_q31 * SQRT_3_Q30) >> (31 + 30 - FIXED_SIGNAL_BITS));
}

/* Between the entries of the table on a straight line: within 3e-7. */
static int32_t sine(const fixed_noise_t *noise, uint64_t phase) {
    const uint32_t high = (uint32_t)(phase >> 32);
    const uint32_t at = high >> (32 - FIXED_SINE_BITS);
    const int32_t part = (int32_t)((high << FIXED_SINE_BITS) >> 8); /* Q24 */
    const int32_t a = noise->sine[at], b = noise->sine[at + 1];
    return a + (int32_t)(((int64_t)(b - a) * part) >> 24);
}

static uint64_t turns(double n) {
    return (uint64_t)((n - floor(n)) * TURN);
}

/* 40 Hz that wander slowly by 2 and by 1 per cent, and their harmonics. */
static int32_t harmonics(fixed_noise_t *noise) {
    enum { KEPT = 44 }; /* bits of a turn: the step takes 35 of them, the wandering 25 */
    int64_t sum = 0;
    for (uint32_t k = 0; k < NOISE_HARMONICS; k++)
        sum +=
            (int64_t)noise->amplitudes[k] * sine(noise, (k + 1) * noise->phase + noise->phases[k]);
    const int32_t wander_q30 = sine(noise, noise->slow[0]) / 50 + sine(noise, noise->slow[1]) / 100;
    const int64_t wandered = (int64_t)(noise->phaseStep >> (64 - KEPT)) * wander_q30 >> SINE_BITS;
    noise->phase += noise->phaseStep + ((uint64_t)wandered << (64 - KEPT));
    for (int i = 0; i < 2; i++)
        noise->slow[i] += noise->slowStep[i];
    return (int32_t)(sum >> SINE_BITS);
}

/* What rings is a thousandth of the hit: hits go in HIT times too large. */
static int32_t joints(fixed_noise_t *noise) {
    const uint32_t at = noise->sinceJoint;
    noise->sinceJoint = at + 1 == NOISE_JOINT_PERIOD ? 0 : at + 1;
    int32_t hit = 0;
    if (at == 0 || at == NOISE_JOINT_PERIOD / 10)
        hit = fixed_from(HIT * (0.7 + 0.6 * mulberry32_uniform(&noise->state)), FIXED_SIGNAL_BITS);
    return fixed_section_step(&noise->joints[0], hit) + fixed_section_step(&noise->joints[1], hit);
}

static int32_t share(int32_t value, int32_t gain) {
    return fixed_scale(value, gain, SHARE_BITS);
}

int32_t fixed_noise_next(fixed_noise_t *noise) {
    int32_t v = 0;
    if (noise->harmonics) v += share(harmonics(noise), noise->harmonics);
    if (noise->shaped)
        v += share(fixed_sections_step(noise->shape, noise->shapeCount, fixed_white(&noise->state)),
                   noise->shaped);
    if (noise->ring) v += fixed_scale(joints(noise), noise->ring, RING_SHARE_BITS);
    if (noise->white) v += share(fixed_white(&noise->state), noise->white);
    if (noise->tone) {
        v = share(sine(noise, noise->phase) >> (SINE_BITS - FIXED_SIGNAL_BITS), noise->tone);
        noise->phase += noise->phaseStep;
    }
    return v;
}

/* Of the response to an impulse of HIT, HIT taken out again. */
static double energy_of(int32_t (*step)(fixed_noise_t *, int32_t), fixed_noise_t *noise) {
    uint64_t energy = 0; /* Q54 */
    for (int n = 0; n < NOISE_NORM_SAMPLES; n++) {
        const int64_t h = step(noise, n == 0 ? HIT << FIXED_SIGNAL_BITS : 0);
        energy += (uint64_t)(h * h);
    }
    return ldexp((double)energy, -2 * FIXED_SIGNAL_BITS) / (HIT * HIT);
}

static int32_t shape_step(fixed_noise_t *noise, int32_t x) {
    return fixed_sections_step(noise->shape, noise->shapeCount, x);
}

static int32_t ring_step(fixed_noise_t *noise, int32_t x) {
    return fixed_section_step(&noise->joints[0], x) + fixed_section_step(&noise->joints[1], x);
}

static void rest(fixed_section_t *to, const section_t *from, int count) {
    for (int i = 0; i < count; i++)
        to[i] = fixed_section(&from[i]);
}

static void make_shape(fixed_noise_t *noise, const noise_recipe_t *recipe, double level) {
    section_t sections[NOISE_MAX_SECTIONS];
    noise->shapeCount = noise_recipe_sections(recipe, sections);
    rest(noise->shape, sections, noise->shapeCount);
    const double gain = 1 / sqrt(energy_of(shape_step, noise));
    noise->shaped = fixed_from(level * recipe->shaped * gain, SHARE_BITS);
    rest(noise->shape, sections, noise->shapeCount);
}

static void make_joints(fixed_noise_t *noise, const noise_recipe_t *recipe, double level) {
    section_t sections[NOISE_JOINTS];
    noise_joint_sections(sections);
    rest(noise->joints, sections, NOISE_JOINTS);
    const double gain = noise_joint_gain(energy_of(ring_step, noise)) / HIT;
    noise->ring = fixed_from(level * recipe->joints * gain, RING_SHARE_BITS);
    rest(noise->joints, sections, NOISE_JOINTS);
}

static void make_harmonics(fixed_noise_t *noise) {
    double squares = 0;
    for (int k = 0; k < NOISE_HARMONICS; k++)
        squares += noiseHarmonicAmplitudes[k] * noiseHarmonicAmplitudes[k];
    for (int k = 0; k < NOISE_HARMONICS; k++) {
        noise->amplitudes[k] =
            fixed_from(noiseHarmonicAmplitudes[k] * sqrt(2 / squares), FIXED_SIGNAL_BITS);
        noise->phases[k] = turns(noiseHarmonicPhase * (k + 1) * (k + 1));
    }
    noise->phaseStep = turns(40.0 / RATE);
    noise->slow[1] = turns(1 / (2 * PI));
    noise->slowStep[0] = turns(0.11 / RATE);
    noise->slowStep[1] = turns(0.037 / RATE);
}

static bool make_tone(fixed_noise_t *noise, const char *name, double level) {
    static const char PREFIX[] = "sine:";
    if (strncmp(name, PREFIX, strlen(PREFIX)) != 0) return false;
    char *end;
    const double hz = strtod(name + strlen(PREFIX), &end);
    if (*end != '\0' || !(hz >= 1 && hz <= 20000)) return false;
    noise->phaseStep = turns(hz / RATE);
    noise->tone = fixed_from(level * sqrt(2), SHARE_BITS);
    return true;
}

bool fixed_noise_init(fixed_noise_t *noise, const char *name, double levelDb, uint32_t seed) {
    const double level = pow(10, levelDb / 20);
    memset(noise, 0, sizeof *noise);
    noise->state = seed;
    for (int i = 0; i <= FIXED_SINES; i++)
        noise->sine[i] = fixed_from(sin(2 * PI * i / FIXED_SINES), SINE_BITS);
    const noise_recipe_t *recipe = noise_recipe(name);
    if (!recipe) return make_tone(noise, name, level);
    if (recipe->shaped > 0) make_shape(noise, recipe, level);
    if (recipe->joints > 0) make_joints(noise, recipe, level);
    if (recipe->harmonics > 0) make_harmonics(noise);
    noise->harmonics = fixed_from(level * recipe->harmonics, SHARE_BITS);
    noise->white = fixed_from(level * recipe->white, SHARE_BITS);
    return true;
}
