#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "paths.h"

static const char *const INVALID_HINT = "A path file is a booth file (primary, secondary, "
                                        "feedback) or a dummy-head file (L, R with ref "
                                        "and err).";

static char *read_text(const char *file) {
    FILE *f = fopen(file, "rb");
    if (!f)
        fail(EXIT_BAD_INPUT, "PATH_UNREADABLE",
             "Give a file of measured paths, or builtin:normal or builtin:loose.",
             "the path file %s cannot be read: %s", file, strerror(errno));
    size_t n = 0, capacity = 1 << 16;
    char *text = allocate(capacity, 1);
    for (size_t got; (got = fread(text + n, 1, capacity - n - 1, f)) > 0;) {
        n += got;
        if (n + 1 < capacity) continue;
        capacity *= 2;
        text = realloc(text, capacity);
        if (!text) fail(EXIT_TROUBLE, "NO_MEMORY", NULL, "%s is too large", file);
    }
    if (ferror(f)) fail(EXIT_BAD_INPUT, "PATH_UNREADABLE", NULL, "%s: %s", file, strerror(errno));
    fclose(f);
    text[n] = '\0';
    return text;
}

/* cJSON takes NaN for a syntax error and says only where: look at the place. */
static void fail_at(const char *file, const char *text, const char *at) {
    const size_t offset = at ? (size_t)(at - text) : 0;
    if (at && (strncmp(at, "NaN", 3) == 0 || strncmp(at, "Infinity", 8) == 0 ||
               strncmp(at, "-Infinity", 9) == 0)) {
        unsigned long index = 0;
        const char *from = at;
        while (from > text && *from != '[')
            index += *from-- == ',';
        fail(EXIT_BAD_INPUT, "PATH_INVALID", "Every value of a response is a finite number.",
             "%s: value %lu of a response is %.*s (byte %zu)", file, index,
             (int)strcspn(at, ",] \n"), at, offset);
    }
    fail(EXIT_BAD_INPUT, "PATH_UNREADABLE", "The file may be cut off; copy it again.",
         "%s is not JSON (byte %zu of %zu)", file, offset, strlen(text));
}

static cJSON *read_json(const char *file) {
    char *text = read_text(file);
    const char *end = NULL;
    cJSON *json = cJSON_ParseWithOpts(text, &end, 1);
    if (!json) fail_at(file, text, end);
    const cJSON *rate = cJSON_GetObjectItemCaseSensitive(json, "sample_rate");
    if (!cJSON_IsNumber(rate))
        fail(EXIT_BAD_INPUT, "PATH_INVALID", INVALID_HINT, "%s: \"sample_rate\" is missing", file);
    if (rate->valuedouble != PATHS_SAMPLE_RATE_HZ)
        fail(EXIT_BAD_INPUT, "PATH_RATE", "Resample the responses to 48000 Hz.",
             "%s: sample rate %g Hz, %d Hz is needed", file, rate->valuedouble,
             PATHS_SAMPLE_RATE_HZ);
    free(text);
    return json;
}

static response_t read_response(const cJSON *parent, const char *name, const char *file) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(parent, name);
    if (!cJSON_IsArray(list))
        fail(EXIT_BAD_INPUT, "PATH_INVALID", INVALID_HINT, "%s: the response \"%s\" is missing",
             file, name);
    const int length = cJSON_GetArraySize(list);
    if (length < 1 || length > RESPONSE_MAX)
        fail(EXIT_BAD_INPUT, "PATH_INVALID", NULL, "%s: \"%s\" has %d values, 1..%d are possible",
             file, name, length, RESPONSE_MAX);
    response_t r = {allocate((size_t)length, sizeof(float)), (size_t)length};
    size_t i = 0;
    for (const cJSON *value = list->child; value; value = value->next, i++) {
        if (!cJSON_IsNumber(value) || !isfinite((float)value->valuedouble))
            fail(EXIT_BAD_INPUT, "PATH_INVALID", "Every value of a response is a finite number.",
                 "%s: value %zu of \"%s\" is not a finite number", file, i, name);
        r.taps[i] = (float)value->valuedouble;
    }
    return r;
}

static const cJSON *read_object(const cJSON *parent, const char *name, const char *file) {
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(parent, name);
    if (!cJSON_IsObject(object))
        fail(EXIT_BAD_INPUT, "PATH_INVALID", INVALID_HINT, "%s: \"%s\" is missing", file, name);
    return object;
}

/* t0 of a response, absent is 0. */
static size_t time_zero(const cJSON *parent, const char *file) {
    const cJSON *t0 = cJSON_GetObjectItemCaseSensitive(parent, "t0");
    if (!t0) return 0;
    const double value = cJSON_IsNumber(t0) ? t0->valuedouble : -1;
    if (value < 0 || value > RESPONSE_MAX || value != floor(value))
        fail(EXIT_BAD_INPUT, "PATH_INVALID", NULL, "%s: \"t0\" is no index", file);
    return (size_t)value;
}

