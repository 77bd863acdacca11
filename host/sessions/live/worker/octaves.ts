import { fft } from '../../../../dsp-reference/src/fft.ts';
import { sampleRateHz } from '../../protocol/index.ts';
import { octaveCentresHz } from './octave-centres.ts';

/** 11.7 Hz a bin: four bins in the lowest octave */
export const meterSamples = 4096;
const size = meterSamples;
export const spectrumBinHz = sampleRateHz / size;
/** up to 6 kHz */
export const spectrumBins = size / 8;

const hann = Float64Array.from(
  { length: size },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size),
);
/** of white noise of power 1, over all bins and both signs of the frequency */
const windowPower = size * hann.reduce((sum, v) => sum + v * v, 0);
const binOf = (hz: number) => Math.round(hz / spectrumBinHz);
const edges = octaveCentresHz.map(
  (hz) => [binOf(hz / Math.SQRT2), binOf(hz * Math.SQRT2)] as const,
);
const re = new Float64Array(size);
const im = new Float64Array(size);

/** Mean squares in octaves, of the last 85 ms: cheap, and noisy for the low ones until many are averaged. */
export class OctaveMeter {
  readonly #input = new Float32Array(size);
  readonly #output = new Float32Array(size);
  #at = 0;

  add(input: Float32Array, output: Float32Array, from: number, count: number): void {
    for (let i = 0; i < count; i += 1) {
      const at = (this.#at + i) % size;
      this.#input[at] = input[i]!;
      this.#output[at] = output[from + i]!;
    }
    this.#at = (this.#at + count) % size;
  }

  /**
   * One complex transform for both real signals.
   * @param bands input and output of each octave in turn
   * @param inputPower the input’s power spectrum, `spectrumBins` from 0 Hz
   */
  measure(bands: Float64Array, inputPower: Float64Array): void {
    for (let i = 0; i < size; i += 1) {
      const at = (this.#at + i) % size;
      re[i] = this.#input[at]! * hann[i]!;
      im[i] = this.#output[at]! * hann[i]!;
    }
    fft(re, im);
    for (let k = 1; k < spectrumBins; k += 1)
      inputPower[k] = firstPower(re, im, k) / 2 / windowPower;
    for (let octave = 0; octave < edges.length; octave += 1) {
      const [low, high] = edges[octave]!;
      let input = 0;
      let output = 0;
      for (let k = low; k < high; k += 1) {
        input += firstPower(re, im, k);
        output += secondPower(re, im, k);
      }
      // a quarter for halving the sums, twice for the negative frequencies
      bands[2 * octave] = input / 2 / windowPower;
      bands[2 * octave + 1] = output / 2 / windowPower;
    }
  }
}

/** Four times the power in bin k of the real signal that went into a transform as real part. */
export function firstPower(re: Float64Array, im: Float64Array, k: number): number {
  const n = re.length - k;
  return (re[k]! + re[n]!) ** 2 + (im[k]! - im[n]!) ** 2;
}

/** The same of the one that went in as imaginary part. */
export function secondPower(re: Float64Array, im: Float64Array, k: number): number {
  const n = re.length - k;
  return (im[k]! + im[n]!) ** 2 + (re[k]! - re[n]!) ** 2;
}
