import { fft } from '../fft.ts';

/** Complex values of a transform. */
export interface Spectrum {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Forward transform of a real signal, as long as a power of two. */
export function transform(signal: Float64Array): Spectrum {
  const z = { re: signal.slice(), im: new Float64Array(signal.length) };
  fft(z.re, z.im);
  return z;
}

/** Inverse transform in place, scaled; returns the real part. */
export function inverse(z: Spectrum): Float64Array {
  // exchanged parts conjugate before and after
  fft(z.im, z.re);
  for (let i = 0; i < z.re.length; i++) {
    z.re[i]! /= z.re.length;
    z.im[i]! /= z.re.length;
  }
  return z.re;
}

/**
 * The minimum-phase response of a magnitude: exp of the causal half of the cepstrum. (Oppenheim and Schafer, ch. 13.)
 * @param logMagnitude natural, of every bin
 */
export function minimumPhase(logMagnitude: Float64Array): Spectrum {
  const size = logMagnitude.length;
  const z = { re: logMagnitude.slice(), im: new Float64Array(size) };
  inverse(z);
  for (let n = 1; n < size / 2; n++) z.re[n]! *= 2;
  z.re.fill(0, size / 2 + 1);
  z.im.fill(0);
  fft(z.re, z.im);
  for (let k = 0; k < size; k++) {
    const magnitude = Math.exp(z.re[k]!);
    z.re[k] = magnitude * Math.cos(z.im[k]!);
    z.im[k] = magnitude * Math.sin(z.im[k]!);
  }
  return z;
}

/** conj(a)·b: the transform of the correlation Σ a[n] b[n + k]. */
export function crossSpectrum(a: Spectrum, b: Spectrum): Spectrum {
  const re = new Float64Array(a.re.length);
  const im = new Float64Array(a.re.length);
  for (let k = 0; k < re.length; k++) {
    re[k] = a.re[k]! * b.re[k]! + a.im[k]! * b.im[k]!;
    im[k] = a.re[k]! * b.im[k]! - a.im[k]! * b.re[k]!;
  }
  return { re, im };
}

/** |z|² a bin, added to what is kept of `sum`. */
export function smoothPower(sum: Float64Array, z: Spectrum, keep: number): void {
  for (let k = 0; k < sum.length; k++) {
    sum[k] = keep * sum[k]! + (1 - keep) * (z.re[k]! ** 2 + z.im[k]! ** 2);
  }
}
