/* Generated from boards/ by `npm run generate`. Do not edit. */
#ifndef ANC_GENERATED_BOARDS_H
#define ANC_GENERATED_BOARDS_H

#include <stddef.h>
#include <stdint.h>

/* A start value of one parameter, as text in the parameter's unit. */
typedef struct {
    const char *name, *value;
} board_parameter_t;

typedef struct {
    const char *id, *name;
    uint32_t sampleRateHz, addedLatencySamples, maxTaps, maxSecondaryTaps;
    double outputLimitDb;
    const char *paths, *noise;
    double levelDb, micNoiseDb; /* RMS, dBFS */
    const board_parameter_t *parameters; /* ends with a NULL name */
} board_t;

extern const board_t boards[];
extern const size_t boardCount;

#endif
