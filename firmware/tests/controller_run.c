/*
 * Runs an acoustic controller in a closed loop, for differential tests and benchmarks:
 *
 *   controller_run NAME REFERENCE DISTURBANCE PREFIX key=value ...
 *
 * REFERENCE is what the reference microphone hears of the noise, DISTURBANCE what the ear hears
 * without the canceller; raw native floats of the same number, full scale 1. The loop is that of
 * dsp-reference/src/plant: both microphones have noise of their own and clip, and hear the
 * loudspeaker through its paths.
 *
 *   secondary=FILE feedback=FILE   the true paths, latency included; no file: none
 *   model=FILE feedbackModel=FILE  what the controller knows of them
 *   changeAt=SAMPLE                from there on these true paths:
 *   changedSecondary=FILE changedFeedback=FILE
 *   library=FILE                   of the selective controller: for each filter its spectrum, then
 *                                  its weights
 *   rate= taps= stepSize= leakage= outputLimit= seed= micNoiseDb=
 *
 * Writes PREFIX.e (sound at the ear, without the microphone's noise), PREFIX.y (output) and
 * PREFIX.w (final weights), of the selective controller PREFIX.l (its library), and prints the
 * nanoseconds of a sample, the controller's alone, its resets and the bytes of its arrays.
 */
#define _POSIX_C_SOURCE 199309L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "controllers/mulberry32.h"
#include "controllers/selective.h"
#include "dsp/history_f32.h"
#include "dsp/vec_f32.h"

typedef struct {
    float *values;
    size_t count;
} samples_t;

typedef struct {
    samples_t reference, disturbance, model, feedbackModel, library;
    samples_t secondary[2], feedback[2]; /* before and after changeAt */
    size_t changeAt;
    controller_options_t options;
    double micNoise;
    const char *prefix;
} run_t;

static void fail(const char *what) {
    fprintf(stderr, "controller_run: %s\n", what);
    exit(2);
}

/* Padded with zeros to whole vectors. */
static samples_t read_samples(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) fail(path);
    const long size = ftell(f);
    rewind(f);
    samples_t s = {NULL, (size_t)size / sizeof(float)};
    s.values = calloc(vec_f32_padded(s.count + 1), sizeof(float));
    if (size < 0 || !s.values || fread(s.values, sizeof(float), s.count, f) != s.count) fail(path);
    fclose(f);
    return s;
}

static void write_samples(const char *prefix, const char *suffix, const float *values, size_t n) {
    char path[1024];
    snprintf(path, sizeof path, "%s.%s", prefix, suffix);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(values, sizeof(float), n, f) != n || fclose(f) != 0) fail(path);
}

static void apply(run_t *r, const char *argument) {
    const char *text = strchr(argument, '=');
    if (!text) fail(argument);
    const size_t length = (size_t)(text++ - argument);
    const double value = strtod(text, NULL);
#define KEY(name) (length == strlen(name) && strncmp(argument, name, length) == 0)
    if (KEY("secondary"))
        r->secondary[0] = read_samples(text);
    else if (KEY("feedback"))
        r->feedback[0] = read_samples(text);
    else if (KEY("changedSecondary"))
        r->secondary[1] = read_samples(text);
    else if (KEY("changedFeedback"))
        r->feedback[1] = read_samples(text);
    else if (KEY("changeAt"))
        r->changeAt = (size_t)value;
    else if (KEY("model"))
        r->model = read_samples(text);
    else if (KEY("feedbackModel"))
        r->feedbackModel = read_samples(text);
    else if (KEY("library"))
        r->library = read_samples(text);
    else if (KEY("rate"))
        r->options.sampleRateHz = (float)value;
    else if (KEY("taps"))
        r->options.taps = (uint16_t)value;
    else if (KEY("stepSize"))
        r->options.stepSize = (float)value;
    else if (KEY("leakage"))
        r->options.leakage = (float)value;
    else if (KEY("outputLimit"))
        r->options.outputLimit = (float)value;
    else if (KEY("seed"))
        r->options.seed = (uint32_t)value;
    else if (KEY("micNoiseDb"))
        r->micNoise = pow(10, value / 20);
    else
        fail(argument);
#undef KEY
}

static float clip(double v) {
    return v > 1 ? 1.0f : v < -1 ? -1.0f : (float)v;
}

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Takes the options' library from the file's floats. */
static void use_library(run_t *r, stored_filter_t library[FILTER_LIBRARY_MAX]) {
    const size_t floats = SPECTRUM_BANDS + (size_t)r->options.taps;
    r->options.libraryCount = r->library.count / floats;
    if (r->options.libraryCount > FILTER_LIBRARY_MAX) fail("too many filters");
    for (size_t i = 0; i < r->options.libraryCount; i++) {
        const float *from = r->library.values + i * floats;
        memcpy(library[i].spectrumDb, from, sizeof library[i].spectrumDb);
        library[i].weights = from + SPECTRUM_BANDS;
    }
    r->options.library = library;
}

