#include "noise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "controllers/mulberry32.h"
#include "fail.h"
#include "noise_recipes.h"

enum { RATE = 48000 };
static const double PI = 3.14159265358979323846;

typedef struct {
    section_t sections[NOISE_MAX_SECTIONS];
    int count;
    double gain;
} shaped_t;

/* A generator, a tone, or a recording. */
struct noise {
    const noise_recipe_t *recipe; /* NULL: none */
    double gain;
    noise_random_t random;
    uint64_t n;
    shaped_t shaped;
    section_t joints[NOISE_JOINTS];
    double jointGain, phase, frequencyHz;
    float *samples; /* NULL: none */
    size_t length;
};

double noise_uniform(noise_random_t *random) {
    return mulberry32_uniform(&random->state);
}

double noise_white(noise_random_t *random) {
    return mulberry32_white(&random->state);
}

static double run(shaped_t *shaped, double x) {
    for (int i = 0; i < shaped->count; i++)
        x = section_step(&shaped->sections[i], x);
    return x;
}

/* Gain such that white noise of RMS 1 comes out with RMS 1. */
static void normalise(shaped_t *shaped) {
    shaped_t probe = *shaped;
    double energy = 0;
    for (int n = 0; n < NOISE_NORM_SAMPLES; n++) {
        const double h = run(&probe, n == 0 ? 1 : 0);
        energy += h * h;
    }
    shaped->gain = 1 / sqrt(energy);
}

static void make_shaped(shaped_t *shaped, const noise_recipe_t *recipe) {
    shaped->count = noise_recipe_sections(recipe, shaped->sections);
    normalise(shaped);
}

static void make_joints(noise_t *noise) {
    noise_joint_sections(noise->joints);
    section_t a = noise->joints[0], b = noise->joints[1];
    double energy = 0;
    for (int n = 0; n < NOISE_NORM_SAMPLES; n++) {
        const double h = section_step(&a, n == 0) + section_step(&b, n == 0);
        energy += h * h;
    }
    noise->jointGain = noise_joint_gain(energy);
}

static double joints(noise_t *noise) {
    const uint64_t at = noise->n % NOISE_JOINT_PERIOD;
    const double hit =
        at == 0 || at == NOISE_JOINT_PERIOD / 10 ? 0.7 + 0.6 * noise_uniform(&noise->random) : 0;
    return noise->jointGain *
           (section_step(&noise->joints[0], hit) + section_step(&noise->joints[1], hit));
}

static double harmonics(noise_t *noise) {
    double sum = 0, squares = 0;
    for (int k = 1; k <= NOISE_HARMONICS; k++) {
        const double a = noiseHarmonicAmplitudes[k - 1];
        squares += a * a;
        sum += a * sin(2 * PI * (k * noise->phase + noiseHarmonicPhase * k * k));
    }
    const double t = (double)noise->n / RATE;
    const double f0 = 40 * (1 + 0.02 * sin(2 * PI * 0.11 * t) + 0.01 * sin(2 * PI * 0.037 * t + 1));
    noise->phase = fmod(noise->phase + f0 / RATE, 1);
    return sum * sqrt(2 / squares);
}

static double shaped_next(noise_t *noise) {
    return noise->shaped.gain * run(&noise->shaped, noise_white(&noise->random));
}

static double generate(noise_t *noise) {
    const noise_recipe_t *r = noise->recipe;
    double v = 0;
    if (r->harmonics > 0) v += r->harmonics * harmonics(noise);
    if (r->shaped > 0) v += r->shaped * shaped_next(noise);
    if (r->joints > 0) v += r->joints * joints(noise);
    if (r->white > 0) v += r->white * noise_white(&noise->random);
    return v;
}

static double next(noise_t *noise) {
    if (noise->recipe) return generate(noise);
    if (noise->samples) return (double)noise->samples[noise->n % noise->length];
    return sqrt(2) * sin(2 * PI * fmod(noise->frequencyHz * (double)noise->n / RATE, 1));
}

double noise_next(noise_t *noise) {
    const double v = noise->gain * next(noise);
    noise->n++;
    return v;
}

static double parse_sine(const char *name) {
    char *end;
    const double hz = strtod(name + strlen("sine:"), &end);
    if (*end != '\0' || !(hz >= 1 && hz <= 20000))
        fail(EXIT_BAD_INPUT, "NOISE_INVALID", "Write sine:440 for 440 Hz.",
             "'%s' is no tone of 1..20000 Hz", name);
    return hz;
}

noise_t *noise_open(const char *name, double levelDb, uint32_t seed) {
    noise_t *noise = allocate(1, sizeof *noise);
    noise->gain = pow(10, levelDb / 20);
    noise->random.state = seed;
    noise->recipe = noise_recipe(name);
    if (noise->recipe && noise->recipe->shaped > 0) make_shaped(&noise->shaped, noise->recipe);
    if (noise->recipe && noise->recipe->joints > 0) make_joints(noise);
    if (noise->recipe) return noise;
    if (strncmp(name, "sine:", strlen("sine:")) == 0)
        noise->frequencyHz = parse_sine(name);
    else
        noise->samples = noise_recording(name, &noise->length);
    return noise;
}
