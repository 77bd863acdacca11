import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AncError } from '@anc/link';
import { hexNumber } from '../bytes.ts';
import type { SettingsBackup } from '../flash-headset.ts';
import { exportOf, type RunningHeadset } from '../running-headset.ts';

export function defaultBackupFolder(): string {
  const state = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(state, 'anc', 'backups');
}

async function write(folder: string, name: string, contents: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, contents);
  } catch (error) {
    throw new AncError('FILE_UNWRITABLE', `cannot write ${file}: ${(error as Error).message}`, {
      hint: 'Name another folder with --backup FOLDER.',
      cause: error,
    });
  }
  return file;
}

const stamp = () => new Date().toISOString().replace(/[:.]/g, '-');

export function saveSettings(folder: string, headset: RunningHeadset): Promise<string> {
  const { serialNumber } = headset.hello;
  const name = `${serialNumber.replaceAll(/[^\w.-]/g, '_') || 'headset'}-${stamp()}.json`;
  return write(folder, name, exportOf(headset));
}

/** The partitions as they are in the flash, their addresses in the names. */
export async function savePartitions(
  folder: string,
  settings: readonly SettingsBackup[],
): Promise<string[]> {
  const at = stamp();
  const files: string[] = [];
  for (const { label, offset, bytes } of settings)
    files.push(await write(folder, `${at}-${label}-${hexNumber(offset)}.bin`, bytes));
  return files;
}
