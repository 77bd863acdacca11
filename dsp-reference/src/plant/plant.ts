import type { Paths } from '../paths/paths.ts';
import { Random } from '../noise/random.ts';
import { convolve } from './convolve.ts';

export interface PlantOptions {
  /** of the whole loop, in samples, added to the secondary and feedback paths; default 0 */
  readonly latencySamples?: number;
  /** RMS of the noise of each microphone in dBFS; default −90, -Infinity for none */
  readonly micNoiseDb?: number;
  /** seed of the run: the microphones draw from seed + 1 and seed + 2; default 1 */
  readonly seed?: number;
}

/** What both microphones hear of a noise while nothing plays: the reference with its own noise, the ear without. */
export function hearOff(
  paths: Paths,
  noise: Float64Array,
  options: PlantOptions = {},
): { reference: Float64Array; disturbance: Float64Array } {
  const micNoise = 10 ** ((options.micNoiseDb ?? -90) / 20);
  const random = new Random((options.seed ?? 1) + 1);
  return {
    reference: convolve(noise, paths.reference).map((v) => clip(v + micNoise * random.white())),
    disturbance: convolve(noise, paths.primary),
  };
}

/**
 * The acoustics around one ear, sample by sample, in float64 (docs/plant.md). All samples are −1..1.
 *
 *     const x = plant.reference();   the reference microphone, with y up to the sample before
 *     const e = plant.error(y);      the error microphone, with the y of this sample
 *     plant.sound, plant.disturbance     what is heard there with the canceller, and without
 *
 * The paths of the noise are convolved in advance; a sample costs secondary + feedback length.
 */
export class Plant {
  /** samples that there are; both steps return microphone noise alone after that */
  readonly length: number;
  private readonly referenceSignal: Float64Array;
  private readonly primarySignal: Float64Array;
  private readonly secondary: Float64Array;
  private readonly feedback: Float64Array;
  private readonly latencySamples: number;
  private readonly micNoise: number;
  private readonly referenceRandom: Random;
  private readonly errorRandom: Random;
  /** Every output is written twice, `size` apart, so that any window is one straight run, newest first. */
  private readonly played: Float64Array;
  private readonly size: number;
  private position = 0;
  private index = -1;
  private heard = 0;

  /**
   * @param noise the source, already at its level, Float64Array of any length
   * @throws RangeError when the latency is no integer in 0..48000
   */
  constructor(paths: Paths, noise: Float64Array, options: PlantOptions = {}) {
    const latency = options.latencySamples ?? 0;
    if (!Number.isInteger(latency) || latency < 0 || latency > 48000) {
      throw new RangeError(`latency of ${latency} samples, 0 to 48000 are possible`);
    }
    this.length = noise.length;
    this.referenceSignal = convolve(noise, paths.reference);
    this.primarySignal = convolve(noise, paths.primary);
    this.secondary = paths.secondary;
    this.feedback = paths.feedback;
    this.latencySamples = latency;
    this.micNoise = 10 ** ((options.micNoiseDb ?? -90) / 20);
    const seed = options.seed ?? 1;
    this.referenceRandom = new Random(seed + 1);
    this.errorRandom = new Random(seed + 2);
    this.size = latency + Math.max(paths.secondary.length, paths.feedback.length) + 1;
    this.played = new Float64Array(2 * this.size);
  }

  /** Begins the next sample: what the reference microphone hears. */
  reference(): number {
    this.index++;
    const direct = this.referenceSignal[this.index] ?? 0;
    // y[n] does not exist yet: with no latency the first value of the feedback path is left out
    const { latencySamples } = this;
    const feedback =
      latencySamples > 0
        ? dot(this.feedback, 0, this.played, this.position + latencySamples - 1)
        : dot(this.feedback, 1, this.played, this.position);
    return clip(direct + feedback + this.micNoise * this.referenceRandom.white());
  }

  /** Ends the sample with the drive y of the loudspeaker: what the error microphone hears. */
  error(y: number): number {
    this.position = this.position === 0 ? this.size - 1 : this.position - 1;
    this.played[this.position] = y;
    this.played[this.position + this.size] = y;
    const antiNoise = dot(this.secondary, 0, this.played, this.position + this.latencySamples);
    this.heard = this.disturbance + antiNoise;
    return clip(this.heard + this.micNoise * this.errorRandom.white());
  }

  /** The sound at the error microphone after `error`: without the noise and clipping of the microphone. */
  get sound(): number {
    return this.heard;
  }

  /** The error microphone of the present sample as it would be with the canceller off. */
  get disturbance(): number {
    return this.primarySignal[this.index] ?? 0;
  }
}

function clip(v: number): number {
  return Math.min(1, Math.max(-1, v));
}

/** sum of h[k] x[at + k - from], k = from… ; four sums, because one would wait for each addition. */
function dot(h: Float64Array, from: number, x: Float64Array, at: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let k = from;
  let i = at;
  for (; k + 3 < h.length; k += 4, i += 4) {
    a += h[k]! * x[i]!;
    b += h[k + 1]! * x[i + 1]!;
    c += h[k + 2]! * x[i + 2]!;
    d += h[k + 3]! * x[i + 3]!;
  }
  for (; k < h.length; k++, i++) a += h[k]! * x[i]!;
  return a + b + (c + d);
}
