import { History } from './history.ts';
import { checkOptions } from './nlms.ts';
import type { NlmsOptions } from './nlms.ts';

export interface FxlmsOptions extends NlmsOptions {
  /** Impulse response of the model ŝ of the path from loudspeaker to error microphone. */
  readonly secondary: Float64Array;
}

/**
 * Filtered-reference adaptation, feed-forward: y = wᵀx, the error e = d + s∗y, x̂ = ŝ∗x.
 * (Kuo and Morgan, Active Noise Control Systems, 1996, ch. 3.)
 */
abstract class FilteredReference {
  readonly weights: Float64Array;
  protected readonly options: FxlmsOptions;
  protected readonly filtered: History;
  #x: History;

  /** @throws DspError ALGORITHM_INVALID */
  constructor(options: FxlmsOptions) {
    checkOptions(options);
    this.options = options;
    this.weights = new Float64Array(options.taps);
    this.#x = new History(Math.max(options.taps, options.secondary.length));
    this.filtered = new History(options.taps);
  }

  /** The loudspeaker's sample for the reference's. */
  output(x: number): number {
    this.#x.put(x);
    this.filtered.put(this.#x.dot(this.options.secondary));
    return this.#x.dot(this.weights);
  }

  /** Learns from the error of the same instant. */
  adapt(e: number): void {
    const { leak = 0, taps } = this.options;
    if (leak > 0) for (let i = 0; i < taps; i++) this.weights[i]! *= 1 - leak;
    this.filtered.addTo(this.weights, -this.gain() * e);
  }

  protected abstract gain(): number;
}

/** FxLMS: w ← (1 − leak)·w − µ·e·x̂. `stepSize` is µ, in 1/power. */
export class Fxlms extends FilteredReference {
  protected gain(): number {
    return this.options.stepSize;
  }
}

/** FxNLMS: w ← (1 − leak)·w − µ·e·x̂ / (ε + x̂ᵀx̂). */
export class Fxnlms extends FilteredReference {
  protected gain(): number {
    const { stepSize, epsilon = 1e-12, taps } = this.options;
    return stepSize / (epsilon + this.filtered.energy(taps));
  }
}
