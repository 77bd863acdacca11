/** Settings into a headset: what it does not take is reported, the rest is set. */
import { AncError, type ParameterScalar } from '@anc/link';
import type { Device } from '../device.ts';
import type { SettingsBackup, SettingsDifference } from '../settings-backup.ts';
import { modelBytes } from './secondary-model.ts';
import { backUp, storeWithBackup } from './store.ts';

export interface NotRestored {
  readonly name: string;
  readonly value: ParameterScalar | null;
  readonly code: string;
  readonly reason: string;
}

export interface Restored {
  readonly changes: readonly SettingsDifference[];
  readonly failed: readonly NotRestored[];
  /** Whether the secondary model of the settings was written. */
  readonly secondaryModel: boolean;
  /** Whether they come from another board, whose best settings may differ. */
  readonly otherBoard: string | null;
  /** How many parameters; null when nothing was stored. */
  readonly stored: number | null;
  /** Files with what was there before. */
  readonly backups: readonly string[];
}

export interface RestoreOptions {
  readonly store?: boolean;
  readonly dryRun?: boolean;
}

/** What a headset or its dictionary has against one value; everything else ends the restoring. */
function isRefusal(error: unknown): error is AncError {
  return (
    error instanceof AncError &&
    (error.code.startsWith('PARAMETER_') ||
      ['UNKNOWN_PARAMETER', 'DEVICE_OUT_OF_RANGE', 'DEVICE_READ_ONLY'].includes(error.code) ||
      ['DEVICE_NOT_READY', 'DEVICE_UNKNOWN_PARAMETER', 'DEVICE_UNKNOWN_BLOCK'].includes(
        error.code,
      ) ||
      ['DEVICE_TOO_LONG', 'FILE_INVALID'].includes(error.code))
  );
}

type Wanted = readonly [name: string, value: ParameterScalar];

/** Sets all of `wanted`; returns what was refused. */
export async function setEach(device: Device, wanted: readonly Wanted[]): Promise<NotRestored[]> {
  const refused: NotRestored[] = [];
  for (const [name, value] of wanted) {
    try {
      await device.setParameter(name, value);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused.push({ name, value, code: error.code, reason: error.message });
    }
  }
  return refused;
}

/** What would be refused, as far as the dictionary tells. */
function checkEach(device: Device, wanted: readonly Wanted[]): NotRestored[] {
  return wanted.flatMap(([name, value]) => {
    try {
      device.dictionary.toRaw(device.dictionary.byName(name), value);
      return [];
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return [{ name, value, code: error.code, reason: error.message }];
    }
  });
}

/** Values that came out as something else: rounded to a step, or changed by a parameter set after them. */
function notTaken(
  device: Device,
  wanted: readonly Wanted[],
  now: ReadonlyMap<string, ParameterScalar>,
): NotRestored[] {
  return wanted.flatMap(([name, value]) => {
    const taken = now.get(name);
    if (taken === undefined) return [];
    const parameter = device.dictionary.byName(name);
    const raw = (scalar: ParameterScalar) => device.dictionary.toRaw(parameter, scalar);
    if (raw(value) === raw(taken)) return [];
    const reason = `the headset made ${String(taken)} of ${String(value)}`;
    return [{ name, value, code: 'PARAMETER_NOT_TAKEN', reason }];
  });
}

async function writeModel(device: Device, lines: readonly string[]): Promise<NotRestored | null> {
  try {
    await device.writeBlock('secondaryModel', modelBytes(lines));
    return null;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { code, message } = error;
    return { name: 'secondaryModel', value: null, code, reason: message };
  }
}

/** Backs up first, goes on after each refusal, stores only when asked to. Errors: DEVICE_DISCONNECTED, LINK_*, FILE_UNWRITABLE. */
export async function restoreSettings(
  device: Device,
  settings: SettingsBackup,
  { store = false, dryRun = false }: RestoreOptions = {},
): Promise<Restored> {
  const values = async () =>
    new Map((await device.listParameters()).map(({ name, value }) => [name, value]));
  const before = await values();
  const wanted = Object.entries(settings.parameters).filter(
    ([name, value]) => before.get(name) !== value,
  );
  const { secondaryModel: model } = settings;
  const { board } = device.info;
  const otherBoard = settings.board && settings.board !== board ? settings.board : null;
  if (dryRun) {
    const failed = checkEach(device, wanted);
    const isTaken = (name: string) => failed.every((one) => one.name !== name);
    const changes = wanted
      .filter(([name]) => isTaken(name))
      .map(([name, to]) => ({ name, from: before.get(name), to }));
    const secondaryModel = model !== undefined;
    return { changes, failed, secondaryModel, otherBoard, stored: null, backups: [] };
  }
  const title = settings.name === undefined ? 'settings were' : `'${settings.name}' was`;
  const backups = [await backUp(device, 'value', `What ran before ${title} restored.`)];
  const refused = await setEach(device, wanted);
  const modelFailure = model ? await writeModel(device, model) : null;
  const after = await values();
  const accepted = wanted.filter(([name]) => refused.every((one) => one.name !== name));
  const failed = [
    ...refused,
    ...notTaken(device, accepted, after),
    ...(modelFailure ? [modelFailure] : []),
  ];
  const changes = [...after]
    .filter(([name, to]) => before.get(name) !== to)
    .map(([name, to]) => ({ name, from: before.get(name), to }));
  const stored = store ? await storeWithBackup(device) : null;
  if (stored) backups.push(stored.backup);
  return {
    changes,
    failed,
    secondaryModel: model !== undefined && modelFailure === null,
    otherBoard,
    stored: stored?.count ?? null,
    backups,
  };
}