static response_t causal(const cJSON *parent, const char *file) {
    response_t r = read_response(parent, "ir", file);
    const size_t before = time_zero(parent, file);
    if (before >= r.length)
        fail(EXIT_BAD_INPUT, "PATH_INVALID", NULL, "%s: t0 %zu is past the response of %zu values",
             file, before, r.length);
    r.length -= before;
    memmove(r.taps, r.taps + before, r.length * sizeof *r.taps);
    return r;
}

static paths_t booth(const cJSON *json, const char *ear, const char *file) {
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(json, "ear");
    if (ear && cJSON_IsString(own) && strcmp(ear, own->valuestring) != 0)
        fail(EXIT_BAD_INPUT, "PATH_INVALID", "Booth files hold one ear each.",
             "%s holds ear %s, not %s", file, own->valuestring, ear);
    const cJSON *primary = read_object(json, "primary", file);
    const size_t t0 = time_zero(primary, file);
    response_t reference = {allocate(t0 + 1, sizeof(float)), t0 + 1};
    reference.taps[t0] = 1;
    return (paths_t){.reference = reference,
                     .primary = read_response(primary, "ir", file),
                     .secondary = causal(read_object(json, "secondary", file), file),
                     .feedback = causal(read_object(json, "feedback", file), file)};
}

/* Root mean |H|^2 over 50, 60, ... 1000 Hz. */
static double band_gain(const response_t *r) {
    static const double PI = 3.14159265358979323846;
    double total = 0;
    for (int hz = 50; hz <= 1000; hz += 10) {
        double re = 0, im = 0;
        for (size_t n = 0; n < r->length; n++) {
            const double angle = 2 * PI * hz * (double)n / PATHS_SAMPLE_RATE_HZ;
            re += (double)r->taps[n] * cos(angle);
            im -= (double)r->taps[n] * sin(angle);
        }
        total += re * re + im * im;
    }
    return sqrt(total / 96);
}

static paths_t dummy(const cJSON *json, const char *ear, const char *file,
                     const char *secondaryFile) {
    char beside[4096];
    const cJSON *named = cJSON_GetObjectItemCaseSensitive(json, "secondary");
    const char *slash = strrchr(file, '/');
    const int folder = slash ? (int)(slash - file) + 1 : 0;
    snprintf(beside, sizeof beside, "%.*s%s", folder, file,
             cJSON_IsString(named) ? named->valuestring : "secondary.json");
    const char *otherFile = secondaryFile ? secondaryFile : beside;
    const cJSON *side = read_object(json, ear, file);
    cJSON *others = read_json(otherFile);
    const cJSON *other = read_object(others, ear, otherFile);
    paths_t p = {.reference = read_response(side, "ref", file),
                 .primary = read_response(side, "err", file),
                 .secondary = causal(read_object(other, "secondary", otherFile), otherFile),
                 .feedback = causal(read_object(other, "feedback", otherFile), otherFile)};
    const double gain = band_gain(&p.reference);
    if (gain == 0)
        fail(EXIT_BAD_INPUT, "PATH_INVALID", "The reference microphone must hear the noise.",
             "%s: \"ref\" is silent from 50 to 1000 Hz", file);
    for (size_t i = 0; i < p.reference.length; i++)
        p.reference.taps[i] = (float)((double)p.reference.taps[i] / gain);
    for (size_t i = 0; i < p.primary.length; i++)
        p.primary.taps[i] = (float)((double)p.primary.taps[i] / gain);
    cJSON_Delete(others);
    return p;
}

paths_t paths_json(const char *name, const char *secondaryFile) {
    char file[4096];
    snprintf(file, sizeof file, "%s", name);
    const char *ear = NULL;
    char *mark = strstr(file, "#ear=");
    if (mark) {
        *mark = '\0';
        ear = mark + strlen("#ear=");
        if (strcmp(ear, "L") != 0 && strcmp(ear, "R") != 0)
            fail(EXIT_BAD_INPUT, "PATH_INVALID", "An ear is L or R.", "no ear '%s'", ear);
    }
    cJSON *json = read_json(file);
    paths_t p;
    if (cJSON_HasObjectItem(json, "primary")) {
        p = booth(json, ear, file);
    } else if (cJSON_HasObjectItem(json, "L") || cJSON_HasObjectItem(json, "R")) {
        p = dummy(json, ear ? ear : "L", file, secondaryFile);
    } else {
        fail(EXIT_BAD_INPUT, "PATH_INVALID", INVALID_HINT,
             "%s: neither \"primary\" nor an ear \"L\" or \"R\" is there", file);
    }
    cJSON_Delete(json);
    return p;
}
