import type { Device } from '../device.ts';
import { backupFile, readSettings, writeBackup } from '../settings-backup.ts';
import { modelLines } from './secondary-model.ts';

/** Settings as they are, to a file of their own; returns it. Errors: FILE_UNWRITABLE. */
export async function backUp(
  device: Device,
  which: 'value' | 'stored',
  note: string,
): Promise<string> {
  const settings = await readSettings(device, which);
  const file = backupFile(device, new Date());
  // What is stored has no model: it lasts until the headset restarts.
  const secondaryModel =
    which === 'value'
      ? { secondaryModel: modelLines(await device.readBlock('secondaryModel')) }
      : {};
  await writeBackup(file, { ...settings, note, ...secondaryModel });
  return file;
}

/** Stores after a backup of what was stored. Errors: those of storeParameters, FILE_UNWRITABLE: nothing is stored then. */
export async function storeWithBackup(
  device: Device,
): Promise<{ readonly count: number; readonly backup: string }> {
  const backup = await backUp(device, 'stored', 'What was stored, before it was stored anew.');
  const { count } = await device.storeParameters();
  return { count, backup };
}
