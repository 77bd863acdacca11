/** Second step: the paths of the loudspeaker, and what they say about fit and wiring. */
import { gainDb, impulseResponseOf } from '@anc/dsp-reference';
import { AncError, type Block } from '@anc/link';
import type { Device } from '../device.ts';
import type { Identified, IdentifyOptions, IdentifyProgress } from '../identify.ts';

export type Fit = 'tight' | 'slightly loose' | 'loose';
/** `inverted`: positive drive makes negative pressure; `turned`: and the model of before had it the other way. */
export type Polarity = 'normal' | 'inverted' | 'turned';

export interface PathFindings {
  readonly identified: Identified;
  /** loudspeaker → error microphone, loop latency included */
  readonly secondary: Float64Array;
  /** loudspeaker → reference microphone; empty when it is not heard there */
  readonly feedback: Float64Array;
  readonly fit: Fit;
  /** how much less it plays from 63 to 250 Hz than a tight fit, dB */
  readonly lowLossDb: number;
  readonly polarity: Polarity;
  /** octaves in which the model explains too little to be trusted */
  readonly doubtfulHz: readonly number[];
}

/**
 * A leak lets low frequencies out and leaves 0.5 to 4 kHz as they are. How much louder the low band of a tight in-ear
 * fit is: median of the 30 normal ears of the iks|PANDAR paths (booth), 9.9 to 12.5 dB. Their slightly loose ears have 3.8
 * and 6.9 dB, the loose ones −0.6 and −4.2, an ear piece held open −13.
 */
const TIGHT_DB = 11.5;
const SLIGHT_LOSS_DB = 3;
const LOOSE_LOSS_DB = 10;
/** Where the response first reaches this share of its peak: its direct sound, before cavity and canal answer. */
const ONSET = 0.3;
/** An octave with less between model and rest is a guess. */
const TRUSTED_DB = 6;
/** Two responses of opposite sign correlate like −1; two ears of one sign by more than 0.5. */
const OPPOSITE = -0.5;

export function fitOf(
  secondary: Float64Array,
  sampleRateHz: number,
): Pick<PathFindings, 'fit' | 'lowLossDb'> {
  const low = gainDb(secondary, 63, 250, sampleRateHz);
  const high = gainDb(secondary, 500, 4000, sampleRateHz);
  const lowLossDb = TIGHT_DB - (low - high);
  const isTight = lowLossDb < SLIGHT_LOSS_DB;
  return {
    lowLossDb,
    fit: isTight ? 'tight' : lowLossDb < LOOSE_LOSS_DB ? 'slightly loose' : 'loose',
  };
}

export function polarityOf(secondary: Float64Array, before: Float64Array | null): Polarity {
  if (before && correlation(secondary, before) < OPPOSITE) return 'turned';
  const peak = secondary.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const first = secondary.find((v) => Math.abs(v) >= ONSET * peak) ?? 0;
  return first < 0 ? 'inverted' : 'normal';
}

function correlation(a: Float64Array, b: Float64Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let n = 0; n < Math.max(a.length, b.length); n++) {
    const [x, y] = [a[n] ?? 0, b[n] ?? 0];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb || 1);
}

