/** What the verbs that need no headset share: recordings, levels, choices. */
import { basename } from 'node:path';
import { AncError } from '@anc/link';

export function decibels(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= -200 && value <= 0) return value;
  throw new AncError('USAGE', `--${name} takes -200..0 dBFS, not '${text}'`);
}

export function oneOf<const T extends string>(name: string, text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found) return found;
  throw new AncError('USAGE', `--${name} takes ${values.join(' or ')}, not '${text}'`);
}

/** A generator by its name, or a recording at 48 kHz. */
export async function soundOf(
  name: string,
): Promise<{ noise: string | Float64Array; noiseName: string }> {
  const { mono, NOISE_KINDS, readWav, resample } = await import('@anc/dsp-reference');
  if (NOISE_KINDS.includes(name) || name.startsWith('sine:'))
    return { noise: name, noiseName: name };
  const { channels, sampleRateHz } = await readWav(name);
  return { noise: resample(mono(channels), sampleRateHz, 48000), noiseName: basename(name) };
}
