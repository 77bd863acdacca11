/** A headset that is a process of one's own: started for a URI, found again for a while, ended with this process. */
import { EventEmitter } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { AncError } from '@anc/link';
import { openTcp } from './tcp.ts';
import { type Transport, TransportEvents } from './transport.ts';

const startTimeoutMs = 15_000;
const endTimeoutMs = 2000;
/** Of what a program says, for the error when it fails. */
const saidBytes = 10_000;

export interface Started {
  readonly child: ChildProcess;
  /** HOST:PORT */
  readonly address: string;
  /** Resolves when the headset in the process runs, which may need a connection first. */
  readonly ready: Promise<void>;
  /** Called when the headset has begun anew: another connection is to be made. */
  readonly onRestart: (listener: () => void) => void;
}

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Of what cannot be started at all. */
  readonly missing: (error: Error) => AncError;
  /** Of one that ended; what it said on both outputs, and how. */
  readonly failed: (said: string, how: string) => AncError;
  /** The address in a line of its outputs. */
  readonly address: RegExp;
  /** What it prints on standard output whenever the headset in it begins to run; without it, that is by then. */
  readonly running?: RegExp;
}

/** The query's options, decoded: `?noise=cabin&no-guards` → [['noise', 'cabin'], ['no-guards', null]]. */
export function queryOptions(uri: string): [name: string, value: string | null][] {
  const query = /\?(.*)$/s.exec(uri)?.[1] ?? '';
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name, ...value] = part
        .split('=')
        .map((text) => decodeURIComponent(text.replaceAll('+', ' ')));
      return [name!, value.length === 0 ? null : value.join('=')];
    });
}

/** An error that carries the program's own code, words and hint, when it said any. */
export function saidError(said: string): AncError | null {
  const match = /error\[([A-Z_]+)\]: (.*)/.exec(said);
  const hint = /hint: (.*)/.exec(said)?.[1];
  if (!match) return null;
  return new AncError(match[1]!, match[2]!.trim(), hint === undefined ? {} : { hint: hint.trim() });
}

/** Starts it and waits for its address. */
export function startProgram(program: Program): Promise<Started> {
  const { command, args, missing, failed, address, running } = program;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const restarts = new EventEmitter();
    let said = '';
    let isRunning = running === undefined;
    let setRunning = (_: AncError | null) => {};
    const ready = new Promise<void>((resolveReady, rejectReady) => {
      setRunning = (error) => (error ? rejectReady(error) : resolveReady());
    });
    ready.catch(() => {});
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(failed(said, `did not start within ${startTimeoutMs} ms`));
    }, startTimeoutMs);
    const hear = (line: string) => {
      if (said.length < saidBytes) said += `${line}\n`;
      const found = address.exec(line)?.[1];
      if (!found) return;
      clearTimeout(timer);
      if (isRunning) setRunning(null);
      resolve({ child, address: found, ready, onRestart: (on) => restarts.once('restart', on) });
    };
    const hearRunning = (line: string) => {
      if (!running?.test(line)) return;
      if (isRunning) restarts.emit('restart');
      isRunning = true;
      setRunning(null);
    };
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(missing(error));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const error = failed(said, `ended with ${signal ?? `status ${code}`}`);
      setRunning(error);
      reject(error);
    });
    createInterface({ input: child.stderr }).on('line', hear);
    createInterface({ input: child.stdout }).on('line', (line) => {
      hear(line);
      hearRunning(line);
    });
  });
}

export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Ends it, politely first. */
export function endProcess(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (hasEnded(child)) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdin?.end();
    child.kill('SIGTERM');
  });
}

/** How long such a headset outlives its connection, so that a reconnection finds the same one. */
const lingerMs = 5000;
const lingering = new Map<string, Started & { readonly timer: ReturnType<typeof setTimeout> }>();

function linger(uri: string, started: Started): void {
  const { child } = started;
  if (hasEnded(child)) return;
  const timer = setTimeout(() => {
    lingering.delete(uri);
    void endProcess(child);
  }, lingerMs);
  // Neither may keep this process alive; the headset ends with it.
  timer.unref();
  child.unref();
  for (const stream of child.stdio) (stream as { unref?: () => void } | null)?.unref?.();
  lingering.set(uri, { ...started, timer });
}

async function startOrFind(uri: string, start: () => Promise<Started>): Promise<Started> {
  const found = lingering.get(uri);
  lingering.delete(uri);
  if (!found) return start();
  clearTimeout(found.timer);
  return hasEnded(found.child) ? start() : found;
}

/** Connects to the headset of that URI, started when none lingers. `what` it is, for people. */
export async function openOwn(
  uri: string,
  what: string,
  start: () => Promise<Started>,
  signal?: AbortSignal,
): Promise<Transport> {
  const started = await startOrFind(uri, start);
  const { child, address } = started;
  const tcp = await openTcp(`tcp://${address}`, signal).catch(async (error: unknown) => {
    await endProcess(child);
    throw error;
  });
  try {
    await started.ready;
  } catch (error) {
    await tcp.close();
    throw error;
  }
  const events = new TransportEvents();
  tcp.onData((chunk) => events.data(chunk));
  tcp.onClosed((error) => events.closed(error));
  const onExit = () => void child.kill('SIGKILL');
  process.once('exit', onExit);
  const lost = (how: string) =>
    events.closed(new AncError('TRANSPORT_CLOSED', `the ${what} ${how}`));
  child.once('exit', (code, by) => lost(`ended with ${by ?? `status ${code}`}`));
  started.onRestart(() => lost('restarted'));
  return {
    uri,
    description: `${what}, process ${child.pid} at ${address}`,
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
