import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ErrorObject } from 'ajv';
import { parse } from 'yaml';
import type { Board } from './board.ts';
import { checkBoard } from './check.ts';
import { BoardError, finding, type Finding } from './errors.ts';
import { checkParameters } from './parameters.ts';
import schema from '../board.schema.json' with { type: 'json' };

// `then` requires what `properties` beside it describes: strictRequired would have it said twice.
const validate = new Ajv({
  allErrors: true,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
}).compile<Board>(schema);

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

export interface Examined {
  /** Null when its form alone is wrong. */
  readonly board: Board | null;
  readonly findings: readonly Finding[];
}

/**
 * Everything wrong with one board's YAML. `id` is the name of its folder. Throws BOARD_UNREADABLE for
 * what is no YAML.
 */
export function examineBoard(text: string, id: string, file: string): Examined {
  let data: unknown;
  try {
    data = parse(text);
  } catch (cause) {
    throw new BoardError('BOARD_UNREADABLE', `${file}: ${(cause as Error).message}`, { cause });
  }
  if (!validate(data)) {
    // `if` only says that `then` failed, which has said why itself.
    const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
    return { board: null, findings: errors.map(schemaFinding) };
  }
  const misnamed =
    data.id === id ? [] : [finding('BOARD_ID', '/id', `is '${data.id}', its folder '${id}'`)];
  return { board: data, findings: [...misnamed, ...checkBoard(data)] };
}

function schemaFinding({ instancePath, message, params }: ErrorObject): Finding {
  const { additionalProperty, allowedValues } = params as Record<string, unknown>;
  const name = typeof additionalProperty === 'string' ? ` ('${additionalProperty}')` : '';
  const values = Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : '';
  return finding('BOARD_SCHEMA', instancePath || '/', `${message ?? ''}${name}${values}`);
}

/** One board's YAML, free of faults; warnings pass. */
export function parseBoard(text: string, id: string, file: string): Board {
  const { board, findings } = examineBoard(text, id, file);
  const faults = findings.filter(({ severity }) => severity === 'error');
  if (board && faults.length === 0) return board;
  const what = faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new BoardError('BOARD_INVALID', `${file}: ${what}`, { findings: faults });
}

export interface ExaminedFile extends Examined {
  readonly id: string;
  readonly file: string;
}

/**
 * Examines a board's file, its folder, or a folder of boards; what is no YAML is a finding, too.
 * `tableFile` is the parameter table, for the start values. Throws where no board is found.
 */
export function examinePath(path: string, tableFile: string): readonly ExaminedFile[] {
  const files = path.endsWith('.yaml')
    ? [path]
    : hasBoardFile(path)
      ? [join(path, 'board.yaml')]
      : boardIds(path).map((id) => join(path, id, 'board.yaml'));
  if (files.length === 0)
    throw new BoardError('BOARD_UNREADABLE', `${path} holds no board.yaml, nor do its folders`);
  return files.map((file) => {
    const id = basename(dirname(resolve(file)));
    try {
      const { board, findings } = examineBoard(readText(file), id, file);
      const start = board ? checkParameters(board, tableFile) : [];
      return { id, file, board, findings: [...findings, ...start] };
    } catch (error) {
      if (!(error instanceof BoardError) || files.length === 1) throw error;
      return { id, file, board: null, findings: [finding(error.code, '/', error.message)] };
    }
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BoardError('BOARD_UNREADABLE', (cause as Error).message, { cause });
  }
}

/** The parameter table of the repository that a folder of boards is part of. */
export function parameterTable(folder = boardsFolder()): string {
  return join(dirname(folder), 'firmware', 'protocol', 'parameters.yaml');
}

/** All boards, sorted by id. Throws BoardError at the first invalid one. */
export function loadBoards(folder = boardsFolder()): Board[] {
  return boardIds(folder).map((id) => {
    const file = join(folder, id, 'board.yaml');
    return parseBoard(readText(file), id, file);
  });
}

/** Throws BoardError BOARD_UNKNOWN that lists the known ids. */
export function getBoard(id: string, boards = loadBoards()): Board {
  const board = boards.find((candidate) => candidate.id === id);
  if (board) return board;
  const known = boards.map((candidate) => candidate.id).join(', ');
  throw new BoardError('BOARD_UNKNOWN', `unknown board '${id}': known are ${known}`);
}