static void write_library(const run_t *r, const controller_t *c) {
    size_t count;
    const stored_filter_t *library = selective_library(c, &count);
    if (!library) return;
    const size_t floats = SPECTRUM_BANDS + (size_t)r->options.taps;
    float *all = malloc((count * floats + 1) * sizeof *all);
    if (!all) fail("out of memory");
    for (size_t i = 0; i < count; i++) {
        memcpy(all + i * floats, library[i].spectrumDb, sizeof library[i].spectrumDb);
        memcpy(all + i * floats + SPECTRUM_BANDS, library[i].weights,
               r->options.taps * sizeof *all);
    }
    write_samples(r->prefix, "l", all, count * floats);
    free(all);
}

/* y of this instant does not exist yet when the reference microphone hears: the feedback path
 * without its first value. */
static void drop_first(samples_t *path) {
    if (path->count == 0) return;
    memmove(path->values, path->values + 1, --path->count * sizeof *path->values);
    path->values[path->count] = 0;
}

static float through(const samples_t *path, const history_f32_t *played) {
    return vec_f32_dot(history_f32_window(played), path->values, vec_f32_padded(path->count));
}

static void run_loop(run_t *r, controller_t *c, float *x, float *e, float *heard, float *y) {
    const size_t n = r->reference.count;
    size_t longest = VEC_F32_STEP;
    for (size_t i = 0; i < 2; i++) {
        drop_first(&r->feedback[i]);
        const size_t a = vec_f32_padded(r->secondary[i].count);
        const size_t b = vec_f32_padded(r->feedback[i].count);
        longest = a > longest ? a : longest;
        longest = b > longest ? b : longest;
    }
    history_f32_t played = {calloc(history_f32_floats(longest), sizeof(float)), longest, 0};
    if (!played.samples) fail("out of memory");
    uint32_t referenceState = r->options.seed + 1, errorState = r->options.seed + 2;
    for (size_t i = 0; i < n; i++) {
        const size_t worn = i < r->changeAt ? 0 : 1;
        x[i] = clip((double)r->reference.values[i] + (double)through(&r->feedback[worn], &played) +
                    r->micNoise * mulberry32_white(&referenceState));
        y[i] = controller_output(c, x[i]);
        history_f32_put(&played, y[i]);
        e[i] = r->disturbance.values[i] + through(&r->secondary[worn], &played);
        heard[i] = clip((double)e[i] + r->micNoise * mulberry32_white(&errorState));
        controller_adapt(c, heard[i]);
    }
    free(played.samples);
}

int main(int argc, char **argv) {
    if (argc < 5) fail("NAME REFERENCE DISTURBANCE PREFIX key=value ...");
    const controller_class_t *class = controller_find(argv[1]);
    if (!class) fail(argv[1]);
    run_t r = {.reference = read_samples(argv[2]),
               .disturbance = read_samples(argv[3]),
               .prefix = argv[4],
               .options = {.sampleRateHz = 48000,
                           .taps = 1024,
                           .stepSize = -1,
                           .leakage = -1,
                           .outputLimit = 0.89125094f,
                           .seed = 1},
               .changeAt = SIZE_MAX,
               .micNoise = pow(10, -90.0 / 20)};
    for (int i = 5; i < argc; i++)
        apply(&r, argv[i]);
    const size_t n = r.reference.count;
    if (r.disturbance.count != n) fail("not as long as the reference");
    r.options.secondary = r.model.values;
    r.options.secondaryTaps = r.model.count;
    r.options.feedback = r.feedbackModel.values;
    r.options.feedbackTaps = r.feedbackModel.count;

    stored_filter_t library[FILTER_LIBRARY_MAX];
    use_library(&r, library);

    const size_t bytes = controller_bytes(class, &r.options);
    if (bytes == 0) fail("an option is out of range");
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    controller_t *c = malloc(sizeof *c);
    float *x = malloc((n + 1) * sizeof *x), *e = malloc((n + 1) * sizeof *e);
    float *heard = malloc((n + 1) * sizeof *heard), *y = malloc((n + 1) * sizeof *y);
    if (!memory || !c || !x || !e || !heard || !y) fail("out of memory");
    controller_init(c, class, &r.options, memory, bytes);
    run_loop(&r, c, x, e, heard, y);
    size_t taps;
    const float *weights = controller_weights(c, &taps);
    write_samples(r.prefix, "e", e, n);
    write_samples(r.prefix, "y", y, n);
    write_samples(r.prefix, "w", weights, taps);
    write_library(&r, c);
    const uint32_t resets = c->resets;

    /* Once more over what the microphones heard, for the controller's time alone: a second at most.
     */
    const size_t timed = n < 48000 ? n : 48000;
    controller_init(c, class, &r.options, memory, bytes);
    const double before = now_ns();
    controller_process(c, x, heard, y, timed);
    const double ns = timed ? (now_ns() - before) / (double)timed : 0.0;
    printf("%.1f %u %zu\n", ns, resets, bytes);
    free(memory), free(c), free(x), free(e), free(heard), free(y);
    free(r.reference.values), free(r.disturbance.values), free(r.model.values);
    free(r.feedbackModel.values), free(r.library.values);
    for (size_t i = 0; i < 2; i++)
        free(r.secondary[i].values), free(r.feedback[i].values);
    return 0;
}
