import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import type { Board } from './board.ts';
import { BoardError } from './errors.ts';
import schema from '../board.schema.json' with { type: 'json' };

const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile<Board>(
  schema,
);

/** The repository's boards/ folder, found upwards of `start`; sources and bundles lie at different depths. */
export function boardsFolder(start = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = start; ; folder = dirname(folder)) {
    for (const candidate of [folder, join(folder, 'boards')]) {
      if (boardIds(candidate).length > 0) return candidate;
    }
    if (dirname(folder) === folder) {
      throw new BoardError('BOARD_UNREADABLE', `no folder with boards at or above ${start}`);
    }
  }
}

function boardIds(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: false })
      .filter((entry) => entry.isDirectory() && hasBoardFile(join(folder, entry.name)))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

function hasBoardFile(folder: string): boolean {
  try {
    return readdirSync(folder).includes('board.yaml');
  } catch {
    return false;
  }
}

/** Reads and checks one board's YAML. `id` is the name of its folder. */
export function parseBoard(text: string, id: string, file: string): Board {
  let data: unknown;
  try {
    data = parse(text);
  } catch (cause) {
    throw new BoardError('BOARD_UNREADABLE', `${file}: ${(cause as Error).message}`, { cause });
  }
  if (!validate(data)) {
    const all = validate.errors ?? [];
    const what = all.map((e) => `${e.instancePath || '/'} ${e.message ?? ''}${extra(e.params)}`);
    throw new BoardError('BOARD_INVALID', `${file}: ${what.join('; ')}`);
  }
  if (data.id !== id) {
    throw new BoardError('BOARD_INVALID', `${file}: id is '${data.id}', its folder '${id}'`);
  }
  checkLatency(data, file);
  return data;
}

function extra(params: Record<string, unknown>): string {
  const name = params['additionalProperty'];
  return typeof name === 'string' ? ` ('${name}')` : '';
}

/** The figure used must cover its parts, and not by more than a sample. */
function checkLatency(board: Board, file: string): void {
  const sumUs = board.latency.parts.reduce((sum, part) => sum + part.microseconds, 0);
  const samples = (sumUs * board.sampleRateHz) / 1e6;
  const added = board.latency.addedSamples;
  if (added < samples - 0.01 || added > samples + 1) {
    throw new BoardError(
      'BOARD_INVALID',
      `${file}: latency.addedSamples is ${added}, its parts sum to ${samples.toFixed(2)} samples`,
    );
  }
}

/** All boards, sorted by id. Throws BoardError at the first invalid one. */
export function loadBoards(folder = boardsFolder()): Board[] {
  return boardIds(folder).map((id) => {
    const file = join(folder, id, 'board.yaml');
    return parseBoard(readFileSync(file, 'utf8'), id, file);
  });
}

/** Throws BoardError BOARD_UNKNOWN that lists the known ids. */
export function getBoard(id: string, boards = loadBoards()): Board {
  const board = boards.find((candidate) => candidate.id === id);
  if (board) return board;
  const known = boards.map((candidate) => candidate.id).join(', ');
  throw new BoardError('BOARD_UNKNOWN', `unknown board '${id}': known are ${known}`);
}
