import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DictionaryCache } from '@anc/link';

export function defaultCacheDir(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'anc');
}

/** Dictionaries as files by hash. A cache that cannot be read or written is one that is empty: nothing depends on it. */
export function fileCache(folder: string): DictionaryCache {
  const path = (hash: number) =>
    join(folder, `dictionary-${hash.toString(16).padStart(8, '0')}.json`);
  return {
    get: (hash) => readFile(path(hash)).catch(() => null),
    set: async (hash, bytes) => {
      const fresh = `${path(hash)}.${process.pid}`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(fresh, bytes);
        await rename(fresh, path(hash));
      } catch {
        // See above.
      }
    },
  };
}
