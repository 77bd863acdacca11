/** A tuning in a file: settings, the model that goes with them, and what was measured. `anc params import` takes it, too. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AncError, type ParameterScalar } from '@anc/link';
import { writeWhole } from '../../cancel/output-file.ts';
import type { Device } from '../device.ts';

export interface TuningFile {
  readonly anc: 1;
  readonly name: string;
  /** ISO 8601 */
  readonly created: string;
  readonly goal: string;
  readonly board: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
  readonly parameters: Readonly<Record<string, ParameterScalar>>;
  /** contents as in docs/protocol.md, base64: a headset keeps its model only until it restarts */
  readonly blocks: { readonly secondaryModel: string };
  readonly measured: unknown;
}

/** Errors: FILE_UNWRITABLE. */
export async function writeTuning(file: string, tuning: TuningFile): Promise<void> {
  // what it cannot make, it cannot write into either
  await mkdir(dirname(file), { recursive: true }).catch(() => {});
  await writeWhole(file, Buffer.from(`${JSON.stringify(tuning, null, 2)}\n`));
}

function isTuning(content: unknown): content is TuningFile {
  const { anc, parameters, blocks } = (content ?? {}) as Partial<TuningFile>;
  return (
    anc === 1 &&
    typeof parameters === 'object' &&
    parameters !== null &&
    typeof blocks?.secondaryModel === 'string'
  );
}

/** Errors: FILE_UNREADABLE, FILE_INVALID. */
export async function readTuning(file: string): Promise<TuningFile> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new AncError('FILE_UNREADABLE', `cannot read ${file}: ${error.message}`);
  });
  try {
    const content: unknown = JSON.parse(text);
    if (isTuning(content)) return content;
  } catch {
    // Said below.
  }
  throw new AncError('FILE_INVALID', `${file} is no tuning`, {
    hint: '`anc tune` writes one at its end.',
  });
}

export interface Applied {
  readonly name: string;
  readonly set: Readonly<Record<string, ParameterScalar>>;
  /** parameters that this headset does not have, or not with that value, and why */
  readonly refused: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Sets what this headset can take, the model first. Nothing is stored. Errors: DEVICE_OUT_OF_RANGE for a model that it cannot
 * hold (nothing was changed then), those of the link.
 */
export async function applyTuning(device: Device, tuning: TuningFile): Promise<Applied> {
  await device.writeBlock('secondaryModel', Buffer.from(tuning.blocks.secondaryModel, 'base64'));
  const set: Record<string, ParameterScalar> = {};
  const refused: { name: string; why: string }[] = [];
  for (const [name, value] of Object.entries(tuning.parameters)) {
    try {
      set[name] = await device.setParameter(name, value);
    } catch (error) {
      const { code, message } = error as AncError;
      if (!/^(UNKNOWN_PARAMETER|PARAMETER_|DEVICE_(OUT_OF_RANGE|UNKNOWN))/.test(code)) throw error;
      refused.push({ name, why: message });
    }
  }
  return { name: tuning.name, set, refused };
}