/** A model's block: delay u16, length u16, exponent i16, taps i16 each; null for none. */
export function responseOf(bytes: Uint8Array): Float64Array | null {
  if (bytes.length === 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return impulseResponseOf({
    delaySamples: view.getUint16(0, true),
    exponent: view.getInt16(4, true),
    taps_q15: Int16Array.from({ length: view.getUint16(2, true) }, (_, i) =>
      view.getInt16(6 + 2 * i, true),
    ),
  });
}

/**
 * A model fitted to chance explains nothing of sound that it was not fitted to: 0 dB or less. A loudspeaker that is
 * 12 dB below everything else at the microphone makes 0.3 dB.
 */
const HEARD_ERLE_DB = 0.3;

/** The headset knows "too little explained"; whether the loudspeaker was heard at all shows in how little. */
async function reasonOf(device: Device, error: unknown): Promise<unknown> {
  if (!(error instanceof AncError) || error.code !== 'DEVICE_IDENTIFICATION_REFUSED') return error;
  const { reason, erleTenthDb, driveTenthDb, backgroundTenthDb } =
    await device.request('getIdentification');
  const figures = `drive ${(driveTenthDb / 10).toFixed(1)} dBFS, background ${(backgroundTenthDb / 10).toFixed(1)} dBFS, ${(erleTenthDb / 10).toFixed(1)} dB explained of the 8 that are needed`;
  const because = (code: string, text: string, hint: string) =>
    new AncError(code, `${text} (${figures})`, { cause: error, hint });
  if (reason === 'clipped')
    return because(
      'TUNE_CLIPPED',
      'a microphone was at full scale during the test sound',
      'Lower the surrounding noise, the gain of the microphones, or --max-drive-db.',
    );
  if (reason !== 'noisy' && reason !== 'unheard') return error;
  if (erleTenthDb / 10 < HEARD_ERLE_DB)
    return because(
      'TUNE_SPEAKER_UNHEARD',
      'the error microphone does not hear the loudspeaker: no more is explained than by chance',
      'Is the loudspeaker plugged in, its amplifier on? If you hear the test sound, the place is far too loud, or --max-drive-db too low.',
    );
  if (reason === 'noisy')
    return because(
      'TUNE_NOISY',
      'the error microphone hears the loudspeaker, but too much background noise',
      'Measure in a quieter place, or louder with --max-drive-db; a longer --seconds helps little.',
    );
  return because(
    'TUNE_SPEAKER_WEAK',
    'the error microphone hardly hears the loudspeaker',
    'Look at the fit and the wiring, or allow more with --max-drive-db.',
  );
}

async function responseIn(device: Device, block: Block): Promise<Float64Array | null> {
  return responseOf(await device.readBlock(block));
}

/**
 * Errors: TUNE_SPEAKER_UNHEARD, TUNE_SPEAKER_WEAK, TUNE_NOISY, TUNE_CLIPPED, those of identify.
 * @param before the model that the headset had, null for none
 */
export async function measurePaths(
  device: Device,
  before: Float64Array | null,
  options: IdentifyOptions,
  onProgress: (progress: IdentifyProgress) => void,
  signal: AbortSignal,
): Promise<PathFindings> {
  let identified: Identified;
  try {
    identified = await device.identify(options, onProgress, signal);
  } catch (error) {
    throw await reasonOf(device, error);
  }
  const secondary = (await responseIn(device, 'secondaryModel'))!;
  const { sampleRateHz } = device.info;
  return {
    identified,
    secondary,
    feedback: (await responseIn(device, 'feedbackPath')) ?? new Float64Array(0),
    ...fitOf(secondary, sampleRateHz),
    polarity: polarityOf(secondary, before),
    doubtfulHz: identified.octaves
      .filter(({ signalToErrorDb }) => signalToErrorDb < TRUSTED_DB)
      .map(({ centreHz }) => centreHz),
  };
}

/** What an engineer should know of a path that was accepted. */
export function remarksOn({ fit, lowLossDb, polarity, doubtfulHz }: PathFindings): string[] {
  const remarks: string[] = [];
  if (fit !== 'tight')
    remarks.push(
      `the fit is ${fit}: ${lowLossDb.toFixed(0)} dB less from 63 to 250 Hz than a tight one; press the ear piece in and begin again, or take the goal robust`,
    );
  if (polarity === 'turned')
    remarks.push(
      'the polarity is wrong: it is opposite to the model that the headset had. The new model corrects it; transparency plays inverted',
    );
  if (polarity === 'inverted')
    remarks.push(
      'the polarity is wrong: positive drive makes negative pressure, loudspeaker or error microphone is wired the other way round. The model has the sign, so cancelling is right; transparency plays inverted',
    );
  if (doubtfulHz.length > 0)
    remarks.push(
      `in the octaves at ${doubtfulHz.join(', ')} Hz the model is a guess: measure in a quieter place, or louder`,
    );
  return remarks;
}
