/*
 * Runs the engine on files, for the differential tests:
 *
 *   engine_run REFERENCE ERROR PREFIX [rate=HZ] [block=N] [key=value ...] [@SAMPLE key=value ...]
 * ...
 *
 * REFERENCE and ERROR are raw native int32 samples of the same number. Writes PREFIX.y (output),
 * PREFIX.d (disturbance estimate) and PREFIX.w (final weights), raw int32. Keys are the fields of
 * anc_config_t without unit suffix, and the control functions: secondary=FILE (a `secondaryModel`
 * block), weights=FILE and target=FILE (raw int32), follow, freeze, guardMute, duck,
 * notch=INDEX,K1,K2, releaseNotch=INDEX, reset, save, restore. What follows
 * @SAMPLE happens before that sample. block=N runs anc_engine_process on N samples at a time and
 * leaves PREFIX.d empty.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/engine.h"

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "engine_run: %s: %s\n", what, detail);
    exit(2);
}

static void *read_file(const char *path, size_t *bytes) {
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0) fail("cannot read", path);
    long size = ftell(f);
    rewind(f);
    void *data = malloc((size_t)size + 1);
    if (size < 0 || !data || fread(data, 1, (size_t)size, f) != (size_t)size)
        fail("cannot read", path);
    fclose(f);
    *bytes = (size_t)size;
    return data;
}

static void write_file(const char *prefix, const char *suffix, const int32_t *data, size_t n) {
    char path[1024];
    snprintf(path, sizeof path, "%s.%s", prefix, suffix);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, sizeof *data, n, f) != n || fclose(f) != 0) fail("cannot write", path);
}

typedef bool set_model_t(anc_engine_t *e, const anc_secondary_model_t *model);

static void set_secondary(anc_engine_t *e, const char *path, set_model_t *set) {
    anc_secondary_model_t model = {0};
    size_t bytes;
    uint8_t *block = read_file(path, &bytes);
    if (bytes < 6 || bytes > sizeof model) fail("not a model", path);
    memcpy(&model, block, bytes);
    free(block);
    if (bytes != 6 + 2U * model.length || !set(e, &model)) fail("not a model", path);
}

static void set_target(anc_engine_t *e, const char *path) {
    size_t bytes;
    int32_t *weights = read_file(path, &bytes);
    for (size_t i = 0; i < bytes / sizeof *weights && i < e->weightCount; i++)
        anc_engine_set_target(e, (uint16_t)i, weights[i]);
    free(weights);
}

static void set_weights(anc_engine_t *e, const char *path) {
    size_t bytes;
    int32_t *weights = read_file(path, &bytes);
    if (!anc_engine_set_weights(e, weights, (uint16_t)(bytes / sizeof *weights)))
        fail("not this filter's weights", path);
    free(weights);
}

static uint32_t notch_index(long value) {
    if (value < 0 || value >= ANC_NOTCHES) fail("not a notch", "0..3");
    return (uint32_t)value;
}

static void set_notch(anc_engine_t *e, const char *text) {
    long index;
    int k1_q20, k2_q20;
    if (sscanf(text, "%ld,%d,%d", &index, &k1_q20, &k2_q20) != 3) fail("not a notch", text);
    anc_engine_set_notch(e, notch_index(index), k1_q20, k2_q20);
}

/* Applies key=value; false when the key is unknown. */
static int apply(anc_engine_t *e, anc_config_t *c, const char *argument) {
    const char *equals = strchr(argument, '=');
    if (!equals) return 0;
    size_t length = (size_t)(equals - argument);
    const char *text = equals + 1;
    long value = strtol(text, NULL, 10);
#define KEY(name) (length == strlen(name) && strncmp(argument, name, length) == 0)
    if (KEY("secondary"))
        set_secondary(e, text, anc_engine_set_secondary);
    else if (KEY("correct"))
        set_secondary(e, text, anc_engine_correct_secondary);
    else if (KEY("inject"))
        anc_engine_inject(e, (int32_t)value);
    else if (KEY("weights"))
        set_weights(e, text);
    else if (KEY("target"))
        set_target(e, text);
    else if (KEY("follow"))
        anc_engine_follow(e, value != 0);
    else if (KEY("freeze"))
        anc_engine_freeze(e, value != 0);
    else if (KEY("guardMute"))
        anc_engine_mute(e, value != 0);
    else if (KEY("duck"))
        anc_engine_duck(e, value != 0);
    else if (KEY("notch"))
        set_notch(e, text);
    else if (KEY("releaseNotch"))
        anc_engine_release_notch(e, notch_index(value));
    else if (KEY("reset"))
        anc_engine_reset_weights(e);
    else if (KEY("save"))
        anc_engine_save_weights(e);
    else if (KEY("restore"))
        anc_engine_restore_weights(e);
    else if (KEY("mode"))
        c->mode = (anc_mode_t)value;
    else if (KEY("adapt"))
        c->adapt = value != 0;
    else if (KEY("mute"))
        c->mute = value != 0;
    else if (KEY("filterForm"))
        c->filterForm = (anc_form_t)value;
    else if (KEY("taps"))
        c->taps = (uint16_t)value;
    else if (KEY("stepSize"))
        c->stepSize_e5 = (uint32_t)value;
    else if (KEY("leakage"))
        c->leakage_e3 = (uint32_t)value;
    else if (KEY("energyFloorDb"))
        c->energyFloorDb_e1 = (int32_t)value;
    else if (KEY("outputLimitDb"))
        c->outputLimitDb_e1 = (int32_t)value;
    else if (KEY("transparencyGainDb"))
        c->transparencyGainDb_e1 = (int32_t)value;
    else
        return 0;
#undef KEY
    anc_engine_configure(e, c);
    return 1;
}

