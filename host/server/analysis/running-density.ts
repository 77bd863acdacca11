import { PairTransform } from './fft.ts';

/**
 * Welch's method with an exponential window over time: Hann segments, half overlapping, one-sided density in power per
 * hertz. The first segments count as a plain mean, so that there is no start-up bias.
 */
export class RunningDensity {
  readonly density: Float64Array;
  /** Segments since the last restart. */
  segments = 0;
  #share: number;

  /** `timeConstantSegments`: after this many segments an old one counts 1/e. */
  constructor(bins: number, timeConstantSegments: number) {
    this.density = new Float64Array(bins);
    this.#share = 1 - Math.exp(-1 / timeConstantSegments);
  }

  /** The next segment replaces what is there; until then the old estimate can still be read. */
  restart(): void {
    this.segments = 0;
  }

  add(segmentDensity: Float64Array): void {
    this.segments += 1;
    const share = Math.max(this.#share, 1 / this.segments);
    for (let k = 0; k < this.density.length; k += 1) {
      this.density[k]! += share * (segmentDensity[k]! - this.density[k]!);
    }
  }
}

/** Densities of real segments, two per transform. */
export class SegmentDensities {
  readonly bins: number;
  #size: number;
  #window: Float64Array;
  #scale: number;
  #transform: PairTransform;
  #a: Float64Array;
  #b: Float64Array;

  constructor(size: number, sampleRateHz: number) {
    this.#size = size;
    this.bins = size / 2 + 1;
    this.#window = Float64Array.from(
      { length: size },
      (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size),
    );
    const windowPower = this.#window.reduce((sum, w) => sum + w * w, 0);
    this.#scale = 2 / (windowPower * sampleRateHz);
    this.#transform = new PairTransform(size);
    this.#a = new Float64Array(this.bins);
    this.#b = new Float64Array(this.bins);
  }

  /** Densities of both; the arrays are reused by the next call. DC and Nyquist are doubled like the rest: unused here. */
  of(a: Float64Array, b: Float64Array | null): [Float64Array, Float64Array] {
    const { re, im } = this.#transform;
    for (let n = 0; n < this.#size; n += 1) {
      const w = this.#window[n]!;
      re[n] = a[n]! * w;
      im[n] = b ? b[n]! * w : 0;
    }
    this.#transform.run();
    // For z = a + ib: A[k] = (Z[k] + conj Z[-k]) / 2 and B[k] = (Z[k] - conj Z[-k]) / 2i.
    for (let k = 0; k < this.bins; k += 1) {
      const m = (this.#size - k) & (this.#size - 1);
      const ar = re[k]! + re[m]!;
      const ai = im[k]! - im[m]!;
      const br = im[k]! + im[m]!;
      const bi = re[m]! - re[k]!;
      this.#a[k] = ((ar * ar + ai * ai) / 4) * this.#scale;
      this.#b[k] = ((br * br + bi * bi) / 4) * this.#scale;
    }
    return [this.#a, this.#b];
  }
}
