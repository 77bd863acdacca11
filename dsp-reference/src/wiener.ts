import { DspError } from './errors.ts';
import { correlate } from './correlate.ts';
import { HighPass } from './controllers/high-pass.ts';
import { CUTOFF_HZ, Design } from './controllers/normal-equations/design.ts';
import { layoutFor, Statistics } from './controllers/normal-equations/statistics.ts';
import { solveToeplitz } from './toeplitz.ts';
import { convolve } from './plant/convolve.ts';
import { Plant } from './plant/plant.ts';
import type { Paths } from './paths/paths.ts';
import {
  BAND_50_TO_1000,
  type Band,
  bandPower,
  OCTAVES,
  THIRD_OCTAVES,
  welch,
} from './simulate/bands.ts';

export interface WienerOptions {
  readonly paths: Paths;
  /** at the rate of the paths, at least a second; sets the spectrum that the bound is for */
  readonly noise: Float64Array;
  /** of the whole loop, in samples; default 0 */
  readonly latencySamples?: number;
  /** of the causal filter; default 1024 */
  readonly taps?: number;
  /** added to the power of the filtered reference, relative to it; default 1e-6 */
  readonly regularisation?: number;
  /** of each microphone; default −90 dBFS */
  readonly micNoiseDb?: number;
  /** `none` (default): least mean square alone; `heard`: and no octave may get audibly louder (see Design) */
  readonly weighting?: 'none' | 'heard';
}

export interface BandBound extends Band {
  /** off − on, dB, positive is quieter */
  readonly attenuationDb: number;
}

export interface WienerBound {
  readonly octaves: readonly BandBound[];
  readonly thirdOctaves: readonly BandBound[];
  readonly band50To1000Db: number;
  readonly weights: Float64Array;
  /** largest magnitude of the loudspeaker's drive that it takes, 1 is full scale */
  readonly outputPeak: number;
}

/**
 * The causal Wiener filter for these paths, this latency and this noise: what no causal feed-forward filter of that length
 * can beat in the mean square at the error microphone. Least squares on the signals themselves: autocorrelation of the
 * filtered reference, Levinson's recursion. (Elliott, Signal Processing for Active Control, 2001, ch. 3.)
 * @throws DspError BOUND_INVALID
 */
export function wienerBound(options: WienerOptions): WienerBound {
  const {
    paths,
    noise,
    latencySamples = 0,
    taps = 1024,
    regularisation = 1e-6,
    micNoiseDb = -90,
  } = options;
  if (!Number.isInteger(taps) || taps < 1 || taps > 4096 || noise.length < paths.sampleRateHz) {
    throw new DspError('BOUND_INVALID', `${taps} taps on ${noise.length} samples give no bound.`, {
      hint: 'Take 1 to 4096 taps and at least a second of noise.',
    });
  }
  const plant = new Plant(paths, noise, { latencySamples, micNoiseDb });
  const x = new Float64Array(plant.length);
  const d = new Float64Array(plant.length);
  for (let n = 0; n < x.length; n++) {
    x[n] = plant.reference();
    plant.error(0);
    d[n] = plant.disturbance;
  }
  const late = new Float64Array(paths.secondary.length + latencySamples);
  late.set(paths.secondary, latencySamples);
  const filtered = convolve(x, late);
  const weights =
    options.weighting === 'heard'
      ? heardFilter(filtered, d, taps, paths.sampleRateHz, regularisation)
      : plainFilter(filtered, d, taps, regularisation);
  if (!weights) {
    throw new DspError('BOUND_INVALID', 'The reference is silent or one pure tone.', {
      hint: 'No single best filter exists for it: add microphone noise or regularisation.',
    });
  }
  const anti = convolve(filtered, weights);
  const off = welch(d, paths.sampleRateHz);
  const on = welch(
    d.map((v, n) => v + anti[n]!),
    paths.sampleRateHz,
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
    outputPeak: convolve(x, weights).reduce((max, y) => Math.max(max, Math.abs(y)), 0),
  };
}

function plainFilter(
  filtered: Float64Array,
  d: Float64Array,
  taps: number,
  regularisation: number,
): Float64Array | null {
  const auto = correlate(filtered, filtered, taps);
  const cross = correlate(d, filtered, taps);
  auto[0]! *= 1 + regularisation;
  return solveToeplitz(
    auto,
    cross.map((v) => -v),
  );
}

/** Dual ascent until it has settled, on the statistics of all of the signal. */
const DESIGN_STEPS = 80;

function heardFilter(
  filtered: Float64Array,
  d: Float64Array,
  taps: number,
  sampleRateHz: number,
  regularisation: number,
): Float64Array | null {
  const layout = layoutFor(taps);
  const statistics = new Statistics(layout);
  const f = new HighPass(CUTOFF_HZ, sampleRateHz).process(filtered);
  const w = new HighPass(CUTOFF_HZ, sampleRateHz).process(d);
  for (let n = 0; n + layout.block <= d.length; n += layout.block) {
    const end = n + layout.block;
    statistics.add(f.subarray(n, end), w.subarray(n, end), 1);
  }
  const design = new Design(layout, sampleRateHz);
  let weights = design.solve(statistics, regularisation);
  for (let i = 1; i < DESIGN_STEPS && weights; i++) {
    weights = design.solve(statistics, regularisation);
  }
  return weights;
}
