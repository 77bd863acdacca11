import type { FlashResult } from '../flash-headset.ts';
import { FlashError } from '../errors.ts';
import { changedSettings, type RunningHeadset, waitForHeadset } from './running-headset.ts';

/**
 * The headset once it is back, with its new version and its settings.
 * Errors: FLASH_NOT_BACK, FLASH_NOT_RUNNING, FLASH_SETTINGS_CHANGED.
 */
export async function returned(
  uri: string,
  waitMs: number,
  done: FlashResult,
  before: RunningHeadset | null,
  { eraseSettings }: { eraseSettings?: boolean },
  signal?: AbortSignal,
): Promise<RunningHeadset> {
  const device = 'new';
  const after = await waitForHeadset(uri, waitMs, signal);
  if (after instanceof Error)
    throw new FlashError(
      'FLASH_NOT_BACK',
      `firmware ${done.version} is written and compared, but the headset does not answer: ${after.message}`,
      { device, cause: after },
    );
  const { firmwareVersion } = after.info;
  if (firmwareVersion !== done.version)
    throw new FlashError(
      'FLASH_NOT_RUNNING',
      `firmware ${done.version} is written and compared, but the headset runs ${firmwareVersion}`,
      { device: 'either' },
    );
  const changes = before && !eraseSettings ? changedSettings(before, after) : [];
  if (changes.length > 0)
    throw new FlashError(
      'FLASH_SETTINGS_CHANGED',
      changes
        .map(({ name, before: was, after: is }) => `${name} was ${String(was)}, is ${String(is)}`)
        .join('; '),
      { device },
    );
  return after;
}
