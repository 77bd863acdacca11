/* Generated from boards/ by `npm run generate`. Do not edit. */
#include "boards.h"

static const board_parameter_t parameters0[] = {
    {"taps", "256"},
    {"algorithm", "fxnlms"},
    {NULL, NULL},
};

static const board_parameter_t parameters1[] = {
    {"taps", "256"},
    {"algorithm", "fxnlms"},
    {NULL, NULL},
};

static const board_parameter_t parameters2[] = {
    {"taps", "256"},
    {"algorithm", "fxnlms"},
    {NULL, NULL},
};

const board_t boards[] = {
    {
        .id = "qemu-rv32imac",
        .name = "Emulated chip, rv32imac",
        .sampleRateHz = 48000,
        .addedLatencySamples = 5,
        .maxTaps = 1024,
        .maxSecondaryTaps = 512,
        .outputLimitDb = -1.0,
        .paths = "builtin",
        .noise = "cabin",
        .levelDb = -23.0,
        .micNoiseDb = -90.0,
        .parameters = parameters0,
    },
    {
        .id = "qemu-rv32imafc",
        .name = "Emulated chip, rv32imafc",
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
    {
        .id = "qemu-rv32imc",
        .name = "Emulated chip, rv32imc",
        .sampleRateHz = 48000,
        .addedLatencySamples = 5,
        .maxTaps = 1024,
        .maxSecondaryTaps = 512,
        .outputLimitDb = -1.0,
        .paths = "builtin",
        .noise = "cabin",
        .levelDb = -23.0,
        .micNoiseDb = -90.0,
        .parameters = parameters2,
    },
};
const size_t boardCount = sizeof boards / sizeof *boards;
