/** The newest samples of a signal, newest first, as one straight run: `window` is valid until the next `put`. */
export class History {
  readonly length: number;
  #samples: Float64Array;
  #at: number;

  constructor(length: number) {
    this.length = length;
    this.#samples = new Float64Array(2 * length);
    this.#at = length;
  }

  put(sample: number): void {
    this.#at = this.#at === 0 ? this.length - 1 : this.#at - 1;
    this.#samples[this.#at] = sample;
    this.#samples[this.#at + this.length] = sample;
  }

  get(lag: number): number {
    return this.#samples[this.#at + lag]!;
  }

  /** Σ get(i)·coefficients[i] */
  dot(coefficients: Float64Array): number {
    const samples = this.#samples;
    const at = this.#at;
    let sum = 0;
    for (let i = 0; i < coefficients.length; i++) sum += samples[at + i]! * coefficients[i]!;
    return sum;
  }

  /** coefficients[i] += gain·get(i) */
  addTo(coefficients: Float64Array, gain: number): void {
    const samples = this.#samples;
    const at = this.#at;
    for (let i = 0; i < coefficients.length; i++) coefficients[i]! += gain * samples[at + i]!;
  }

  /** Σ get(i)² over the first n. */
  energy(n: number): number {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += this.#samples[this.#at + i]! ** 2;
    return sum;
  }
}
