import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChipFamily, RealBoard } from './board.ts';
import { chipOf } from './chips.ts';
import { partitionsFile } from './emit-sdkconfig.ts';
import { BoardError, finding, type Finding } from './errors.ts';
import { optionsOf } from './sdkconfig-options.ts';

/** An ESP-IDF as unpacked: its release, and which Kconfig symbols it has for a chip. */
export interface Idf {
  readonly version: string;
  symbolsOf(family: ChipFamily): ReadonlySet<string>;
}

/** `5.4.4` against `5.3`: by numbers, a missing one is 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** tools/cmake/version.cmake sets IDF_VERSION_MAJOR, _MINOR and _PATCH. */
function versionOf(folder: string): string {
  const file = join(folder, 'tools', 'cmake', 'version.cmake');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `${folder} is no ESP-IDF: ${(cause as Error).message}`;
    throw new BoardError('BOARD_IDF_UNREADABLE', message, { cause });
  }
  const numbers = ['MAJOR', 'MINOR', 'PATCH'].map(
    (part) => new RegExp(`set\\(IDF_VERSION_${part} (\\d+)\\)`).exec(text)?.[1],
  );
  if (numbers.includes(undefined))
    throw new BoardError(
      'BOARD_IDF_UNREADABLE',
      `${file} sets no IDF_VERSION_MAJOR, MINOR and PATCH`,
    );
  return numbers.join('.');
}

const skipped = new Set(['.git', 'examples', 'test', 'tests', 'test_apps', 'host_test', 'docs']);

function* kconfigFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !skipped.has(entry.name))
      yield* kconfigFiles(join(folder, entry.name));
    else if (entry.isFile() && entry.name.startsWith('Kconfig')) yield join(folder, entry.name);
  }
}

/** Some files are one chip's alone, by the folder they lie in. */
function isOthers(path: string, family: ChipFamily): boolean {
  return path.split('/').some((name) => /^(esp32|linux)/.test(name) && name !== family);
}

export function openIdf(folder: string): Idf {
  const version = versionOf(folder);
  const files = new Map<string, readonly string[]>();
  for (const file of kconfigFiles(folder)) {
    const text = readFileSync(file, 'utf8');
    const names = [...text.matchAll(/^\s*(?:menu)?config\s+([A-Z0-9_]+)\s*$/gm)];
    files.set(
      file.slice(folder.length),
      names.flatMap(([, name]) => name ?? []),
    );
  }
  return {
    version,
    symbolsOf: (family) =>
      new Set([...files].flatMap(([file, names]) => (isOthers(file, family) ? [] : names))),
  };
}

/** A symbol brought to 5.4.4 and to 5.5.2 is in 5.4.5 and in 6.0, and not in 5.5.1. */
export function hasSince(version: string, since: readonly string[]): boolean {
  const line = (of: string) => of.split('.', 2).join('.');
  const sameLine = since.find((first) => line(first) === line(version));
  if (sameLine) return compareVersions(version, sameLine) >= 0;
  return since.every((first) => compareVersions(version, first) >= 0);
}

/** Whether an ESP-IDF knows every symbol that the board's sdkconfig.defaults sets for its release. */
export function checkKconfig(board: RealBoard, idf: Idf): readonly Finding[] {
  const { family } = board.chip;
  if (compareVersions(idf.version, chipOf(family).sinceIdf) < 0) return [];
  const symbols = idf.symbolsOf(family);
  const options = optionsOf(board, partitionsFile(board.id)).flatMap((group) => group.options);
  return options.flatMap(({ name, since }) => {
    const isExpected = since === undefined || hasSince(idf.version, since);
    if (symbols.has(name) === isExpected) return [];
    const message = isExpected
      ? `ESP-IDF ${idf.version} has no such symbol for the ${family}`
      : `ESP-IDF ${idf.version} has this symbol for the ${family}, said to be new in ${since?.join(' and ')}`;
    return [finding('BOARD_KCONFIG', `CONFIG_${name}`, message)];
  });
}
