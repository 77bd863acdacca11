import { fft } from '../fft.ts';

/**
 * The first `signal.length` samples of signal ∗ response, float64, by overlap-add with FFT blocks.
 * @param response at least one value
 */
export function convolve(signal: Float64Array, response: Float64Array): Float64Array {
  const out = new Float64Array(signal.length);
  if (response.length < 32) {
    response.forEach((h, k) => {
      if (h !== 0) for (let n = k; n < out.length; n++) out[n]! += h * signal[n - k]!;
    });
    return out;
  }
  const size = 2 ** Math.ceil(Math.log2(4 * response.length));
  const block = size - response.length + 1;
  const hRe = new Float64Array(size);
  const hIm = new Float64Array(size);
  hRe.set(response);
  fft(hRe, hIm);
  for (let start = 0; start < signal.length; start += block) {
    const re = new Float64Array(size);
    const im = new Float64Array(size);
    re.set(signal.subarray(start, start + block));
    fft(re, im);
    for (let i = 0; i < size; i++) {
      const product = re[i]! * hRe[i]! - im[i]! * hIm[i]!;
      // conjugated, so that the forward transform below is the inverse one
      im[i] = -(re[i]! * hIm[i]! + im[i]! * hRe[i]!);
      re[i] = product;
    }
    fft(re, im);
    const end = Math.min(size, signal.length - start);
    for (let i = 0; i < end; i++) out[start + i]! += re[i]! / size;
  }
  return out;
}
