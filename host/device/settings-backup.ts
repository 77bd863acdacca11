/** Parameters in a file: what `anc params export` writes, a profile, and what is kept before an update. */
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AncError, type ParameterScalar } from '@anc/link';
import { writeWhole } from '../cancel/output-file.ts';
import type { Device } from './device.ts';

/** Made for version control: the order of the fields, of the parameters by name, one a line. */
export interface SettingsBackup {
  /** Version of this form. */
  readonly anc: 1;
  readonly name?: string;
  readonly note?: string;
  /** ISO 8601, UTC. */
  readonly date?: string;
  readonly board: string;
  readonly serialNumber?: string;
  /** A preset has none. */
  readonly firmwareVersion?: string;
  /** Its hash, eight hex digits. */
  readonly dictionary?: string;
  readonly parameters: Readonly<Record<string, ParameterScalar>>;
  /** Base64, cut into lines: the secondary model as it travels (docs/protocol.md). */
  readonly secondaryModel?: readonly string[];
}

export interface SettingsDifference {
  readonly name: string;
  /** undefined: that firmware has no such parameter. */
  readonly from: ParameterScalar | undefined;
  readonly to: ParameterScalar | undefined;
}

/** Of every persistent parameter its present value, what is stored, or its default. */
export async function readSettings(
  device: Device,
  which: 'value' | 'stored' | 'default',
): Promise<SettingsBackup> {
  const states = await device.listParameters();
  const kept = states.filter(({ name }) => device.dictionary.byName(name).persistent);
  const parameters = Object.fromEntries(kept.map((state) => [state.name, state[which]]));
  const { board, serialNumber, firmwareVersion } = device.info;
  const dictionary = device.dictionary.hash.toString(16).padStart(8, '0');
  const date = new Date().toISOString();
  return { anc: 1, date, board, serialNumber, firmwareVersion, dictionary, parameters };
}

export function differencesOf(before: SettingsBackup, after: SettingsBackup): SettingsDifference[] {
  const names = new Set([...Object.keys(before.parameters), ...Object.keys(after.parameters)]);
  return [...names]
    .map((name) => ({ name, from: before.parameters[name], to: after.parameters[name] }))
    .filter(({ from, to }) => from !== to);
}

/** The text of such a file. */
export function settingsText(settings: SettingsBackup): string {
  const { anc, name, note, date, board, serialNumber, firmwareVersion, dictionary } = settings;
  const parameters = Object.fromEntries(
    Object.entries(settings.parameters).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const { secondaryModel } = settings;
  const about = { anc, name, note, date, board, serialNumber, firmwareVersion, dictionary };
  return `${JSON.stringify({ ...about, parameters, secondaryModel }, null, 2)}\n`;
}

/** Whole or not at all; the folder is made. Errors: FILE_UNWRITABLE. */
export async function writeBackup(file: string, backup: SettingsBackup): Promise<void> {
  // A folder that cannot be made cannot be written into either.
  await mkdir(dirname(file), { recursive: true }).catch(() => {});
  await writeWhole(file, Buffer.from(settingsText(backup)));
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** What is wrong with the content of a file, in words. */
function faultOf(content: Partial<Record<string, unknown>> | null): string | null {
  if (typeof content !== 'object' || content === null) return 'holds no object';
  const { anc, parameters, secondaryModel } = content;
  if (typeof anc !== 'number') return 'has no "anc": 1';
  if (anc !== 1) return `has the form ${anc}, this tool knows 1`;
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters))
    return 'has no "parameters"';
  for (const [name, value] of Object.entries(parameters))
    if (!isScalar(value)) return `has ${JSON.stringify(value)} for ${name}`;
  const isText = (line: unknown) => typeof line === 'string';
  if (
    secondaryModel !== undefined &&
    !(Array.isArray(secondaryModel) && secondaryModel.every(isText))
  )
    return 'has a "secondaryModel" that is no list of lines';
  const texts = ['name', 'note', 'date', 'board', 'serialNumber', 'firmwareVersion', 'dictionary'];
  const wrong = texts.find((key) => content[key] !== undefined && !isText(content[key]));
  return wrong === undefined ? null : `has ${JSON.stringify(content[wrong])} as its ${wrong}`;
}

/** Errors: FILE_UNREADABLE, FILE_INVALID. */
export async function readBackup(file: string): Promise<SettingsBackup> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new AncError('FILE_UNREADABLE', `cannot read ${file}: ${error.message}`);
  });
  let content: SettingsBackup | null = null;
  let fault: string | null;
  try {
    content = JSON.parse(text) as SettingsBackup | null;
    fault = faultOf(content as never);
  } catch {
    fault = 'is no JSON';
  }
  if (fault === null) return content!;
  throw new AncError('FILE_INVALID', `${file} is no file of parameters: it ${fault}`, {
    hint: '`anc profile save NAME` and `anc params export FILE` make one.',
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
