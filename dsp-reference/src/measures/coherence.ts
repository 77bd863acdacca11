import { fft } from '../fft.ts';

export interface Coherence {
  readonly stepHz: number;
  /** Magnitude-squared coherence γ² of each bin, 0..1. */
  readonly gammaSquared: Float64Array;
  /** Power of y in each bin, in no particular unit: the weight of a bin in a band. */
  readonly yPower: Float64Array;
  /** Segments averaged: few of them read too high, by about 1/segments. */
  readonly segments: number;
}

/** Between two signals of equal length, by Welch's method: Hann, half overlap. `size` is a power of two. */
export function coherence(
  x: Float64Array,
  y: Float64Array,
  sampleRateHz: number,
  size = 4096,
): Coherence {
  const window = Float64Array.from(
    { length: size },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size),
  );
  const bins = size / 2 + 1;
  const [xx, yy, crossRe, crossIm] = Array.from({ length: 4 }, () => new Float64Array(bins));
  let segments = 0;
  for (let start = 0; start + size <= x.length; start += size / 2, segments++) {
    const [xr, xi] = [window.map((w, i) => w * x[start + i]!), new Float64Array(size)];
    const [yr, yi] = [window.map((w, i) => w * y[start + i]!), new Float64Array(size)];
    fft(xr, xi);
    fft(yr, yi);
    for (let k = 0; k < bins; k++) {
      xx![k]! += xr[k]! ** 2 + xi[k]! ** 2;
      yy![k]! += yr[k]! ** 2 + yi[k]! ** 2;
      crossRe![k]! += xr[k]! * yr[k]! + xi[k]! * yi[k]!;
      crossIm![k]! += xr[k]! * yi[k]! - xi[k]! * yr[k]!;
    }
  }
  const gammaSquared = xx!.map((power, k) => {
    const product = power * yy![k]!;
    return product === 0 ? 0 : (crossRe![k]! ** 2 + crossIm![k]! ** 2) / product;
  });
  return { stepHz: sampleRateHz / size, gammaSquared, yPower: yy!, segments };
}

/** The most that any linear canceller takes away at this coherence: −10·log10(1 − γ²), dB. */
export function coherenceBoundDb(gammaSquared: number): number {
  return -10 * Math.log10(1 - gammaSquared);
}
