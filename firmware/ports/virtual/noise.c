#include "noise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "controllers/mulberry32.h"
#include "fail.h"
#include "sections.h"

enum { RATE = 48000, MAX_SECTIONS = 6, NORM_SAMPLES = 65536, HARMONICS = 10 };
static const double PI = 3.14159265358979323846;

typedef enum { WHITE, PINK, CABIN, ENGINE, TRAIN, SINE, RECORDING } noise_kind_t;

typedef struct {
    section_t sections[MAX_SECTIONS];
    int count;
    double gain;
} shaped_t;

struct noise {
    noise_kind_t kind;
    double gain;
    noise_random_t random;
    uint64_t n;
    shaped_t shaped;
    section_t joints[2];
    double jointGain, phase, frequencyHz;
    float *samples;
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
    for (int n = 0; n < NORM_SAMPLES; n++) {
        const double h = run(&probe, n == 0 ? 1 : 0);
        energy += h * h;
    }
    shaped->gain = 1 / sqrt(energy);
}

static shaped_t make_shaped(const section_spec_t *specs) {
    shaped_t shaped = {.count = 0};
    for (; specs->kind != SECTION_END; specs++)
        shaped.sections[shaped.count++] = section_make(*specs, RATE);
    normalise(&shaped);
    return shaped;
}

static shaped_t make_pink(void) {
    shaped_t shaped = {.count = MAX_SECTIONS};
    for (int k = 0; k < MAX_SECTIONS; k++) {
        const double scale = pow(4, k);
        shaped.sections[k] = (section_t){.b0 = 1,
                                         .b1 = -exp(-2 * PI * 20 * scale / RATE),
                                         .a1 = -exp(-2 * PI * 10 * scale / RATE)};
    }
    normalise(&shaped);
    return shaped;
}

static void make_joints(noise_t *noise) {
    noise->joints[0] = section_make((section_spec_t){BANDPASS, 70, 4, 0}, RATE);
    noise->joints[1] = section_make((section_spec_t){BANDPASS, 220, 5, 0}, RATE);
    section_t a = noise->joints[0], b = noise->joints[1];
    double energy = 0;
    for (int n = 0; n < NORM_SAMPLES; n++) {
        const double h = section_step(&a, n == 0) + section_step(&b, n == 0);
        energy += h * h;
    }
    noise->jointGain = 1 / sqrt(2 / 43200.0 * 1.03 * energy);
}

static double joints(noise_t *noise) {
    const uint64_t at = noise->n % 43200;
    const double hit = at == 0 || at == 4320 ? 0.7 + 0.6 * noise_uniform(&noise->random) : 0;
    return noise->jointGain *
           (section_step(&noise->joints[0], hit) + section_step(&noise->joints[1], hit));
}

static double harmonics(noise_t *noise) {
    static const double amplitudes[HARMONICS] = {0.5,  1,    0.35, 0.6, 0.25,
                                                 0.35, 0.15, 0.2,  0.1, 0.1};
    double sum = 0, squares = 0;
    for (int k = 1; k <= HARMONICS; k++) {
        const double a = amplitudes[k - 1];
        squares += a * a;
        sum += a * sin(2 * PI * (k * noise->phase + 0.381966 * k * k));
    }
    const double t = (double)noise->n / RATE;
    const double f0 = 40 * (1 + 0.02 * sin(2 * PI * 0.11 * t) + 0.01 * sin(2 * PI * 0.037 * t + 1));
    noise->phase = fmod(noise->phase + f0 / RATE, 1);
    return sum * sqrt(2 / squares);
}

static double shaped_next(noise_t *noise) {
    return noise->shaped.gain * run(&noise->shaped, noise_white(&noise->random));
}

static double next(noise_t *noise) {
    double v = 0;
    switch (noise->kind) {
    case WHITE:
        return noise_white(&noise->random);
    case PINK:
        return shaped_next(noise);
    case CABIN:
        v = 0.99998 * shaped_next(noise);
        return v + 0.0056 * noise_white(&noise->random);
    case ENGINE:
        v = 0.995 * harmonics(noise);
        return v + 0.1 * shaped_next(noise);
    case TRAIN:
        v = 0.85 * shaped_next(noise);
        v += 0.5 * joints(noise);
        return v + 0.005 * noise_white(&noise->random);
    case SINE:
        return sqrt(2) * sin(2 * PI * fmod(noise->frequencyHz * (double)noise->n / RATE, 1));
    case RECORDING:
        return (double)noise->samples[noise->n % noise->length];
    }
    return v;
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

static int kind_of(const char *name) {
    static const char *const names[] = {"white", "pink", "cabin", "engine", "train"};
    for (int i = 0; i < 5; i++)
        if (strcmp(name, names[i]) == 0) return i;
    return strncmp(name, "sine:", 5) == 0 ? SINE : RECORDING;
}

noise_t *noise_open(const char *name, double levelDb, uint32_t seed) {
    static const section_spec_t cabin[] = {{HIGHPASS, 30, 0.7, 0}, {LOWPASS, 150, 0.5, 0}, {0}};
    static const section_spec_t engine[] = {{HIGHPASS, 30, 0.7, 0}, {LOWPASS, 200, 0.5, 0}, {0}};
    static const section_spec_t train[] = {{HIGHPASS, 25, 0.7, 0}, {LOWPASS, 90, 0.5, 0}, {0}};
    noise_t *noise = allocate(1, sizeof *noise);
    noise->kind = (noise_kind_t)kind_of(name);
    noise->gain = pow(10, levelDb / 20);
    noise->random.state = seed;
    switch (noise->kind) {
    case PINK:
        noise->shaped = make_pink();
        break;
    case CABIN:
        noise->shaped = make_shaped(cabin);
        break;
    case ENGINE:
        noise->shaped = make_shaped(engine);
        break;
    case TRAIN:
        noise->shaped = make_shaped(train);
        make_joints(noise);
        break;
    case SINE:
        noise->frequencyHz = parse_sine(name);
        break;
    case RECORDING:
        noise->samples = noise_recording(name, &noise->length);
        break;
    case WHITE:
        break;
    }
    return noise;
}
