import { DspError } from './errors.ts';
import { fft } from './fft.ts';
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
  const auto = correlate(filtered, filtered, taps);
  const cross = correlate(d, filtered, taps);
  auto[0]! *= 1 + regularisation;
  const weights = solveToeplitz(
    auto,
    cross.map((v) => -v),
  );
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

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(atLeast));
}

/** re + j·im of a real signal, padded with zeros to `size`. */
function spectrum(signal: Float64Array, size: number): [Float64Array, Float64Array] {
  const re = new Float64Array(size);
  re.set(signal);
  const im = new Float64Array(size);
  fft(re, im);
  return [re, im];
}

/** The first values of Σ a[n] b[n−k], k = 0 … lags − 1, over their length. */
export function correlate(a: Float64Array, b: Float64Array, lags: number): Float64Array {
  const size = powerOfTwo(a.length + lags);
  const [ar, ai] = spectrum(a, size);
  const [br, bi] = spectrum(b, size);
  // Forward transform of the conjugate product is the inverse one of the product, conjugated: real either way.
  const re = ar.map((v, k) => v * br[k]! + ai[k]! * bi[k]!);
  const im = ar.map((v, k) => v * bi[k]! - ai[k]! * br[k]!);
  fft(re, im);
  return re.slice(0, lags).map((v) => v / size / a.length);
}

/**
 * w of Σ_j r[|i−j|] w[j] = p[i]: Levinson's recursion, O(n²).
 * @throws DspError BOUND_INVALID when r is no autocorrelation
 */
export function solveToeplitz(r: Float64Array, p: Float64Array): Float64Array {
  const n = p.length;
  const w = new Float64Array(n);
  let predictor = new Float64Array(n);
  let power = r[0]!;
  for (let order = 0; order < n; order++) {
    if (!(power > 0)) {
      throw new DspError('BOUND_INVALID', `The reference has no power left at order ${order}.`, {
        hint: 'A pure tone or silence has no unique best filter: add microphone noise or regularisation.',
      });
    }
    let error = p[order]!;
    for (let i = 0; i < order; i++) error -= w[i]! * r[order - i]!;
    const gain = error / power;
    for (let i = 0; i < order; i++) w[i]! += gain * predictor[order - 1 - i]!;
    w[order] = gain;
    if (order + 1 === n) break;
    // The predictor for the next order; predictor[i] weighs lag i + 1, with the sign that whitens.
    let reflection = -r[order + 1]!;
    for (let i = 0; i < order; i++) reflection -= predictor[i]! * r[order - i]!;
    reflection /= power;
    const next = predictor.slice();
    for (let i = 0; i < order; i++)
      next[i] = predictor[i]! + reflection * predictor[order - 1 - i]!;
    next[order] = reflection;
    predictor = next;
    power *= 1 - reflection ** 2;
  }
  return w;
}
