/** The recordings of a run, made to fit each other or refused. */
import { readWav, type WavFormat } from '@anc/dsp-reference';
import { AncError } from '@anc/link';
import { type EngineName, isInteger } from './engines.ts';

export interface Inputs {
  readonly sampleRateHz: number;
  readonly x: Float64Array;
  readonly d: Float64Array;
  /** of the primary's file */
  readonly format: WavFormat;
  /** what was left out of the files, in words for the user */
  readonly notes: readonly string[];
}

/** One microphone: x is d. @throws DspError WAV_…; AncError CANCEL_EMPTY, CANCEL_SILENT */
export async function readPrimary(file: string): Promise<Inputs> {
  const { channels, sampleRateHz, format } = await readWav(file);
  const d = channels[0]!;
  if (d.length === 0) throw empty();
  checkSound('primary', d);
  return { sampleRateHz, x: d, d, format, notes: channelNote(file, channels.length) };
}

/** @throws DspError WAV_…; AncError CANCEL_RATE, CANCEL_EMPTY, CANCEL_SILENT */
export async function readInputs(referenceFile: string, primaryFile: string): Promise<Inputs> {
  const [reference, primary] = [await readWav(referenceFile), await readWav(primaryFile)];
  if (reference.sampleRateHz !== primary.sampleRateHz)
    throw new AncError(
      'CANCEL_RATE',
      `The reference has ${reference.sampleRateHz} Hz, the primary ${primary.sampleRateHz} Hz.`,
      { hint: 'Record both with one clock; resampling one of them costs coherence.' },
    );
  const notes = [
    ...channelNote(referenceFile, reference.channels.length),
    ...channelNote(primaryFile, primary.channels.length),
  ];
  let [x, d] = [reference.channels[0]!, primary.channels[0]!];
  if (x.length !== d.length) {
    const length = Math.min(x.length, d.length);
    notes.push(
      `The reference has ${x.length} samples, the primary ${d.length}: the first ${length} are used.`,
    );
    [x, d] = [x.subarray(0, length), d.subarray(0, length)];
  }
  if (x.length === 0) throw empty();
  for (const [what, signal] of [
    ['reference', x],
    ['primary', d],
  ] as const)
    checkSound(what, signal);
  return { sampleRateHz: primary.sampleRateHz, x, d, format: primary.format, notes };
}

function empty(): AncError {
  return new AncError('CANCEL_EMPTY', 'There are no samples in one of the files.', {
    hint: 'Give recordings of at least a second.',
  });
}

function channelNote(file: string, channels: number): string[] {
  return channels === 1 ? [] : [`${file} has ${channels} channels: the first is used.`];
}

function checkSound(what: string, signal: Float64Array): void {
  if (signal.some((v) => v !== 0)) return;
  throw new AncError(
    'CANCEL_SILENT',
    `The ${what} is silent: all ${signal.length} samples are 0.`,
    {
      hint: 'Look at the cabling of the recording, and that the right file was given.',
    },
  );
}

/**
 * The error's file: that of the primary, except that float64 is always written as it was computed, and that the integer
 * engines answer a float file in 32 bits.
 */
export function outputFormat(engine: EngineName, primary: WavFormat): WavFormat {
  if (engine === 'float64') return 'float64';
  if (primary === 'float32' || primary === 'float64')
    return isInteger(engine) ? 'pcm32' : 'float32';
  return primary;
}

/** Significant bits of a sample. */
export const bitsOf: Readonly<Record<WavFormat, 16 | 24 | 32 | 64>> = {
  pcm16: 16,
  pcm24: 24,
  pcm32: 32,
  float32: 32,
  float64: 64,
};
