import { parseWav, type WavFile, type WavFormat } from '../../../dsp-reference/src/audio/wav.ts';
import { PageError } from '../shared/page-error.ts';

/** What is to be cleaned. Samples −1..1. */
export interface Recording {
  readonly name: string;
  readonly sampleRateHz: number;
  readonly format: WavFormat;
  readonly primary: Float64Array;
  /** what a second microphone heard; null: there is none */
  readonly reference: Float64Array | null;
  /** what was left out, in words for the user */
  readonly notes: readonly string[];
}

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const mostMinutes = 10;
const mostRateHz = 192_000;
/** by size alone, before anything is read: ten minutes of stereo at 48 kHz in float64, and some more */
export const mostBytes = 512 * 2 ** 20;

/**
 * One file: its first channel is the primary, its second, if any, the reference. Two files: the first channel of each.
 * @throws DspError WAV_…, PageError FILES_…
 */
export function readRecording(files: readonly NamedBytes[]): Recording {
  if (files.length < 1 || files.length > 2)
    throw new PageError('FILES_NUMBER', `${files.length} files were given.`, {
      hint: 'Give one WAV file, or two: the primary and the reference.',
    });
  const [first, second] = files.map(({ name, bytes }) => ({ name, ...readOne(name, bytes) }));
  if (!second) {
    const { name, channels, sampleRateHz, format } = first!;
    const more =
      channels.length > 2
        ? [`${name} has ${channels.length} channels: the first two are used.`]
        : [];
    const [primary, reference = null] = channels;
    return { name, sampleRateHz, format, primary: primary!, reference, notes: more };
  }
  return paired(first!, second);
}

function paired(
  first: WavFile & { readonly name: string },
  second: WavFile & { readonly name: string },
): Recording {
  if (first.sampleRateHz !== second.sampleRateHz)
    throw new PageError(
      'FILES_RATE',
      `${first.name} has ${first.sampleRateHz} Hz, ${second.name} ${second.sampleRateHz} Hz.`,
      { hint: 'Record both with one clock.' },
    );
  const notes = [first, second]
    .filter(({ channels }) => channels.length > 1)
    .map(({ name, channels }) => `${name} has ${channels.length} channels: the first is used.`);
  let [primary, reference] = [first.channels[0]!, second.channels[0]!];
  if (primary.length !== reference.length) {
    const length = Math.min(primary.length, reference.length);
    notes.push(
      `${primary.length} and ${reference.length} samples: the first ${length} of both are used.`,
    );
    [primary, reference] = [primary.subarray(0, length), reference.subarray(0, length)];
  }
  const { name, sampleRateHz, format } = first;
  return { name, sampleRateHz, format, primary, reference, notes };
}

function readOne(name: string, bytes: Uint8Array): WavFile {
  if (bytes.length === 0)
    throw new PageError('FILES_EMPTY', `${name} is empty.`, { hint: 'Copy the file again.' });
  const file = parseWav(bytes, name);
  const frames = file.channels[0]!.length;
  if (frames === 0)
    throw new PageError('FILES_EMPTY', `${name} has no samples.`, {
      hint: 'Give a recording of at least a second.',
    });
  if (file.sampleRateHz > mostRateHz)
    throw new PageError('FILES_RATE', `${name} has ${file.sampleRateHz} Hz.`, {
      hint: `At most ${mostRateHz} Hz are cleaned here.`,
    });
  const minutes = frames / file.sampleRateHz / 60;
  if (minutes > mostMinutes)
    throw new PageError('FILES_TOO_LONG', `${name} is ${minutes.toFixed(1)} minutes long.`, {
      hint: `At most ${mostMinutes} minutes are cleaned here; 'anc cancel' takes any length.`,
    });
  return file;
}

/** The name under which the result is saved: 'desk.wav' → 'desk-cleaned.wav' */
export function cleanedName(name: string): string {
  return `${name.replace(/\.wav$/i, '')}-cleaned.wav`;
}
