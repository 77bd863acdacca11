import { fft } from './fft.ts';

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
