import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The bundled worker, found upwards of this file or of the bundle it went into; null when not built. */
export function workerFile(): string | null {
  const inTree = join('host', 'dist', 'session-worker.mjs');
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, inTree))) return join(folder, inTree);
    if (folder === dirname(folder)) return null;
  }
}
