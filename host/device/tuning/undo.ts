/** Whatever ends a tuning early, the headset is then as it was found. */
import { type ParameterScalar } from '@anc/link';
import type { Device } from '../device.ts';
import { responseOf } from './path.ts';

export interface Before {
  readonly values: ReadonlyMap<string, ParameterScalar>;
  readonly model: Uint8Array;
  readonly response: Float64Array | null;
}

export interface Undone {
  /** which it is in now */
  readonly mode: string;
  /** that were set back */
  readonly parameters: readonly string[];
  /** `new`: it had none before, and the one that was measured stays until it restarts */
  readonly model: 'as before' | 'new';
}

/** Modes last: what they depend on is then in place. */
const LAST = 'mode';

export async function readBefore(device: Device): Promise<Before> {
  const states = await device.listParameters();
  const model = await device.readBlock('secondaryModel');
  return {
    values: new Map(states.map(({ name, value }) => [name, value])),
    model,
    response: responseOf(model),
  };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((v, i) => v === b[i]);
}

/** Errors: those of the link. */
export async function undo(device: Device, before: Before): Promise<Undone> {
  const mode = String(before.values.get(LAST));
  await device.setMode('off');
  const states = await device.listParameters();
  const changed = states.filter(
    ({ name, value }) => name !== LAST && value !== before.values.get(name),
  );
  for (const { name } of changed) await device.setParameter(name, before.values.get(name)!);
  const isNew = !isSame(await device.readBlock('secondaryModel'), before.model);
  if (isNew && before.model.length > 0) await device.writeBlock('secondaryModel', before.model);
  await device.setParameter(LAST, mode);
  return {
    mode,
    parameters: changed.map(({ name }) => name),
    model: isNew && before.model.length === 0 ? 'new' : 'as before',
  };
}
