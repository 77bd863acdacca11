/* Generated from boards/ by `npm run generate`. Do not edit. */
#include "boards.h"

static const board_parameter_t parameters0[] = {
    {NULL, NULL},
};

static const board_parameter_t parameters1[] = {
    {NULL, NULL},
};

const board_t boards[] = {
    {
        .id = "virtual-i2s",
        .name = "Virtual headset, ordinary I2S codec",
        .sampleRateHz = 48000,
        .addedLatencySamples = 48,
        .maxTaps = 1024,
        .maxSecondaryTaps = 512,
        .outputLimitDb = -1.0,
        .paths = "builtin",
        .noise = "engine",
        .levelDb = -23.0,
        .micNoiseDb = -90.0,
        .parameters = parameters0,
    },
    {
        .id = "virtual-lowlatency",
        .name = "Virtual headset, low-latency codec",
        .sampleRateHz = 48000,
        .addedLatencySamples = 5,
        .maxTaps = 1024,
        .maxSecondaryTaps = 512,
        .outputLimitDb = -1.0,
        .paths = "builtin",
        .noise = "cabin",
        .levelDb = -23.0,
        .micNoiseDb = -90.0,
        .parameters = parameters1,
    },
};
const size_t boardCount = sizeof boards / sizeof *boards;
