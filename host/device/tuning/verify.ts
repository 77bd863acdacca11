/** Seventh step: off and on in turns, by third octave, with what the turns differ by. */
import type { Band } from '@anc/dsp-reference';
import { AncError } from '@anc/link';
import type { Device } from '../device.ts';
import { inThread } from './in-thread.ts';
import { BANDS, byBand } from './levels.ts';
import type { Reach, ReachQuestion } from './reach.ts';
import { record, type Recording } from './recording.ts';

/** dB, positive is quieter. */
export interface BandResult extends Band {
  /** error microphone, off minus on, mean of the turns */
  readonly attenuationDb: number;
  /** standard deviation of the turns */
  readonly spreadDb: number;
  /** half of the 95 % confidence interval of the mean */
  readonly within95Db: number;
  /** the same attenuation by the headset's estimate of off, in the very seconds of on */
  readonly estimatedDb: number;
  /** best causal filter for those seconds */
  readonly boundDb: number;
  /** level with cancelling off, dBFS */
  readonly offDb: number;
}

export interface Verification {
  readonly octaves: readonly BandResult[];
  readonly thirdOctaves: readonly BandResult[];
  readonly band50To1000: BandResult;
  readonly turns: number;
  readonly secondsPerTurn: number;
  /** on the headset's clock, of each turn with cancelling on */
  readonly onStartSamples: readonly number[];
}

export interface VerifyOptions {
  readonly turns: number;
  readonly secondsPerTurn: number;
  readonly question: Pick<ReachQuestion, 'secondary' | 'feedback' | 'taps' | 'outputLimitDb'>;
}

/** The output fades out, and what rings dies away. */
const OFF_SKIP_S = 0.5;
/** It listens for 0.2 s, fades in, and is within 2 dB of its end after two seconds (docs/algorithms.md). */
const ON_SKIP_S = 4;
/** Student's t, two-sided 95 %, by turns from 2. */
const STUDENT = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26];

interface Turn {
  readonly offDb: readonly number[];
  readonly onDb: readonly number[];
  readonly estimatedOffDb: readonly number[];
  readonly reach: Reach;
  readonly onStartSample: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

function spread(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, v) => sum + (v - centre) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}

function bandResult(band: Band, i: number, turns: readonly Turn[]): BandResult {
  const attenuations = turns.map(({ offDb, onDb }) => offDb[i]! - onDb[i]!);
  const spreadDb = spread(attenuations);
  const bounds = turns.map(({ reach }) => {
    const all = [reach.band50To1000, ...reach.octaves, ...reach.thirdOctaves];
    return all[i]!.boundDb;
  });
  return {
    ...band,
    attenuationDb: mean(attenuations),
    spreadDb,
    within95Db: (STUDENT[turns.length - 2]! * spreadDb) / Math.sqrt(turns.length),
    estimatedDb: mean(turns.map(({ estimatedOffDb, onDb }) => estimatedOffDb[i]! - onDb[i]!)),
    boundDb: mean(bounds),
    offDb: mean(turns.map(({ offDb }) => offDb[i]!)),
  };
}

/**
 * Leaves the headset in anc. Errors: TUNE_NOT_BETTER, those of record and inThread.
 * @param options turns 2 to 10
 */
export async function verify(
  device: Device,
  options: VerifyOptions,
  onProgress: (share: number, what: 'off' | 'on') => void,
  signal: AbortSignal,
): Promise<Verification> {
  const { secondsPerTurn, question } = options;
  const turns: Turn[] = [];
  const take = async (mode: 'off' | 'anc'): Promise<Recording> => {
    const isOn = mode === 'anc';
    await device.setMode(mode);
    const told = (share: number) =>
      onProgress(
        (turns.length + (isOn ? 0.5 : 0) + share / 2) / options.turns,
        isOn ? 'on' : 'off',
      );
    return record(
      device,
      {
        seconds: secondsPerTurn,
        skipSeconds: isOn ? ON_SKIP_S : OFF_SKIP_S,
        channels: isOn ? ['reference', 'error', 'disturbance'] : ['error'],
      },
      told,
      signal,
    );
  };
  while (turns.length < options.turns) {
    const off = await take('off');
    const on = await take('anc');
    const { sampleRateHz } = on;
    const { reference, error, disturbance } = on.samples;
    const signals = [off.samples.error, error, disturbance];
    const levels = await inThread('levels', { signals, sampleRateHz }, signal);
    const asked = { ...question, sampleRateHz, reference, disturbance };
    turns.push({
      offDb: levels[0]!,
      onDb: levels[1]!,
      estimatedOffDb: levels[2]!,
      reach: await inThread('reach', asked, signal),
      onStartSample: on.startSample,
    });
  }
  const verification: Verification = {
    ...byBand(BANDS.map((band, i) => bandResult(band, i, turns))),
    turns: turns.length,
    secondsPerTurn,
    onStartSamples: turns.map(({ onStartSample }) => onStartSample),
  };
  const { attenuationDb, within95Db, estimatedDb } = verification.band50To1000;
  if (attenuationDb <= 0 && estimatedDb <= 0)
    throw new AncError(
      'TUNE_NOT_BETTER',
      `with cancelling on it is not quieter from 50 to 1000 Hz: ${attenuationDb.toFixed(1)} dB ± ${within95Db.toFixed(1)}`,
      {
        hint: 'The bound says what can be reached; where that is about 0, only less latency or a tighter fit helps.',
      },
    );
  return verification;
}
