/** How near an algorithm comes to the bound at one ear, with a path it measured itself. */
import {
  BAND_50_TO_1000,
  bandPower,
  boundFor,
  completeSettings,
  type Excitation,
  hearNoise,
  identifyPaths,
  mono,
  OCTAVES,
  type Paths,
  readPaths,
  readWav,
  rms,
  simulate,
  timelineOf,
  welch,
} from '@anc/dsp-reference';
import { runCoreLoops } from '../dsp-reference/src/controllers/core-loop.ts';
import { dataFile } from '../dsp-reference/src/testing.ts';

/** `own`: what `simulate` takes for each algorithm. `f32`: the controllers of the C core, native. */
export type EarArithmetic = 'own' | 'float64' | 'f32';

export interface EarCase {
  /** below paths/ in the data */
  readonly ear: string;
  /** a file below noises/, without .wav */
  readonly recording: string;
  readonly latencySamples: number;
}

export interface EarResult extends EarCase {
  readonly algorithm: string;
  /** dB, positive is quieter */
  readonly octaves: readonly {
    readonly centreHz: number;
    readonly attenuationDb: number;
    readonly boundDb: number;
  }[];
  readonly band50To1000Db: number;
  readonly bound50To1000Db: number;
  /** until the attenuation stays within 2 dB of what it has in the end; null: never */
  readonly settledSeconds: number | null;
  /** peak of the drive that the bound’s filter asks for, before the limiter; 1 is full scale */
  readonly boundPeak: number;
  readonly erleDb: number;
  /** the output was not silent in the last second, and finite throughout */
  readonly isRunning: boolean;
}

export const SECONDS = 30;
const MEASURED_S = 10;
const SETTLED_DB = 2;
const LEVEL_DB = -23;

interface Ear {
  readonly paths: Paths;
  /** at its level, for all of the run */
  readonly noise: Float64Array;
  readonly latencySamples: number;
}

interface Run {
  readonly algorithm: string;
  readonly off: Float64Array;
  readonly on: Float64Array;
  readonly output: Float64Array;
  readonly erleDb: number;
}

const EXCITATION: Excitation = 'white';

/** Errors: those of simulate, wienerBound and runCoreLoops. */
export async function measureEar(
  which: EarCase,
  algorithms: readonly string[],
  arithmetic: EarArithmetic = 'own',
): Promise<EarResult[]> {
  const { latencySamples } = which;
  const paths = await readPaths(dataFile('paths', which.ear));
  const { channels } = await readWav(dataFile('noises', `${which.recording}.wav`));
  const sound = mono(channels);
  const gain = 10 ** (LEVEL_DB / 20) / rms(sound);
  const noise = Float64Array.from(
    { length: SECONDS * paths.sampleRateHz },
    (_, n) => gain * sound[n % sound.length]!,
  );
  const measured = noise.subarray(-(MEASURED_S + 1) * paths.sampleRateHz);
  const bound = boundFor(hearNoise({ paths, noise: measured }), {
    latencySamples,
    weighting: 'heard',
    outputLimitDb: completeSettings({}).outputLimitDb,
  });
  const ear = { paths, noise, latencySamples };
  const runs =
    arithmetic === 'f32'
      ? runInC(ear, algorithms)
      : await simulateEach({ ...ear, noise: sound }, algorithms, arithmetic);
  return runs.map((run) => {
    const end = (s: Float64Array) =>
      welch(s.subarray(-MEASURED_S * paths.sampleRateHz), paths.sampleRateHz);
    const [off, on] = [end(run.off), end(run.on)];
    const attenuationDb = ({ lowHz, highHz }: { lowHz: number; highHz: number }) =>
      10 * Math.log10(bandPower(off, lowHz, highHz) / bandPower(on, lowHz, highHz));
    return {
      ...which,
      algorithm: run.algorithm,
      octaves: OCTAVES.map((band, i) => ({
        centreHz: band.centreHz,
        attenuationDb: attenuationDb(band),
        boundDb: bound.octaves[i]!.attenuationDb,
      })),
      band50To1000Db: attenuationDb(BAND_50_TO_1000),
      bound50To1000Db: bound.band50To1000Db,
      settledSeconds: settled(run, paths.sampleRateHz),
      boundPeak: bound.outputPeak,
      erleDb: run.erleDb,
      isRunning: isRunning(run, paths.sampleRateHz),
    };
  });
}

/** @param ear its noise at any level */
async function simulateEach(
  ear: Ear,
  algorithms: readonly string[],
  arithmetic: 'own' | 'float64',
): Promise<Run[]> {
  const runs: Run[] = [];
  for (const algorithm of algorithms) {
    const { signals, identification } = await simulate({
      ...ear,
      algorithm,
      ...(arithmetic === 'float64' ? { arithmetic } : {}),
      seconds: SECONDS,
      measureSeconds: MEASURED_S,
      levelDb: LEVEL_DB,
      identify: EXCITATION,
    });
    const { disturbance: off, error: on, output } = signals;
    runs.push({ algorithm, off, on, output, erleDb: identification!.erleDb });
  }
  return runs;
}

/** One identification for all of them. */
function runInC(ear: Ear, algorithms: readonly string[]): Run[] {
  const { secondary, feedback, erleDb } = identifyPaths({ ...ear, excitation: EXCITATION });
  const settings = completeSettings({});
  const loop = {
    ...ear,
    taps: settings.taps,
    outputLimit: 10 ** (settings.outputLimitDb / 20),
    secondary,
    feedback,
  };
  return runCoreLoops(loop, algorithms).map(({ off, on, output }, i) => ({
    algorithm: algorithms[i]!,
    off: Float64Array.from(off),
    on: Float64Array.from(on),
    output: Float64Array.from(output),
    erleDb,
  }));
}

/** By windows of a second: gusts move single quarters. */
function settled({ off, on }: Run, sampleRateHz: number): number | null {
  const timeline = timelineOf(off, on, sampleRateHz);
  const perSecond = Math.round(timeline.length / SECONDS);
  const means = Array.from({ length: SECONDS }, (_, s) => {
    const part = timeline.slice(s * perSecond, (s + 1) * perSecond);
    return part.reduce((sum, { attenuationDb }) => sum + attenuationDb, 0) / perSecond;
  });
  const end = means.slice(-MEASURED_S).sort((a, b) => a - b)[MEASURED_S / 2]!;
  const at = means.findIndex((v) => v >= end - SETTLED_DB);
  return at < 0 ? null : at + 1;
}

function isRunning({ on, output }: Run, sampleRateHz: number): boolean {
  const last = output.subarray(-sampleRateHz);
  return last.some((v) => v !== 0) && on.every((v) => Number.isFinite(v));
}
