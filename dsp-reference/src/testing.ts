/** Where tests find the measured paths and recordings, which are not part of the project. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, upwards of this file or of the bundle that it went into. */
function findRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'dsp-reference', 'package.json'))) return folder;
    if (folder === dirname(folder)) return start;
  }
}

export const ROOT = findRoot();

/** ANC_DATA, seen from the repository's root; default ../shared/data. */
export const DATA_FOLDER = resolve(ROOT, process.env.ANC_DATA ?? '../shared/data');

export function dataFile(...parts: string[]): string {
  return resolve(DATA_FOLDER, ...parts);
}

/** Why tests that need the data are skipped; false when it is there. For `describe.skipIf`. */
export const DATA_MISSING: string | false = existsSync(dataFile('paths'))
  ? false
  : `no data in ${DATA_FOLDER} (set ANC_DATA)`;
