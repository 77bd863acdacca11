import { fft } from '../../../../dsp-reference/src/fft.ts';
import { sampleRateHz } from '../../protocol/index.ts';
import { octaveCentresHz } from './octave-centres.ts';

/** 11.7 Hz a bin: four bins in the lowest octave */
const size = 4096;
export const spectrumBinHz = sampleRateHz / size;
/** up to 6 kHz */
export const spectrumBins = size / 8;
const hann = Float64Array.from(
  { length: size },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size),
);
/** of white noise of power 1, over all bins and both signs of the frequency */
const windowPower = size * hann.reduce((sum, v) => sum + v * v, 0);
const edges = octaveCentresHz.map((hz) => [
  Math.round((hz / Math.SQRT2 / sampleRateHz) * size),
  Math.round(((hz * Math.SQRT2) / sampleRateHz) * size),
]);
const re = new Float64Array(size);
const im = new Float64Array(size);

/** Mean squares in octaves, of the last 85 ms: cheap, and noisy for the low ones until many are averaged. */
export class OctaveMeter {
  readonly #input = new Float32Array(size);
  readonly #output = new Float32Array(size);
  #at = 0;

  add(input: Float32Array, output: Float32Array, count: number): void {
    for (let done = 0; done < count;) {
      const n = Math.min(count - done, size - this.#at);
      this.#input.set(input.subarray(done, done + n), this.#at);
      this.#output.set(output.subarray(done, done + n), this.#at);
      this.#at = (this.#at + n) % size;
      done += n;
    }
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
      inputPower[k] =
        ((re[k]! + re[size - k]!) ** 2 + (im[k]! - im[size - k]!) ** 2) / 2 / windowPower;
    edges.forEach(([low, high], octave) => {
      let [input, output] = [0, 0];
      for (let k = low!; k < high!; k += 1) {
        const [a, b, c, d] = [re[k]!, im[k]!, re[size - k]!, im[size - k]!];
        input += (a + c) ** 2 + (b - d) ** 2;
        output += (b + d) ** 2 + (a - c) ** 2;
      }
      // a quarter for halving the sums, twice for the negative frequencies
      bands[2 * octave] = input / 2 / windowPower;
      bands[2 * octave + 1] = output / 2 / windowPower;
    });
  }
}
