/** What A and B stand for. */
import { AncError, type ParameterScalar } from '@anc/link';
import type { Device } from '../device.ts';
import { loadProfile } from '../profiles/folder.ts';
import { modelBytes } from '../profiles/secondary-model.ts';

/** All parameters of a side, and its model of the secondary path where it has one of its own. */
export interface Side {
  readonly parameters: ReadonlyMap<string, ParameterScalar>;
  readonly secondaryModel: Uint8Array | null;
}

type Values = Map<string, ParameterScalar>;

/** `taps=512,adapt=off`. Errors: USAGE, those of the dictionary. */
function overrides(device: Device, text: string): Values {
  return new Map(
    text.split(',').map((part) => {
      const [name = '', value, ...more] = part.split('=');
      if (name === '' || value === undefined || value === '' || more.length > 0)
        throw new AncError('USAGE', `'${part}' is not NAME=VALUE`);
      return [name.trim(), rounded(device, name.trim(), value)] as const;
    }),
  );
}

/** As the headset writes it, or the dictionary's reason why not. */
function rounded(device: Device, name: string, value: ParameterScalar): ParameterScalar {
  const parameter = device.dictionary.byName(name);
  return device.dictionary.fromRaw(parameter, device.dictionary.toRaw(parameter, value));
}

/**
 * `device` (what runs), `stored`, `default`, `NAME=VALUE[,NAME=VALUE…]` on top of what runs, or a profile. Both sides are in
 * mode anc unless they name another. Errors: those of the dictionary and of profiles: a side is taken whole or not at all.
 */
export async function sideOf(device: Device, text: string, folder: string): Promise<Side> {
  const states = await device.listParameters();
  const whole = (key: 'value' | 'stored' | 'default') =>
    new Map(
      states.map((state) => {
        const { persistent } = device.dictionary.byName(state.name);
        return [state.name, persistent ? state[key] : state.value] as const;
      }),
    );
  const start = (values: Values): Values =>
    values.has('mode') ? new Map(values).set('mode', 'anc') : values;
  if (text === 'stored' || text === 'default')
    return { parameters: start(whole(text)), secondaryModel: null };
  const present = start(whole('value'));
  if (text === 'device') return { parameters: present, secondaryModel: null };
  if (text.includes('='))
    return {
      parameters: new Map([...present, ...overrides(device, text)]),
      secondaryModel: null,
    };
  const profile = await loadProfile(folder, text);
  const own = Object.entries(profile.parameters).map(
    ([name, value]) => [name, rounded(device, name, value)] as const,
  );
  const { secondaryModel } = profile;
  return {
    parameters: new Map([...present, ...own]),
    secondaryModel: secondaryModel ? modelBytes(secondaryModel) : null,
  };
}

/** Makes the headset that side, touching only what differs. */
export async function applySide(device: Device, { parameters, secondaryModel }: Side) {
  const present = new Map((await device.listParameters()).map(({ name, value }) => [name, value]));
  for (const [name, value] of parameters)
    if (present.get(name) !== value) await device.setParameter(name, value);
  if (secondaryModel) await device.writeBlock('secondaryModel', secondaryModel);
}

/** Names and values in which the sides differ. */
export function sidesDiffer(a: Side, b: Side): { name: string; a: unknown; b: unknown }[] {
  const names = [...a.parameters.keys()].filter(
    (name) => a.parameters.get(name) !== b.parameters.get(name),
  );
  return names.map((name) => ({ name, a: a.parameters.get(name), b: b.parameters.get(name) }));
}
