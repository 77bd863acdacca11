import { fft } from './fft.ts';

/** re + j·im of a real part of a signal, samples from `start` that are outside of it zeros. */
function spectrum(signal: Float64Array, start: number, count: number, size: number) {
  const re = new Float64Array(size);
  const from = Math.max(0, start);
  re.set(signal.subarray(from, Math.max(from, start + count)), from - start);
  const im = new Float64Array(size);
  fft(re, im);
  return { re, im };
}

/** The first values of Σ a[n] b[n−k], k = 0 … lags − 1, over their length. In blocks, whose transforms stay in the cache. */
export function correlate(a: Float64Array, b: Float64Array, lags: number): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(Math.min(a.length + lags, Math.max(8192, 4 * lags))));
  const block = size - lags;
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let start = 0; start < a.length; start += block) {
    const part = spectrum(a, start, block, size);
    // a block and the lags before it: turned to begin where the block does
    const before = spectrum(b, start - lags, size, size);
    for (let k = 0; k < size; k++) {
      const [p, q, r, s] = [part.re[k]!, part.im[k]!, before.re[k]!, before.im[k]!];
      re[k]! += p * r + q * s;
      im[k]! += p * s - q * r;
    }
  }
  // Forward transform of the conjugate product is the inverse one of the product, conjugated: real either way.
  fft(re, im);
  // the second signal began `lags` early
  return Float64Array.from(
    { length: lags },
    (_, k) => re[(k - lags + size) % size]! / size / a.length,
  );
}
