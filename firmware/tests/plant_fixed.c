/* The plant and its noises in integers: the same sound as in floating point, from the same seed. */
#include <math.h>
#include <string.h>

#include "fixed_noise.h"
#include "fixed_plant.h"
#include "noise.h"
#include "paths.h"
#include "plant.h"
#include "support/expect.h"

enum { RATE = 48000, SECONDS = 5, LATENCY = 5 };

/* What the built-in sounds never ask for. */
float *noise_recording(const char *file, size_t *length) {
    EXPECT(file && !length);
    return NULL;
}

paths_t paths_json(const char *name, const char *secondaryFile) {
    EXPECT(name && !secondaryFile && 0);
    return (paths_t){.reference = {NULL, 0}};
}

/* dB of the difference over the signal. */
typedef struct {
    double signal, difference;
} likeness_t;

static void compare(likeness_t *likeness, double wanted, double got) {
    likeness->signal += wanted * wanted;
    likeness->difference += (got - wanted) * (got - wanted);
}

static double difference_db(const likeness_t *likeness) {
    return 10 * log10(likeness->difference / likeness->signal + 1e-30);
}

static void noises_are_the_same(void) {
    static const struct {
        const char *name;
        double belowDb;
    } cases[] = {{"white", -100}, {"pink", -75},   {"cabin", -70},
                 {"train", -70},  {"engine", -70}, {"sine:440", -60}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static fixed_noise_t fixed;
        likeness_t likeness = {0, 0};
        noise_t *wanted = noise_open(cases[i].name, -23, 7);
        EXPECT(fixed_noise_init(&fixed, cases[i].name, -23, 7));
        for (int n = 0; n < SECONDS * RATE; n++)
            compare(&likeness, noise_next(wanted),
                    ldexp(fixed_noise_next(&fixed), -FIXED_SIGNAL_BITS));
        free(wanted);
        printf("%s: %.1f dB\n", cases[i].name, difference_db(&likeness));
        EXPECT(difference_db(&likeness) < cases[i].belowDb);
    }
}

static void names_that_are_none(void) {
    static fixed_noise_t fixed;
    static const char *const names[] = {"", "cab", "sine:", "sine:0", "sine:20001", "sine:4x"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        EXPECT(!fixed_noise_init(&fixed, names[i], -23, 1));
}

/* What a process makes once and never frees. */
typedef struct {
    paths_t paths;
    plant_t *noisy, *quiet;
} kept_t;

/* Both plants hear the same noise and an impulse of the loudspeaker, as long as the responses of
 * the page last. */
static void paths_are_the_same(const char *name, kept_t *kept) {
    static fixed_plant_t fixed;
    likeness_t reference = {0, 0}, error = {0, 0}, played = {0, 0};
    uint64_t seed = 88172645463325252ULL;
    const paths_t paths = kept->paths = paths_builtin(name);
    int32_t off;
    plant_t *plant = kept->noisy = plant_new(&paths, LATENCY, -90, 3);
    fixed_plant_init(&fixed, path_recipes(name), LATENCY, -90, 3);
    for (int n = 0; n < SECONDS * RATE; n++) {
        const int32_t noise = (int32_t)expect_random(&seed) >> (34 - FIXED_SIGNAL_BITS);
        compare(&reference, plant_reference(plant, ldexp(noise, -FIXED_SIGNAL_BITS)),
                fixed_plant_reference(&fixed, noise));
        compare(&error, plant_error(plant, 0, &off), fixed_plant_error(&fixed, 0));
    }
    plant = kept->quiet = plant_new(&paths, LATENCY, -200, 3);
    fixed_plant_init(&fixed, path_recipes(name), LATENCY, -200, 3);
    for (size_t n = 0; n < paths.secondary.length; n++) {
        const int32_t impulse = n == 0 ? 1 << 30 : 0;
        const int32_t wanted = plant_reference(plant, 0), got = fixed_plant_reference(&fixed, 0);
        if (n < paths.feedback.length) compare(&played, wanted, got);
        compare(&played, plant_error(plant, impulse, &off), fixed_plant_error(&fixed, impulse));
    }
    printf("%s: reference %.1f dB, error %.1f dB, played %.1f dB\n", name,
           difference_db(&reference), difference_db(&error), difference_db(&played));
    EXPECT(difference_db(&reference) < -90);
    EXPECT(difference_db(&error) < -90);
    EXPECT(difference_db(&played) < -65);
}

/* A sound too loud for the converters. */
static void clips(void) {
    static fixed_plant_t fixed;
    fixed_plant_init(&fixed, path_recipes("builtin"), LATENCY, -90, 1);
    EXPECT_EQ(fixed_plant_reference(&fixed, 2 << FIXED_SIGNAL_BITS), 2147483392);
    EXPECT_EQ(fixed_plant_reference(&fixed, -(2 << FIXED_SIGNAL_BITS)), INT32_MIN);
}

int main(void) {
    static kept_t kept[2];
    noises_are_the_same();
    names_that_are_none();
    paths_are_the_same("builtin:normal", &kept[0]);
    paths_are_the_same("builtin:loose", &kept[1]);
    clips();
    return 0;
}
