/** What the verbs that need no headset share: recordings, levels, choices. */
import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AncError } from '@anc/link';
import { writeWhole } from '../cancel/output-file.ts';

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
  const { channels, sampleRateHz } = await readWav(name).catch((cause: unknown) => {
    // neither looks like a file nor is one: more likely a generator's name, misspelt
    if ((cause as { code?: string }).code !== 'WAV_UNREADABLE' || /[./\\]/.test(name)) throw cause;
    throw new AncError('NOISE_UNKNOWN', `There is no noise and no file '${name}'.`, {
      cause,
      hint: `Noises: ${NOISE_KINDS.join(', ')}, sine:HZ, or a WAV file.`,
    });
  });
  return { noise: resample(mono(channels), sampleRateHz, 48000), noiseName: basename(name) };
}

/** A report or its like, whole or not at all; its folder is made. @throws AncError FILE_UNWRITABLE */
export async function writeReport(path: string, content: string | Uint8Array): Promise<void> {
  // what it cannot make, it cannot write into either
  await mkdir(dirname(path), { recursive: true }).catch(() => {});
  await writeWhole(path, typeof content === 'string' ? Buffer.from(content) : content);
}
