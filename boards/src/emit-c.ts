import type { Board } from './board.ts';

const notice = '/* Generated from boards/ by `npm run generate`. Do not edit. */';

/** A C string literal of printable ASCII; board files may hold more than that. */
export function literal(text: string): string {
  const ascii = text.replaceAll('µ', 'u').replace(/[^\x20-\x7e]/g, '?');
  return `"${ascii.replace(/["\\]/g, '\\$&')}"`;
}

export function emitHeader(): string {
  return `${notice}
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
`;
}

function number(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function emitBoard(board: Board, index: number): string {
  const { acoustics, limits } = board;
  return `    {
        .id = ${literal(board.id)},
        .name = ${literal(board.name)},
        .sampleRateHz = ${board.sampleRateHz},
        .addedLatencySamples = ${board.latency.addedSamples},
        .maxTaps = ${limits.maxTaps},
        .maxSecondaryTaps = ${limits.maxSecondaryTaps},
        .outputLimitDb = ${number(limits.outputLimitDb)},
        .paths = ${literal(acoustics.paths)},
        .noise = ${literal(acoustics.noise)},
        .levelDb = ${number(acoustics.levelDb)},
        .micNoiseDb = ${number(acoustics.micNoiseDb)},
        .parameters = parameters${index},
    },`;
}

export function emitSource(boards: readonly Board[]): string {
  const parameters = boards.map((board, index) => {
    const rows = Object.entries(board.parameters).map(
      ([name, value]) => `    {${literal(name)}, ${literal(String(value))}},\n`,
    );
    return `static const board_parameter_t parameters${index}[] = {\n${rows.join('')}    {NULL, NULL},\n};\n`;
  });
  return `${notice}
#include "boards.h"

${parameters.join('\n')}
const board_t boards[] = {
${boards.map(emitBoard).join('\n')}
};
const size_t boardCount = sizeof boards / sizeof *boards;
`;
}
