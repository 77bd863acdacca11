/** A headset that does not answer as it should: which one answers at all, in which state, and back to settings that work. */
import { type AncError, asAncError } from '@anc/link';
import { Device } from './device.ts';
import type { DeviceInfo } from './device-info.ts';
import { storeWithBackup } from './profiles/store.ts';
import { applySettings, type SettingsBackup } from './settings-backup.ts';
import { findAgain, restart } from './update/link.ts';

export interface Answer {
  readonly uri: string;
  /** Null when it does not answer; then `error` says why. */
  readonly info: DeviceInfo | null;
  readonly error: AncError | null;
}

/** Asks each in turn. @param onProgress gets the one that is asked now */
export async function askEach(
  uris: readonly string[],
  options: { timeoutMs: number; signal?: AbortSignal },
  onProgress: (uri: string) => void = () => {},
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const uri of uris) {
    onProgress(uri);
    try {
      const device = await Device.connect(uri, { ...options, reconnect: false });
      await device.close();
      answers.push({ uri, info: device.info, error: null });
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      answers.push({ uri, info: null, error: asAncError(error) });
    }
  }
  return answers;
}

export interface Recovered {
  readonly stored: number;
  /** After the restart. */
  readonly info: DeviceInfo;
}

/**
 * Stores the defaults, or the settings of a backup over the defaults, and restarts. A backup that this firmware cannot
 * take changes nothing.
 * Errors: UNKNOWN_PARAMETER, PARAMETER_OUT_OF_RANGE, DEVICE_STORAGE_FAILED, FILE_UNWRITABLE, those of connecting.
 */
export async function recoverSettings(
  uri: string,
  settings: SettingsBackup | null,
  options: { timeoutMs: number; signal?: AbortSignal },
  onRestart: () => void = () => {},
): Promise<Recovered> {
  const device = await Device.connect(uri, { ...options, reconnect: false });
  try {
    if (settings) await applySettings(device, settings, { dryRun: true });
    await device.resetParameters();
    if (settings) await applySettings(device, settings);
    const { count } = await storeWithBackup(device);
    onRestart();
    await restart(device);
    const again = await findAgain(uri, options);
    await again.close();
    return { stored: count, info: again.info };
  } finally {
    await device.close();
  }
}
