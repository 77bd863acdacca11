/** What the verbs that talk to a headset share: which one, how long, until when. */
import { createWriteStream } from 'node:fs';
import { AncError, CaptureWriter } from '@anc/link';
import type { Command } from 'commander';
import type { Device } from '../device/index.ts';

export interface DeviceOptions {
  device?: string;
  capture?: string;
  timeout?: string;
}

/** The options of every verb that talks to a headset. */
export function withDevice(command: Command): Command {
  return command
    .option(
      '-d, --device <uri>',
      'headset: serial:///dev/…, tcp://HOST:PORT, pty:/dev/pts/N, sim:?noise=cabin, qemu:rv32imc (default: ANC_DEVICE, else the only one found)',
    )
    .option('--capture <file>', 'write every frame to a file, for `anc parse`')
    .option('--timeout <ms>', 'how long to wait for the first answer', '3000');
}

function table(devices: readonly { uri: string; status: string; description: string }[]): string {
  return devices
    .map(({ uri, status, description }) => `${uri} (${status}, ${description})`)
    .join('; ');
}

/** The URI given, that of ANC_DEVICE, or of the only headset found. Errors: DEVICE_NONE, DEVICE_SEVERAL, DEVICE_BUSY, DEVICE_NO_PERMISSION. */
export async function chooseDevice(given: string | undefined): Promise<string> {
  const named = given ?? process.env['ANC_DEVICE'];
  if (named) return named;
  const { discover } = await import('../device/index.ts');
  const found = await discover();
  const free = found.filter(({ status }) => status === 'free');
  if (free.length === 1) return free[0]!.uri;
  if (free.length > 1)
    throw new AncError('DEVICE_SEVERAL', `there are several headsets: ${table(free)}`);
  if (found.length === 0) throw new AncError('DEVICE_NONE', 'no headset is connected');
  const refused = found.every(({ status }) => status === 'no permission');
  throw new AncError(
    refused ? 'DEVICE_NO_PERMISSION' : 'DEVICE_BUSY',
    `no headset is free: ${table(found)}`,
  );
}

export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new AncError('USAGE', `--${name} takes a whole number ${min}..${max}, not '${text}'`);
}

export function positiveNumber(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new AncError('USAGE', `--${name} takes a number above 0, not '${text}'`);
}

/** Runs `use` with a signal that Ctrl-C aborts. */
export async function interruptible<T>(use: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new AncError('INTERRUPTED', 'interrupted'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    return await use(interrupt.signal);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Connects, runs `use` and lets go of the headset whatever happens; Ctrl-C aborts `signal`. */
export async function useDevice<T>(
  options: DeviceOptions,
  use: (device: Device, signal: AbortSignal) => Promise<T>,
  { reconnect = false }: { reconnect?: boolean } = {},
): Promise<T> {
  const timeoutMs = wholeNumber('timeout', options.timeout ?? '3000', 1, 600_000);
  const uri = await chooseDevice(options.device);
  const { Device } = await import('../device/index.ts');
  return interruptible(async (signal) => {
    const file = options.capture ? createWriteStream(options.capture) : null;
    const failed =
      file &&
      new Promise<never>((_, reject) =>
        file.once('error', (error) =>
          reject(
            new AncError('FILE_UNREADABLE', `cannot write ${options.capture}: ${error.message}`),
          ),
        ),
      );
    failed?.catch(() => {});
    const writer =
      file &&
      new CaptureWriter(
        (text) => file.write(text),
        () => performance.now(),
      );
    try {
      const connecting = Device.connect(uri, {
        reconnect,
        timeoutMs,
        signal,
        ...(writer ? { capture: (direction, bytes) => writer.add(direction, bytes) } : {}),
      });
      const device = await (failed ? Promise.race([connecting, failed]) : connecting);
      try {
        return await use(device, signal);
      } finally {
        await device.close();
      }
    } finally {
      file?.end();
    }
  });
}

/** Resolves after `ms`, at the signal, or when the device is lost for good (then rejects with the reason). */
export function until(signal: AbortSignal, ms?: number): Promise<'time' | 'interrupted'> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve('interrupted');
    const timer = ms === undefined ? undefined : setTimeout(() => resolve('time'), ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve('interrupted');
    });
  });
}
