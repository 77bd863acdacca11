/** The entry for browsers. */
import { type Core, instantiate } from './core.ts';
import { CoreError } from './errors.ts';

export * from './types.ts';

/**
 * @param source where the module is, its bytes, or the compiled module; default `anc-core.wasm` beside the page
 * @throws CoreError CORE_MISSING, CORE_INVALID
 */
export async function loadCore(
  source: string | URL | BufferSource | WebAssembly.Module = 'anc-core.wasm',
): Promise<Core> {
  if (typeof source !== 'string' && !(source instanceof URL)) return instantiate(source);
  const response = await fetch(source).catch((cause: unknown) => {
    throw missing(source, (cause as Error).message, cause);
  });
  if (!response.ok) throw missing(source, `status ${response.status}`);
  return instantiate(await response.arrayBuffer());
}

function missing(source: string | URL, why: string, cause?: unknown): CoreError {
  return new CoreError('CORE_MISSING', `${String(source)} cannot be fetched: ${why}.`, {
    cause,
    hint: 'Serve firmware/build/wasm/anc-core.wasm there.',
  });
}
