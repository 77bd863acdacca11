/** How near an algorithm comes to the bound at one ear, in float64 or with the firmware's integers, with a path it measured itself. */
import {
  boundFor,
  type Excitation,
  hearNoise,
  mono,
  OCTAVES,
  readPaths,
  readWav,
  rms,
  simulate,
  type SimulationResult,
} from '@anc/dsp-reference';
import { dataFile } from '../dsp-reference/src/testing.ts';

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
  /** the drive that the bound's filter takes, of the most there is; above 1 it cannot be reached */
  readonly boundPeak: number;
  readonly erleDb: number;
  /** the output was not silent in the last second, and finite throughout */
  readonly isRunning: boolean;
}

export const SECONDS = 30;
const MEASURED_S = 10;
const SETTLED_DB = 2;
const LEVEL_DB = -23;

/** Errors: those of simulate and wienerBound. */
export async function measureEar(
  which: EarCase,
  algorithms: readonly string[],
): Promise<EarResult[]> {
  const paths = await readPaths(dataFile('paths', which.ear));
  const { channels } = await readWav(dataFile('noises', `${which.recording}.wav`));
  const noise = mono(channels);
  const { latencySamples } = which;
  const gain = 10 ** (LEVEL_DB / 20) / rms(noise);
  const first = (SECONDS - MEASURED_S - 1) * paths.sampleRateHz;
  const measured = Float64Array.from(
    { length: (MEASURED_S + 1) * paths.sampleRateHz },
    (_, n) => gain * noise[(first + n) % noise.length]!,
  );
  const heard = hearNoise({ paths, noise: measured });
  const bound = boundFor(heard, { latencySamples, weighting: 'heard', outputLimitDb: -1 });
  const results: EarResult[] = [];
  for (const algorithm of algorithms) {
    const result = await simulate({
      paths,
      noise,
      latencySamples,
      algorithm,
      seconds: SECONDS,
      measureSeconds: MEASURED_S,
      levelDb: LEVEL_DB,
      identify: 'white' satisfies Excitation,
    });
    results.push({
      ...which,
      algorithm,
      octaves: OCTAVES.map(({ centreHz }, i) => ({
        centreHz,
        attenuationDb: result.octaves[i]!.activeDb ?? 0,
        boundDb: bound.octaves[i]!.attenuationDb,
      })),
      band50To1000Db: result.band50To1000.activeDb ?? 0,
      bound50To1000Db: bound.band50To1000Db,
      settledSeconds: settled(result),
      boundPeak: bound.outputPeak,
      erleDb: result.identification!.erleDb,
      isRunning: isRunning(result),
    });
  }
  return results;
}

/** By windows of a second: gusts move single quarters. */
function settled({ timeline, setup }: SimulationResult): number | null {
  const perSecond = Math.round(timeline.length / setup.seconds);
  const means = Array.from({ length: setup.seconds }, (_, s) => {
    const part = timeline.slice(s * perSecond, (s + 1) * perSecond);
    return part.reduce((sum, { attenuationDb }) => sum + (attenuationDb ?? 0), 0) / perSecond;
  });
  const end = means.slice(-MEASURED_S).sort((a, b) => a - b)[MEASURED_S / 2]!;
  const at = means.findIndex((v) => v >= end - SETTLED_DB);
  return at < 0 ? null : at + 1;
}

function isRunning({ signals, setup }: SimulationResult): boolean {
  const last = signals.output.subarray(-setup.sampleRateHz);
  return last.some((v) => v !== 0) && signals.error.every((v) => Number.isFinite(v));
}
