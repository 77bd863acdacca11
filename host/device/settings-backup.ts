/** Parameters in a file: what `anc params export` writes, and what is kept before an update. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AncError, type ParameterScalar } from '@anc/link';
import type { Device } from './device.ts';

export interface SettingsBackup {
  readonly anc: 1;
  readonly board: string;
  readonly firmwareVersion: string;
  readonly parameters: Readonly<Record<string, ParameterScalar>>;
}

export interface SettingsDifference {
  readonly name: string;
  /** undefined: that firmware has no such parameter. */
  readonly from: ParameterScalar | undefined;
  readonly to: ParameterScalar | undefined;
}

/** Of every persistent parameter its present value, or what is stored. */
export async function readSettings(
  device: Device,
  which: 'value' | 'stored',
): Promise<SettingsBackup> {
  const states = await device.listParameters();
  const kept = states.filter(({ name }) => device.dictionary.byName(name).persistent);
  const parameters = Object.fromEntries(kept.map((state) => [state.name, state[which]]));
  const { board, firmwareVersion } = device.info;
  return { anc: 1, board, firmwareVersion, parameters };
}

export function differencesOf(before: SettingsBackup, after: SettingsBackup): SettingsDifference[] {
  const names = new Set([...Object.keys(before.parameters), ...Object.keys(after.parameters)]);
  return [...names]
    .map((name) => ({ name, from: before.parameters[name], to: after.parameters[name] }))
    .filter(({ from, to }) => from !== to);
}

/** Errors: FILE_UNREADABLE. */
export async function writeBackup(file: string, backup: SettingsBackup): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(backup, null, 2)}\n`);
  } catch (error) {
    throw new AncError('FILE_UNREADABLE', `cannot write ${file}: ${(error as Error).message}`);
  }
}

/** Errors: FILE_UNREADABLE, FILE_INVALID. */
export async function readBackup(file: string): Promise<SettingsBackup> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new AncError('FILE_UNREADABLE', `cannot read ${file}: ${error.message}`);
  });
  try {
    const content = JSON.parse(text) as SettingsBackup | null;
    const { anc, parameters } = content ?? {};
    if (anc === 1 && typeof parameters === 'object' && parameters !== null) return content!;
  } catch {
    // Said below.
  }
  throw new AncError('FILE_INVALID', `${file} is no backup of parameters`, {
    hint: '`anc params export FILE` makes one.',
  });
}

/** Where a backup of this headset goes by itself. */
export function backupFile(device: Device, now: Date): string {
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state');
  const name = `${device.info.serialNumber || device.info.board}-${now.toISOString()}`;
  return join(state, 'anc', 'backups', `${name.replaceAll(/[^\w.-]/g, '_')}.json`);
}

/** Sets what differs; all of it is checked before the first is set. Returns what was changed. */
export async function applySettings(
  device: Device,
  { parameters }: SettingsBackup,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<SettingsDifference[]> {
  const present = new Map((await device.listParameters()).map(({ name, value }) => [name, value]));
  const changes = Object.entries(parameters)
    .filter(([name, value]) => present.get(name) !== value)
    .map(([name, value]) => ({ name, from: present.get(name), to: value }));
  for (const { name, to } of changes) device.dictionary.toRaw(device.dictionary.byName(name), to);
  if (!dryRun) for (const { name, to } of changes) await device.setParameter(name, to);
  return changes;
}
