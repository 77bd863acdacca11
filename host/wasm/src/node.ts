/** The entry for Node. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Core, instantiate } from './core.ts';
import { CoreError } from './errors.ts';

export * from './types.ts';

/** The module built in this repository, found upwards of this file or of the bundle it went into; null when not built. */
export function coreFile(): string | null {
  const inTree = join('firmware', 'build', 'wasm', 'anc-core.wasm');
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, inTree))) return join(folder, inTree);
    if (folder === dirname(folder)) return null;
  }
}

/**
 * @param source the module's file, its bytes, or the compiled module; default the one built in this repository
 * @throws CoreError CORE_MISSING, CORE_INVALID
 */
export async function loadCore(
  source: string | BufferSource | WebAssembly.Module | null = coreFile(),
): Promise<Core> {
  if (source !== null && typeof source !== 'string') return instantiate(source);
  const hint = 'Build it: npm run build.';
  if (source === null)
    throw new CoreError('CORE_MISSING', 'firmware/build/wasm/anc-core.wasm is not built.', {
      hint,
    });
  const bytes = await readFile(source).catch((cause: unknown) => {
    const { message } = cause as Error;
    throw new CoreError('CORE_MISSING', `${source} cannot be read: ${message}`, { cause, hint });
  });
  return instantiate(bytes);
}
