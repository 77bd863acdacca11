#include "faults.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

static const struct {
    const char *name;
    fault_kind_t kind;
    double min, max; /* both 0: takes no value */
} kinds[] = {
    {"drop", FAULT_DROP, 0, 1},
    {"corrupt", FAULT_CORRUPT, 0, 1},
    {"delay", FAULT_DELAY, 0, 10000},
    {"ref-silent", FAULT_REF_SILENT, 0, 0},
    {"err-silent", FAULT_ERR_SILENT, 0, 0},
    {"ref-clip", FAULT_REF_CLIP, -100, 0},
    {"swap-path", FAULT_SWAP_PATH, 0, 0},
    {"sign-flip", FAULT_SIGN_FLIP, 0, 0},
    {"speaker-silent", FAULT_SPEAKER_SILENT, 0, 0},
    {"feedback", FAULT_FEEDBACK, -100, 100},
    {"wind", FAULT_WIND, -100, 0},
    {"knocks", FAULT_KNOCKS, -100, 0},
};

__attribute__((noreturn)) static void refuse(const char *text) {
    fail(EXIT_BAD_INPUT, "OPTION_INVALID",
         "There are drop=P, corrupt=P (P 0..1 for each byte), delay=MS, ref-silent, err-silent, "
         "ref-clip=DB, swap-path=FILE, sign-flip, speaker-silent, feedback=DB, wind=DB and "
         "knocks=DB, each with @START or @START-END in seconds.",
         "--fault cannot be '%s'", text);
}

static double number(const char *text, const char *whole) {
    char *end;
    const double value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value)) refuse(whole);
    return value;
}

static void parse_times(fault_t *fault, char *times, const char *whole) {
    char *dash = strchr(times, '-');
    if (dash) *dash = '\0';
    fault->start = number(times, whole);
    if (dash) fault->end = number(dash + 1, whole);
    if (fault->start < 0 || fault->end <= fault->start) refuse(whole);
}

fault_t fault_parse(const char *text) {
    fault_t fault = {.end = INFINITY};
    char *copy = strcpy(allocate(strlen(text) + 1, 1), text);
    char *times = strrchr(copy, '@');
    if (times) {
        *times = '\0';
        parse_times(&fault, times + 1, text);
    }
    char *value = strchr(copy, '=');
    if (value) *value++ = '\0';
    size_t i = 0;
    while (i < sizeof kinds / sizeof *kinds && strcmp(kinds[i].name, copy) != 0)
        i++;
    if (i == sizeof kinds / sizeof *kinds) refuse(text);
    fault.kind = kinds[i].kind;
    if (fault.kind == FAULT_SWAP_PATH) {
        if (!value) refuse(text);
        fault.file = value;
        fault.paths = paths_read(value, NULL);
        return fault; /* keeps the copy */
    }
    const bool takesValue = kinds[i].min != kinds[i].max;
    if (takesValue != (value != NULL)) refuse(text);
    if (takesValue) fault.value = number(value, text);
    if (takesValue && (fault.value < kinds[i].min || fault.value > kinds[i].max)) refuse(text);
    free(copy);
    return fault;
}

fault_state_t faults_at(const fault_t *faults, int count, double seconds) {
    fault_state_t state = {.plant = {.referenceClip = 1, .feedbackGain = 1}};
    for (int i = 0; i < count; i++) {
        const fault_t *fault = &faults[i];
        if (seconds < fault->start || seconds >= fault->end) continue;
        switch (fault->kind) {
        case FAULT_DROP:
            state.pipe.drop = fault->value;
            break;
        case FAULT_CORRUPT:
            state.pipe.corrupt = fault->value;
            break;
        case FAULT_DELAY:
            state.pipe.delayMs = (unsigned)fault->value;
            break;
        case FAULT_REF_SILENT:
            state.plant.referenceSilent = true;
            break;
        case FAULT_ERR_SILENT:
            state.plant.errorSilent = true;
            break;
        case FAULT_REF_CLIP:
            state.plant.referenceClip = pow(10, fault->value / 20);
            break;
        case FAULT_SWAP_PATH:
            state.paths = &fault->paths;
            break;
        case FAULT_SIGN_FLIP:
            state.plant.signFlip = true;
            break;
        case FAULT_SPEAKER_SILENT:
            state.plant.speakerSilent = true;
            break;
        case FAULT_FEEDBACK:
            state.plant.feedbackGain = pow(10, fault->value / 20);
            break;
        case FAULT_WIND:
            state.plant.windRms = pow(10, fault->value / 20);
            break;
        case FAULT_KNOCKS:
            state.plant.knockPeak = pow(10, fault->value / 20);
            break;
        }
    }
    return state;
}
