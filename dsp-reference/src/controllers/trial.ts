/** A controller on a plant, with what `simulate` does not have: sounds at one microphone only, a path that changes. */
import type { Paths } from '../paths/paths.ts';
import { Plant } from '../plant/plant.ts';
import { bandPower, welch } from '../simulate/bands.ts';
import type { Controller } from './controller.ts';

export interface Trial {
  readonly controller: Controller;
  readonly paths: Paths;
  readonly noise: Float64Array;
  readonly latencySamples?: number;
  /** default −90 dBFS */
  readonly micNoiseDb?: number;
  /** heard at the ear alone, as long as the noise */
  readonly atEar?: Float64Array;
  /** the paths from that sample on */
  readonly change?: { readonly at: number; readonly paths: Paths };
  /** what the controller gets for each sample of a microphone; default: the sample */
  readonly hear?: (sample: number, n: number) => number;
  /** what the loudspeaker makes of each sample that it gets; default: the sample */
  readonly speak?: (sample: number) => number;
}

export interface TrialResult {
  readonly off: Float64Array;
  readonly on: Float64Array;
  /** largest magnitude; NaN when one output was not finite */
  readonly peak: number;
  /** off − on from `low` to `high` Hz, from second `from` to second `to` */
  attenuationDb(from: number, to: number, low?: number, high?: number): number;
}

export function runTrial(trial: Trial): TrialResult {
  const { controller, noise, atEar, change, hear = (v) => v, speak = (v) => v } = trial;
  const rate = trial.paths.sampleRateHz;
  const plants = [trial.paths, ...(change ? [change.paths] : [])].map((paths) => {
    return new Plant(paths, noise, trial);
  });
  const [off, on] = [new Float64Array(noise.length), new Float64Array(noise.length)];
  let peak = 0;
  for (let n = 0; n < noise.length; n++) {
    const present = change && n >= change.at ? 1 : 0;
    const y = controller.output(hear(plants.map((p) => p.reference())[present]!, n));
    const extra = atEar?.[n] ?? 0;
    // the silent plant runs along, so that both have heard the same
    const spoken = speak(y);
    controller.adapt(hear(plants.map((p) => p.error(spoken))[present]! + extra, n));
    peak = Number.isFinite(y) ? Math.max(peak, Math.abs(y)) : NaN;
    off[n] = plants[present]!.disturbance + extra;
    on[n] = plants[present]!.sound + extra;
  }
  const power = (s: Float64Array, from: number, to: number, low: number, high: number) =>
    bandPower(welch(s.subarray(Math.round(from * rate), Math.round(to * rate)), rate), low, high);
  return {
    off,
    on,
    peak,
    attenuationDb: (from, to, low = 50, high = 1000) =>
      10 * Math.log10(power(off, from, to, low, high) / power(on, from, to, low, high)),
  };
}

/** A path that begins `samples` later. */
export function delayed(path: Float64Array, samples: number): Float64Array {
  const late = new Float64Array(path.length + samples);
  late.set(path, samples);
  return late;
}
