/** Where tests find the measured paths and recordings, which are not part of the project. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** ANC_DATA, seen from the repository's root; default ../shared/data. */
export const DATA_FOLDER = resolve(ROOT, process.env.ANC_DATA ?? '../shared/data');

export function dataFile(...parts: string[]): string {
  return resolve(DATA_FOLDER, ...parts);
}

/** Why tests that need the data are skipped; false when it is there. For `describe.skipIf`. */
export const DATA_MISSING: string | false = existsSync(dataFile('paths'))
  ? false
  : `no data in ${DATA_FOLDER} (set ANC_DATA)`;
