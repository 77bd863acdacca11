import type { SpectrumSession } from '@anc/wasm';
import { octaveCentresHz } from './octave-centres.ts';
import { longBinHz, longSamples } from './spectra.ts';

const size = longSamples;
/** of both signs of the frequency, Hann window: a mean square of 1 gives so much over all bins */
const unit = ((size * size) / 2) * (3 / 8);
const binOf = (hz: number) => Math.round(hz / longBinHz);
const edges = octaveCentresHz.map((hz) => ({
  low: binOf(hz / Math.SQRT2),
  high: binOf(hz * Math.SQRT2),
}));

/** Mean squares in octaves, of the last 85 ms: cheap, and noisy for the low ones until many are averaged. */
export class OctaveMeter {
  readonly #spectrum: SpectrumSession;
  readonly #input = new Float32Array(size);
  readonly #output = new Float32Array(size);
  #at = 0;

  constructor(spectrum: SpectrumSession) {
    this.#spectrum = spectrum;
  }

  add(input: Float32Array, output: Float32Array, count: number): void {
    for (let i = 0; i < count; i += 1) {
      const at = (this.#at + i) % size;
      this.#input[at] = input[i]!;
      this.#output[at] = output[i]!;
    }
    this.#at = (this.#at + count) % size;
  }

  /**
   * @param bands gets input and output of each octave in turn
   * @returns the input’s power spectrum, until the next transform
   */
  measure(bands: Float64Array): Float32Array {
    this.#transform(this.#output);
    this.#sum(bands, 1);
    this.#transform(this.#input);
    this.#sum(bands, 0);
    return this.#spectrum.power;
  }

  #transform(samples: Float32Array): void {
    const { signal } = this.#spectrum;
    signal.set(samples.subarray(this.#at));
    signal.set(samples.subarray(0, this.#at), size - this.#at);
    this.#spectrum.process();
  }

  #sum(bands: Float64Array, side: 0 | 1): void {
    const { power } = this.#spectrum;
    edges.forEach(({ low, high }, octave) => {
      let sum = 0;
      for (let k = low; k < high; k += 1) sum += power[k]!;
      bands[2 * octave + side] = sum / unit;
    });
  }
}
