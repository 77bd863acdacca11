/** The headset's own firmware before and after, over the same port: what it says it is, and its settings by name. */
import {
  AncError,
  asAncError,
  type HelloResponse,
  LinkSession,
  loadDictionary,
  type ParameterScalar,
} from '@anc/link';
import { FlashError } from './errors.ts';
import type { FlashResult } from './flash-headset.ts';
import type { WebPort } from './web-port.ts';

const linkBaud = 921_600;

export interface RunningHeadset {
  readonly hello: HelloResponse;
  /** Stored values of what a headset stores. */
  readonly stored: Readonly<Record<string, ParameterScalar>>;
  /** Present values of the same: what an export holds. */
  readonly present: Readonly<Record<string, ParameterScalar>>;
}

async function read(session: LinkSession, timeoutMs: number): Promise<RunningHeadset> {
  const hello = await session.open({ timeoutMs });
  // Nothing is kept: with other firmware comes another dictionary.
  const dictionary = await loadDictionary(session, hello, {
    get: async () => null,
    set: async () => {},
  });
  const { ids, values, stored } = await session.request('getParameters', {}, { timeoutMs: 2000 });
  const kept = ids.flatMap((id, i) => {
    const parameter = dictionary.byId(id);
    if (!parameter?.persistent) return [];
    const scalar = (raw: number) => dictionary.fromRaw(parameter, raw);
    return [[parameter.name, scalar(values[i]!), scalar(stored[i]!)] as const];
  });
  return {
    hello,
    present: Object.fromEntries(kept.map(([name, value]) => [name, value])),
    stored: Object.fromEntries(kept.map(([name, , value]) => [name, value])),
  };
}

async function ask(
  port: WebPort,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<RunningHeadset> {
  await port.open({ baudRate: linkBaud });
  const writer = port.writable!.getWriter();
  const reader = port.readable!.getReader();
  let isBusy = false;
  const session = new LinkSession({
    send: (bytes) => void writer.write(bytes).catch(() => {}),
    now: () => performance.now(),
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
  });
  session.on('log', ({ code }) => (isBusy ||= code === 'linkBusy'));
  const abort = () => session.close(asAncError(signal!.reason));
  signal?.addEventListener('abort', abort);
  const pump = async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      session.receive(value);
    }
  };
  const ended = (error?: unknown) =>
    session.close(
      isBusy
        ? new AncError('DEVICE_BUSY', 'the headset is in use by another host')
        : new AncError('TRANSPORT_CLOSED', 'the port was closed', { cause: error }),
    );
  const pumping = pump().then(ended, ended);
  try {
    return await read(session, timeoutMs);
  } finally {
    signal?.removeEventListener('abort', abort);
    session.close();
    await reader.cancel().catch(() => {});
    await pumping;
    reader.releaseLock();
    await writer.ready.catch(() => {});
    writer.releaseLock();
    await port.close().catch(() => {});
  }
}

/** Without these nothing else will work either. */
const fatal = new Set([
  'DEVICE_NOT_FOUND',
  'DEVICE_NO_PERMISSION',
  'DEVICE_URI_INVALID',
  'DEVICE_BUSY',
]);

/** Null when nothing at this port speaks the link: blank, stuck, or in its loader. Errors: those of the port. */
export async function askHeadset(
  port: WebPort,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<RunningHeadset | null> {
  return ask(port, timeoutMs, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (fatal.has(asAncError(error).code)) throw error;
    return null;
  });
}

async function waitFor(
  port: WebPort,
  waitMs: number,
  signal?: AbortSignal,
): Promise<RunningHeadset | AncError> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await ask(port, 1000, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (performance.now() > deadline) return asAncError(error);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Of the settings that both know: name, before, after. */
function changedSettings(before: RunningHeadset, after: RunningHeadset): string[] {
  return Object.entries(before.stored).flatMap(([name, value]) => {
    const now = after.stored[name];
    if (now === undefined || now === value) return [];
    return [`${name} was ${String(value)}, is ${String(now)}`];
  });
}

export interface ReturnOptions {
  readonly waitMs: number;
  readonly before: RunningHeadset | null;
  readonly eraseSettings?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * The headset once it is back, with its new version and its settings.
 * Errors: FLASH_NOT_BACK, FLASH_NOT_RUNNING, FLASH_SETTINGS_CHANGED.
 */
export async function returned(
  port: WebPort,
  done: FlashResult,
  { waitMs, before, eraseSettings, signal }: ReturnOptions,
): Promise<RunningHeadset> {
  const after = await waitFor(port, waitMs, signal);
  const written = `firmware ${done.version} is written and compared, but the headset`;
  if (after instanceof AncError)
    throw new FlashError('FLASH_NOT_BACK', `${written} does not answer: ${after.message}`, {
      device: 'new',
      cause: after,
    });
  const { firmwareVersion } = after.hello;
  if (firmwareVersion !== done.version)
    throw new FlashError('FLASH_NOT_RUNNING', `${written} runs ${firmwareVersion}`, {
      device: 'either',
    });
  const changes = before && !eraseSettings ? changedSettings(before, after) : [];
  if (changes.length > 0)
    throw new FlashError('FLASH_SETTINGS_CHANGED', changes.join('; '), { device: 'new' });
  return after;
}

/** As `anc params export` writes it: `anc params import` brings it back. */
export function exportOf({ hello, present }: RunningHeadset): string {
  const { board, firmwareVersion } = hello;
  return `${JSON.stringify({ anc: 1, board, firmwareVersion, parameters: present }, null, 2)}\n`;
}
