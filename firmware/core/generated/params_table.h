/* Generated from firmware/protocol/ by `npm run generate`. Do not edit. */
#ifndef ANC_GENERATED_PARAMS_TABLE_H
#define ANC_GENERATED_PARAMS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Index of each parameter in paramTable and params_t; not the id. */
enum {
    PARAM_MODE,
    PARAM_START_MODE,
    PARAM_ADAPT,
    PARAM_MUTE,
    PARAM_TAPS,
    PARAM_STEP_SIZE,
    PARAM_LEAKAGE,
    PARAM_ENERGY_FLOOR_DB,
    PARAM_ALGORITHM,
    PARAM_FOLLOW_PATH,
    PARAM_FILTER_FORM,
    PARAM_OUTPUT_LIMIT_DB,
    PARAM_TRANSPARENCY_GAIN_DB,
    PARAM_DIVERGENCE_THRESHOLD_DB,
    PARAM_DIVERGENCE_HOLD_MS,
    PARAM_ROLLBACK_MAX,
    PARAM_TELEMETRY_RATE_HZ,
    PARAM_COUNT
};

enum { PARAM_TYPE_INT, PARAM_TYPE_BOOL, PARAM_TYPE_ENUM };

/* min, max, step and initial are raw: value * 10^decimals. */
typedef struct {
    uint16_t id;
    uint8_t type, decimals;
    bool persistent;
    int32_t min, max, step, initial;
    const char *name;
    const char *const *values; /* texts of an enum; NULL for other types */
} param_info_t;

extern const param_info_t paramTable[PARAM_COUNT];

/* The dictionary as it is served: compact JSON, not terminated. Its hash is the CRC-32 of it. */
extern const uint8_t paramDictionary[];
extern const uint32_t paramDictionaryBytes, paramDictionaryHash;

#endif
