import { PageError } from './page-error.ts';

let compiled: Promise<WebAssembly.Module> | null = null;

/** The WebAssembly core, fetched and compiled once a page. @throws PageError CORE_MISSING, CORE_INVALID */
export function coreModule(): Promise<WebAssembly.Module> {
  compiled ??= load().catch((error: unknown) => {
    compiled = null;
    throw error;
  });
  return compiled;
}

async function load(): Promise<WebAssembly.Module> {
  const response = await fetch('/anc-core.wasm').catch(() => null);
  if (!response?.ok)
    throw new PageError('CORE_MISSING', 'The canceller cannot be fetched from the server.', {
      hint: 'Look at the network, then load the page again.',
    });
  const bytes = await response.arrayBuffer();
  return WebAssembly.compile(bytes).catch((cause: unknown) => {
    throw new PageError('CORE_INVALID', 'This browser cannot run the canceller.', {
      cause,
      hint: 'WebAssembly with SIMD is needed: Chrome 91, Firefox 89, Safari 16.4 or newer.',
    });
  });
}
