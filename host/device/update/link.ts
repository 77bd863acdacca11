/** One headset over several connections, as restarts and pulled cables end them. */
import { AncError } from '@anc/link';
import { Device } from '../device.ts';

export interface LinkOptions {
  /** For the first answer. Default 3000. */
  readonly timeoutMs?: number | undefined;
  /** How long a lost headset is looked for. Default 30000. */
  readonly lostMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const pollMs = 100;
const lostCodes = /^(LINK_|TRANSPORT_|DEVICE_DISCONNECTED$|DEVICE_NOT_FOUND$|DEVICE_BUSY$|SIM_)/;

/** Whether the headset may be back in a moment. */
export function isLost(error: unknown): boolean {
  return error instanceof AncError && lostCodes.test(error.code);
}

export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const abort = () => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

export function connect(uri: string, { timeoutMs, signal }: LinkOptions): Promise<Device> {
  return Device.connect(uri, {
    reconnect: false,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(signal ? { signal } : {}),
  });
}

/** Connects, again and again until the headset answers. Errors: that of the last try after `lostMs`. */
export async function findAgain(
  uri: string,
  options: LinkOptions,
  onLost: () => void = () => {},
): Promise<Device> {
  const deadline = performance.now() + (options.lostMs ?? 30_000);
  for (;;) {
    try {
      return await connect(uri, options);
    } catch (error) {
      if (!isLost(error) || performance.now() > deadline) throw error;
      onLost();
      await pause(pollMs, options.signal);
    }
  }
}

/** Sends what restarts the headset and lets go of it: where a bridge chip holds the link, nothing else ends it. */
export async function restart(
  device: Device,
  request: 'reboot' | 'updateRollBack' = 'reboot',
): Promise<void> {
  await device.request(request).catch((error: unknown) => {
    if (!isLost(error)) throw error;
  });
  await pause(3 * pollMs);
  await device.close();
}
