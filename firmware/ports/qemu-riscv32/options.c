#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixed_plant.h"
#include "machine.h"

/* In soft floats the detectors take twice what the rest of the audio does. */
#ifdef __riscv_flen
static const bool HAS_FLOATS = true;
#else
static const bool HAS_FLOATS = false;
#endif
static const char SEE[] = "docs/emulated-chips.md lists the options.";

__attribute__((noreturn)) static void refuse(const char *name, const char *what) {
    char text[160];
    snprintf(text, sizeof text, "%.60s %.80s", name, what);
    machine_fail(MACHINE_BAD_INPUT, "OPTION_INVALID", SEE, text);
}

/* Whole numbers are enough for picolibc's printf without floats. */
static double number(const char *name, const char *text, int min, int max) {
    char *end;
    const double value = strtod(text, &end);
    if (end != text && *end == '\0' && value >= min && value <= max) return value;
    char what[96];
    snprintf(what, sizeof what, "takes %d..%d, not '%.32s'", min, max, text);
    refuse(name, what);
}

static uint32_t whole(const char *name, const char *text, uint32_t max) {
    char *end;
    const unsigned long long value = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && *end == '\0' && value <= max) return (uint32_t)value;
    char what[96];
    snprintf(what, sizeof what, "takes a whole number 0..%lu, not '%.32s'", (unsigned long)max,
             text);
    refuse(name, what);
}

static const board_t *board(const char *id) {
    for (size_t i = 0; i < boardCount; i++)
        if (strcmp(boards[i].id, id) == 0) return &boards[i];
    refuse(id, "is no board of this image");
}

static bool model(const char *text) {
    if (strcmp(text, "exact") == 0) return true;
    if (strcmp(text, "none") == 0) return false;
    refuse("secondary-model", "takes exact or none");
}

static void take(options_t *o, const char *name, char *value) {
    const bool withGuards = strcmp(name, "guards") == 0;
    if (!value && (withGuards || strcmp(name, "no-guards") == 0)) {
        o->hasGuards = withGuards;
        return;
    }
    if (!value && strcmp(name, "safe-mode") == 0) {
        o->safeMode = true;
        return;
    }
    if (!value) refuse(name, "is no option, or lacks its value");
    if (strcmp(name, "noise") == 0) {
        o->noise = value;
    } else if (strcmp(name, "paths") == 0) {
        o->paths = value;
    } else if (strcmp(name, "serial-number") == 0) {
        o->serialNumber = value;
    } else if (strcmp(name, "level-db") == 0) {
        o->levelDb = number(name, value, -60, 0);
    } else if (strcmp(name, "mic-noise-db") == 0) {
        o->micNoiseDb = number(name, value, -200, 0);
    } else if (strcmp(name, "latency") == 0) {
        o->latencySamples = whole(name, value, FIXED_PLANT_MAX_LATENCY);
    } else if (strcmp(name, "seed") == 0) {
        o->seed = whole(name, value, UINT32_MAX);
    } else if (strcmp(name, "secondary-model") == 0) {
        o->hasModel = model(value);
    } else if (strcmp(name, "set") == 0) {
        if (o->settingCount == OPTIONS_SETTINGS || !strchr(value, '='))
            refuse(name, "takes NAME=VALUE, 64 times at most");
        o->settings[o->settingCount++] = value;
    } else {
        refuse(name, "is no option of an emulated chip");
    }
}

void options_read(options_t *o, const char *text) {
    memset(o, 0, sizeof *o);
    o->board = board(ANC_BOARD);
    o->noise = o->board->noise;
    o->paths = o->board->paths;
    o->levelDb = o->board->levelDb;
    o->micNoiseDb = o->board->micNoiseDb;
    o->latencySamples = o->board->addedLatencySamples;
    o->serialNumber = "Q1";
    o->seed = 1;
    o->hasModel = true;
    o->hasGuards = HAS_FLOATS;
    if (!text) return;
    if (strlen(text) >= sizeof o->text) refuse("options:", "more than 4095 bytes");
    strcpy(o->text, text);
    for (char *line = o->text, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = '\0';
        char *value = strchr(line, '=');
        if (value) *value++ = '\0';
        take(o, line, value);
    }
}
