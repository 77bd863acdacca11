/** The headset's own firmware before and after: what it says it is, and its settings by name. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type AncError, asAncError, type ParameterScalar } from '@anc/link';
import { Device } from '../../device.ts';
import type { DeviceInfo } from '../../device-info.ts';

export interface RunningHeadset {
  readonly info: DeviceInfo;
  /** Stored values of what a headset stores. */
  readonly stored: Readonly<Record<string, ParameterScalar>>;
  /** Present values of the same: what an export holds. */
  readonly present: Readonly<Record<string, ParameterScalar>>;
}

/** Without these nothing else will work either. */
const fatal = new Set([
  'DEVICE_NOT_FOUND',
  'DEVICE_NO_PERMISSION',
  'DEVICE_URI_INVALID',
  'DEVICE_BUSY',
]);

async function ask(uri: string, timeoutMs: number, signal?: AbortSignal): Promise<RunningHeadset> {
  const device = await Device.connect(uri, {
    reconnect: false,
    timeoutMs,
    ...(signal ? { signal } : {}),
  });
  try {
    const states = await device.listParameters();
    const kept = states.filter(({ name }) => device.dictionary.byName(name).persistent);
    return {
      info: device.info,
      stored: Object.fromEntries(kept.map(({ name, stored }) => [name, stored])),
      present: Object.fromEntries(kept.map(({ name, value }) => [name, value])),
    };
  } finally {
    await device.close();
  }
}

/** Null when nothing at this port speaks the link: blank, stuck, or in its loader. Errors: those of the port. */
export async function askHeadset(
  uri: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<RunningHeadset | null> {
  return ask(uri, timeoutMs, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (fatal.has(asAncError(error).code)) throw error;
    return null;
  });
}

/** Waits for its return after a flash; null when it does not come. */
export async function waitForHeadset(
  uri: string,
  waitMs: number,
  signal?: AbortSignal,
): Promise<RunningHeadset | AncError> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await ask(uri, 1000, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (performance.now() > deadline) return asAncError(error);
      await sleep(200);
    }
  }
}

export interface SettingChange {
  readonly name: string;
  readonly before: ParameterScalar;
  readonly after: ParameterScalar;
}

/** Of the settings that both know. */
export function changedSettings(before: RunningHeadset, after: RunningHeadset): SettingChange[] {
  return Object.entries(before.stored).flatMap(([name, value]) => {
    const now = after.stored[name];
    return now === undefined || now === value ? [] : [{ name, before: value, after: now }];
  });
}
