import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AncError } from '@anc/link';
import { openTcp } from './tcp.ts';
import { type Transport, TransportEvents } from './transport.ts';

const startTimeoutMs = 15_000;
const endTimeoutMs = 2000;

/** The virtual headset's program: ANC_VIRTUAL, else the one built in this repository. Errors: SIM_NOT_BUILT. */
export function virtualHeadsetProgram(): string {
  const given = process.env['ANC_VIRTUAL'];
  if (given) return given;
  const inTree = join('firmware', 'build', 'native', 'anc-virtual');
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    if (existsSync(join(dir, inTree))) return join(dir, inTree);
    if (dir === dirname(dir)) throw new AncError('SIM_NOT_BUILT', `there is no ${inTree}`);
  }
}

/** The query's options as a command line: `?noise=cabin&exit-with-stdin` → --noise=cabin --exit-with-stdin. */
export function simArguments(uri: string): string[] {
  const query = uri.replace(/^sim:\??/, '');
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name, ...value] = part
        .split('=')
        .map((text) => decodeURIComponent(text.replaceAll('+', ' ')));
      return value.length === 0 ? `--${name}` : `--${name}=${value.join('=')}`;
    });
}

interface Started {
  readonly child: ChildProcess;
  readonly address: string;
}

/** Ends with a SIM_ error that carries the program's own code and words. */
function failure(stderr: string, fallback: string): AncError {
  const said = /error\[([A-Z_]+)\]: (.*)/.exec(stderr);
  const hint = /hint: (.*)/.exec(stderr)?.[1];
  if (said) return new AncError(said[1]!, said[2]!, hint === undefined ? {} : { hint });
  return new AncError(
    'SIM_FAILED',
    `the virtual headset ${stderr.trim().split('\n').at(-1) || fallback}`,
  );
}

/** Starts a virtual headset on any free port. It ends with this process, because its standard input does. */
export function startVirtualHeadset(options: readonly string[]): Promise<Started> {
  const program = virtualHeadsetProgram();
  const hasPort = options.some((option) => /^--tcp(=|$)/.test(option));
  const args = [...(hasPort ? [] : ['--tcp=0']), '--exit-with-stdin', ...options];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(failure(stderr, `did not start within ${startTimeoutMs} ms`));
    }, startTimeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(
        new AncError('SIM_NOT_BUILT', `${program} cannot be started: ${error.message}`, {
          cause: error,
        }),
      );
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      reject(failure(stderr, `ended with ${signal ?? `status ${code}`}`));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = /"event":"listening".*"tcp":"([^"]+)"/.exec(line)?.[1];
      if (!address) return;
      clearTimeout(timer);
      resolve({ child, address });
    });
  });
}

/** Ends it, politely first. */
export function endVirtualHeadset(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdin?.end();
    child.kill('SIGTERM');
  });
}

/** How long a virtual headset outlives its connection, so that a reconnection finds the same one. */
const lingerMs = 5000;
const lingering = new Map<string, Started & { readonly timer: ReturnType<typeof setTimeout> }>();

function linger(uri: string, started: Started): void {
  const { child } = started;
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => {
    lingering.delete(uri);
    void endVirtualHeadset(child);
  }, lingerMs);
  // Neither may keep this process alive; when it ends, the headset's standard input does.
  timer.unref();
  child.unref();
  for (const stream of child.stdio) (stream as { unref?: () => void } | null)?.unref?.();
  lingering.set(uri, { ...started, timer });
}

async function startOrFind(uri: string): Promise<Started> {
  const found = lingering.get(uri);
  lingering.delete(uri);
  if (!found) return startVirtualHeadset(simArguments(uri));
  clearTimeout(found.timer);
  if (found.child.exitCode === null && found.child.signalCode === null) return found;
  return startVirtualHeadset(simArguments(uri));
}

/**
 * `sim:[?OPTIONS]`: a virtual headset of one's own. It outlives the connection by some seconds: after a restart of the
 * headset the same one is found again.
 * Errors: SIM_NOT_BUILT, SIM_FAILED, those of its options.
 */
export async function openSim(uri: string, signal?: AbortSignal): Promise<Transport> {
  const started = await startOrFind(uri);
  const { child, address } = started;
  const tcp = await openTcp(`tcp://${address}`, signal).catch(async (error: unknown) => {
    await endVirtualHeadset(child);
    throw error;
  });
  const events = new TransportEvents();
  tcp.onData((chunk) => events.data(chunk));
  tcp.onClosed((error) => events.closed(error));
  const onExit = () => void child.kill('SIGKILL');
  process.once('exit', onExit);
  child.once('exit', (code, by) =>
    events.closed(
      new AncError('TRANSPORT_CLOSED', `the virtual headset ended with ${by ?? `status ${code}`}`),
    ),
  );
  return {
    uri,
    description: `virtual headset, process ${child.pid} at ${address}`,
    write: (bytes) => tcp.write(bytes),
    onData: (listener) => events.onData(listener),
    onClosed: (listener) => events.onClosed(listener),
    close: async () => {
      events.closed(null);
      process.off('exit', onExit);
      await tcp.close();
      if (!lingering.has(uri)) linger(uri, started);
    },
  };
}
