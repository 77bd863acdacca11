import { DspError } from '../errors.ts';
import { fft } from '../fft.ts';

export interface FdafOptions {
  /** a multiple of block */
  readonly taps: number;
  /** samples processed at a time, a power of two; the output has no delay beyond the block */
  readonly block: number;
  /** µ, 0..2 */
  readonly stepSize: number;
  /** beside the power of the reference a sample; default 1e-12 */
  readonly epsilon?: number;
  /** share of each weight that is forgotten a block; default 0 */
  readonly leak?: number;
  /**
   * partitions made causal a block, in turn; between its turns a partition takes the whole gradient. 0 (default), or as
   * many as there are: every gradient is made causal
   */
  readonly constrained?: number;
}

interface Spectrum {
  re: Float64Array;
  im: Float64Array;
}

/** Of the smoothed power: what is left of the old after a block. */
const SMOOTHING = 0.9;

/**
 * Partitioned-block frequency-domain adaptive filter as an electrical canceller: overlap-save, gradient constrained to
 * causal filters, step normalised in every bin by the smoothed power of the reference. (Soo and Pang, IEEE TASSP 38, 1990;
 * Haykin, Adaptive Filter Theory, ch. 7.) The same recursion as firmware/core/dsp/fdaf_f32.c in float64.
 */
export class Fdaf {
  readonly block: number;
  #options: Required<FdafOptions>;
  #partitions: number;
  #reference: Spectrum[] = [];
  #weights: Spectrum[];
  #power: Float64Array;
  #window: Float64Array;
  #blocks = 0;
  #turn = 0;

  /** @throws DspError ALGORITHM_INVALID */
  constructor(options: FdafOptions) {
    const { taps, block, stepSize, epsilon = 1e-12, leak = 0, constrained = 0 } = options;
    const isFine =
      Number.isInteger(Math.log2(block)) &&
      taps >= block &&
      taps % block === 0 &&
      stepSize >= 0 &&
      stepSize <= 2 &&
      epsilon >= 0 &&
      leak >= 0 &&
      leak < 1 &&
      Number.isInteger(constrained) &&
      constrained >= 0;
    if (!isFine) {
      throw new DspError(
        'ALGORITHM_INVALID',
        `These settings make no filter: taps ${taps}, block ${block}, stepSize ${stepSize}, epsilon ${epsilon}, leak ${leak}, constrained ${constrained}.`,
        {
          hint: 'block is a power of two, taps a multiple of it, stepSize 0 to 2, constrained a whole number.',
        },
      );
    }
    this.block = block;
    this.#options = { taps, block, stepSize, epsilon, leak, constrained };
    this.#partitions = taps / block;
    const empty = () => ({ re: new Float64Array(2 * block), im: new Float64Array(2 * block) });
    this.#weights = Array.from({ length: this.#partitions }, empty);
    this.#reference = Array.from({ length: this.#partitions }, empty);
    this.#power = new Float64Array(2 * block);
    this.#window = new Float64Array(2 * block);
  }

  /** `block` samples of reference and primary; returns the error. */
  process(x: Float64Array, d: Float64Array): Float64Array {
    const { block } = this;
    this.#window.copyWithin(0, block);
    this.#window.set(x.subarray(0, block), block);
    this.#reference.pop();
    this.#reference.unshift(transform(this.#window));
    const y = this.#output();
    const error = Float64Array.from({ length: block }, (_, n) => d[n]! - y[block + n]!);
    const padded = new Float64Array(2 * block);
    padded.set(error, block);
    const spectrum = transform(padded);
    this.#normalise(spectrum);
    const { constrained } = this.#options;
    const inTurn = constrained > 0 && constrained < this.#partitions;
    this.#weights.forEach((w, age) => this.#update(w, this.#reference[age]!, spectrum, !inTurn));
    for (let i = 0; inTurn && i < constrained; i++) {
      this.#weights[this.#turn] = causal(this.#weights[this.#turn]!);
      this.#turn = (this.#turn + 1) % this.#partitions;
    }
    return error;
  }

  /** The filter in the time domain, newest tap first. */
  weights(): Float64Array {
    const all = new Float64Array(this.#options.taps);
    this.#weights.forEach((w, p) => {
      all.set(
        inverse({ re: w.re.slice(), im: w.im.slice() }).subarray(0, this.block),
        p * this.block,
      );
    });
    return all;
  }

  #output(): Float64Array {
    const sum = { re: new Float64Array(2 * this.block), im: new Float64Array(2 * this.block) };
    this.#weights.forEach((w, age) => {
      const x = this.#reference[age]!;
      for (let k = 0; k < sum.re.length; k++) {
        sum.re[k]! += w.re[k]! * x.re[k]! - w.im[k]! * x.im[k]!;
        sum.im[k]! += w.re[k]! * x.im[k]! + w.im[k]! * x.re[k]!;
      }
    });
    return inverse(sum);
  }

  #normalise(error: Spectrum): void {
    const { stepSize, epsilon } = this.#options;
    const x = this.#reference[0]!;
    this.#blocks++;
    const keep = Math.min(SMOOTHING, 1 - 1 / this.#blocks);
    const floor = 2 * this.block * epsilon + 1e-30;
    for (let k = 0; k < x.re.length; k++) {
      const now = x.re[k]! ** 2 + x.im[k]! ** 2;
      this.#power[k] = keep * this.#power[k]! + (1 - keep) * now;
      // a sudden loud block must not be divided by a quiet past
      const power = Math.max(this.#power[k]!, now / 2);
      const gain = stepSize / this.#partitions / (power + floor);
      error.re[k]! *= gain;
      error.im[k]! *= gain;
    }
  }

  #update(w: Spectrum, x: Spectrum, error: Spectrum, isConstrained: boolean): void {
    const gradient = {
      re: x.re.map((v, k) => v * error.re[k]! + x.im[k]! * error.im[k]!),
      im: x.re.map((v, k) => v * error.im[k]! - x.im[k]! * error.re[k]!),
    };
    const step = isConstrained ? causal(gradient) : gradient;
    const keep = 1 - this.#options.leak;
    for (let k = 0; k < w.re.length; k++) {
      w.re[k] = keep * w.re[k]! + step.re[k]!;
      w.im[k] = keep * w.im[k]! + step.im[k]!;
    }
  }
}

function transform(signal: Float64Array): Spectrum {
  const z = { re: signal.slice(), im: new Float64Array(signal.length) };
  fft(z.re, z.im);
  return z;
}

/** What is left of a spectrum of two blocks when only its first block is a filter. */
function causal(z: Spectrum): Spectrum {
  return transform(inverse(z).fill(0, z.re.length / 2));
}

function inverse(z: Spectrum): Float64Array {
  fft(z.im, z.re);
  return z.re.map((v) => v / z.re.length);
}
