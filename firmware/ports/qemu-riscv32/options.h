/* What the host asked for: docs/emulated-chips.md. Lines of name=value, from QEMU's command line.
 */
#ifndef ANC_QEMU_OPTIONS_H
#define ANC_QEMU_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "generated/boards.h"

enum { OPTIONS_BYTES = 4096, OPTIONS_SETTINGS = 64 };

typedef struct {
    char text[OPTIONS_BYTES]; /* the strings below lie in it */
    const board_t *board;
    const char *noise, *paths, *serialNumber;
    double levelDb, micNoiseDb;
    unsigned latencySamples;
    uint32_t seed;
    bool hasModel, hasGuards, safeMode;
    const char *settings[OPTIONS_SETTINGS]; /* name=value */
    int settingCount;
} options_t;

/* text: lines of name=value, or NULL. Switches the machine off on anything wrong. */
void options_read(options_t *options, const char *text);

#endif
