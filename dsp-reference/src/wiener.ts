import { antiNoiseOf, bestFilter, drivePeak } from './best-filter.ts';
import type { Constraint } from './controllers/normal-equations/design.ts';
import { DspError } from './errors.ts';
import { convolve } from './plant/convolve.ts';
import { hearOff } from './plant/plant.ts';
import type { Paths } from './paths/paths.ts';
import {
  BAND_50_TO_1000,
  type Band,
  bandPower,
  OCTAVES,
  type PowerSpectrum,
  THIRD_OCTAVES,
  welch,
} from './simulate/bands.ts';

export interface HeardOptions {
  readonly paths: Paths;
  /** at the rate of the paths, at least a second; sets the spectrum that the bound is for */
  readonly noise: Float64Array;
  /** of each microphone; default −90 dBFS */
  readonly micNoiseDb?: number;
}

export interface FilterOptions {
  /** of the whole loop, in samples; default 0 */
  readonly latencySamples?: number;
  /** of the causal filter; default 1024 */
  readonly taps?: number;
  /** added to the power of the filtered reference, relative to it; default 1e-6 */
  readonly regularisation?: number;
  /**
   * `none` (default): least mean square alone; `heard`: and no octave may get audibly louder; `strict`: nor inaudibly
   * (see Design)
   */
  readonly weighting?: 'none' | Constraint;
  /** where a limiter cuts the drive; default: nowhere */
  readonly outputLimitDb?: number;
}

export type WienerOptions = HeardOptions & FilterOptions;

export interface BandBound extends Band {
  /** off − on, dB, positive is quieter */
  readonly attenuationDb: number;
}

export interface WienerBound {
  readonly octaves: readonly BandBound[];
  readonly thirdOctaves: readonly BandBound[];
  readonly band50To1000Db: number;
  readonly weights: Float64Array;
  /** largest magnitude of the loudspeaker's drive that it asks for, 1 is full scale */
  readonly outputPeak: number;
}

/** What is the same for every latency and constraint. */
export interface HeardNoise {
  readonly reference: Float64Array;
  readonly disturbance: Float64Array;
  /** the reference behind the secondary path, without latency */
  readonly filtered: Float64Array;
  readonly secondary: Float64Array;
  readonly off: PowerSpectrum;
  readonly sampleRateHz: number;
}

/** @throws DspError BOUND_INVALID */
export function hearNoise({ paths, noise, micNoiseDb }: HeardOptions): HeardNoise {
  const { sampleRateHz, secondary } = paths;
  if (noise.length < sampleRateHz) {
    throw new DspError('BOUND_INVALID', `${noise.length} samples give no bound.`, {
      hint: 'Take at least a second of noise.',
    });
  }
  const heard = hearOff(paths, noise, micNoiseDb === undefined ? {} : { micNoiseDb });
  return {
    ...heard,
    filtered: convolve(heard.reference, secondary),
    secondary,
    off: welch(heard.disturbance, sampleRateHz),
    sampleRateHz,
  };
}

/**
 * The causal Wiener filter for these paths, this latency and this noise: what no causal feed-forward filter of that length
 * can beat in the mean square at the error microphone. Least squares on the signals themselves: autocorrelation of the
 * filtered reference, Levinson's recursion. (Elliott, Signal Processing for Active Control, 2001, ch. 3.)
 * @throws DspError BOUND_INVALID
 */
export function wienerBound(options: WienerOptions): WienerBound {
  return boundFor(hearNoise(options), options);
}

/** The same for noise that has been heard already. */
export function boundFor(heard: HeardNoise, options: FilterOptions): WienerBound {
  const { latencySamples = 0, taps = 1024, regularisation = 1e-6, weighting = 'none' } = options;
  const { outputLimitDb = Infinity } = options;
  if (!Number.isInteger(taps) || taps < 1 || taps > 4096) {
    throw new DspError('BOUND_INVALID', `${taps} taps give no bound.`, {
      hint: 'Take 1 to 4096 taps.',
    });
  }
  const { reference, disturbance, off, sampleRateHz } = heard;
  const filtered = new Float64Array(reference.length);
  filtered.set(heard.filtered.subarray(0, reference.length - latencySamples), latencySamples);
  const outputLimit = 10 ** (outputLimitDb / 20);
  const secondary = new Float64Array(heard.secondary.length + latencySamples);
  secondary.set(heard.secondary, latencySamples);
  const problem = {
    ...{ reference, disturbance, filtered, secondary, sampleRateHz },
    ...{ taps, regularisation, outputLimit },
  };
  const weights = bestFilter(problem, weighting);
  if (!weights) {
    throw new DspError('BOUND_INVALID', 'The reference is silent or one pure tone.', {
      hint: 'No single best filter exists for it: add microphone noise or regularisation.',
    });
  }
  const anti = antiNoiseOf(problem, weights);
  const on = welch(
    disturbance.map((v, n) => v + anti[n]!),
    sampleRateHz,
  );
  const level = (b: Band): BandBound => ({
    ...b,
    attenuationDb:
      10 * Math.log10(bandPower(off, b.lowHz, b.highHz) / bandPower(on, b.lowHz, b.highHz)),
  });
  return {
    octaves: OCTAVES.map(level),
    thirdOctaves: THIRD_OCTAVES.map(level),
    band50To1000Db: level(BAND_50_TO_1000).attenuationDb,
    weights,
    outputPeak: drivePeak(reference, weights),
  };
}
