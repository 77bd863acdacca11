import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AncError } from '@anc/link';
import { openOwn, queryOptions, saidError, startProgram, type Started } from './own-headset.ts';
import type { Transport } from './transport.ts';

/** What a build of this repository made, seen from the sources or the bundle; null when it is not there. */
export function builtFile(path: string): string | null {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    if (existsSync(join(dir, path))) return join(dir, path);
    if (dir === dirname(dir)) return null;
  }
}

/** The virtual headset's program: ANC_VIRTUAL, else the one built in this repository. Errors: SIM_NOT_BUILT. */
export function virtualHeadsetProgram(): string {
  const inTree = join('firmware', 'build', 'native', 'anc-virtual');
  const program = process.env['ANC_VIRTUAL'] ?? builtFile(inTree);
  if (!program) throw new AncError('SIM_NOT_BUILT', `there is no ${inTree}`);
  return program;
}

/** Starts a virtual headset on any free port. It ends with this process, because its standard input does. */
function start(uri: string): Promise<Started> {
  const command = virtualHeadsetProgram();
  const options = queryOptions(uri).map(([name, value]) =>
    value === null ? `--${name}` : `--${name}=${value}`,
  );
  const hasPort = options.some((option) => /^--tcp(=|$)/.test(option));
  return startProgram({
    command,
    args: [...(hasPort ? [] : ['--tcp=0']), '--exit-with-stdin', ...options],
    missing: (cause) =>
      new AncError('SIM_NOT_BUILT', `${command} cannot be started: ${cause.message}`, { cause }),
    failed: (said, how) =>
      saidError(said) ??
      new AncError('SIM_FAILED', `the virtual headset ${said.trim().split('\n').at(-1) || how}`),
    address: /"event":"listening".*"tcp":"([^"]+)"/,
  });
}

/**
 * `sim:[?OPTIONS]`: a virtual headset of one's own. It outlives the connection by some seconds: after a restart of the
 * headset the same one is found again.
 * Errors: SIM_NOT_BUILT, SIM_FAILED, those of its options.
 */
export function openSim(uri: string, signal?: AbortSignal): Promise<Transport> {
  return openOwn(uri, 'virtual headset', () => start(uri), signal);
}