int main(int argc, char **argv) {
    if (argc < 4) fail("usage", "REFERENCE ERROR PREFIX [key=value ...] [@SAMPLE key=value ...]");
    size_t referenceBytes, errorBytes;
    int32_t *reference = read_file(argv[1], &referenceBytes);
    int32_t *error = read_file(argv[2], &errorBytes);
    size_t n = referenceBytes / sizeof *reference, block = 1;
    if (errorBytes != referenceBytes) fail("not as long as the reference", argv[2]);
    int32_t *output = malloc(referenceBytes + 4), *disturbance = malloc(referenceBytes + 4);
    anc_engine_t *e = malloc(sizeof *e);
    if (!output || !disturbance || !e) fail("out of memory", argv[1]);

    unsigned rate = 48000;
    int next = 4;
    for (; next < argc; next++) {
        if (sscanf(argv[next], "rate=%u", &rate) == 1) continue;
        if (sscanf(argv[next], "block=%zu", &block) != 1) break;
    }
    anc_engine_init(e, rate);
    anc_config_t config = e->config;

    for (size_t i = 0; i < n;) {
        for (; next < argc; next++) {
            if (argv[next][0] == '@') {
                if (strtoul(argv[next] + 1, NULL, 10) > i) break;
            } else if (!apply(e, &config, argv[next])) {
                fail("unknown argument", argv[next]);
            }
        }
        size_t run = n - i < block ? n - i : block;
        if (block > 1) {
            anc_engine_process(e, reference + i, error + i, output + i, run);
        } else {
            output[i] = anc_engine_output(e, reference[i]);
            anc_engine_adapt(e, error[i]);
            disturbance[i] = anc_engine_disturbance(e);
        }
        i += run;
    }

    uint16_t taps;
    const int32_t *weights = anc_engine_weights(e, &taps);
    write_file(argv[3], "y", output, n);
    write_file(argv[3], "d", disturbance, block > 1 ? 0 : n);
    write_file(argv[3], "w", weights, taps);
    free(reference), free(error), free(output), free(disturbance), free(e);
    return 0;
}
