/* The command line: docs/virtual-headset.md. */
#ifndef ANC_VIRTUAL_OPTIONS_H
#define ANC_VIRTUAL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "faults.h"
#include "generated/boards.h"

enum { MAX_SETTINGS = 64, MAX_FAULTS = 32 };

typedef struct {
    const board_t *board;
    bool tcp, pty;
    unsigned tcpPort;
    const char *ptyLink;
    const char *noise, *paths, *secondary, *record, *store, *serialNumber, *secondaryModel;
    const char *slots; /* NULL: one firmware, which is this program */
    double levelDb, micNoiseDb;
    unsigned latencySamples;
    uint32_t seed;
    double speed;   /* 0: as fast as it goes */
    double seconds; /* 0: until it is ended */
    bool exitWithStdin;
    bool noGuards;
    bool safeMode;
    unsigned trialMs;                   /* 0: the core's */
    const char *settings[MAX_SETTINGS]; /* name=value */
    int settingCount;
    fault_t faults[MAX_FAULTS];
    int faultCount;
} options_t;

/* Ends the program on --help (0) and on anything wrong (2). */
options_t options_parse(int argc, char **argv);

#endif
