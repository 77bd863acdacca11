/** Last step: a name, a file, the store, and what the store then holds. */
import type { ParameterScalar } from '@anc/link';
import type { Device } from '../device.ts';
import { type TuningFile, writeTuning } from './file.ts';

export interface Kept {
  readonly name: string;
  readonly file: string;
  /** by the headset, after it was read back */
  readonly stored: Readonly<Record<string, ParameterScalar>>;
}

/** The file first: what cannot be written down is not stored. Errors: FILE_UNWRITABLE, DEVICE_STORAGE_FAILED, STORE_DIFFERS. */
export async function keep(
  device: Device,
  file: string,
  what: Pick<TuningFile, 'name' | 'created' | 'goal' | 'measured'>,
): Promise<Kept> {
  const persistent = async (which: 'value' | 'stored') => {
    const states = await device.listParameters();
    const kept = states.filter(({ name }) => device.dictionary.byName(name).persistent);
    return Object.fromEntries(kept.map((state) => [state.name, state[which]]));
  };
  const { board, serialNumber, firmwareVersion } = device.info;
  const model = Buffer.from(await device.readBlock('secondaryModel'));
  const { name, created, goal, measured } = what;
  await writeTuning(file, {
    ...{ anc: 1, name, created, goal, board, serialNumber, firmwareVersion },
    parameters: await persistent('value'),
    blocks: { secondaryModel: model.toString('base64') },
    measured,
  });
  await device.storeParameters();
  return { name, file, stored: await persistent('stored') };
}
