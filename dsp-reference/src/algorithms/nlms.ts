import { DspError } from '../errors.ts';
import { History } from './history.ts';

export interface NlmsOptions {
  readonly taps: number;
  /** µ, stable below 2 */
  readonly stepSize: number;
  /** ε beside the energy xᵀx; default 1e-12 */
  readonly epsilon?: number;
  /** share of each weight that is forgotten every sample, 0 (default) to 1 */
  readonly leak?: number;
}

/** @throws DspError ALGORITHM_INVALID */
export function checkOptions({ taps, stepSize, epsilon = 0, leak = 0 }: NlmsOptions): void {
  const isFine =
    Number.isInteger(taps) && taps >= 1 && stepSize >= 0 && epsilon >= 0 && leak >= 0 && leak < 1;
  if (isFine) return;
  const values = `taps ${taps}, stepSize ${stepSize}, epsilon ${epsilon}, leak ${leak}`;
  throw new DspError('ALGORITHM_INVALID', `These settings make no filter: ${values}.`, {
    hint: 'taps is a whole number from 1, stepSize and epsilon are not negative, leak is 0 up to 1.',
  });
}

/**
 * Normalised LMS as an electrical canceller, with optional leakage (leaky NLMS): e = d − wᵀx, then
 * w ← (1 − leak)·w + µ·e·x / (ε + xᵀx). Zero initial state, a priori error.
 * (Haykin, Adaptive Filter Theory, ch. 6; Widrow et al., Proc. IEEE 63(12), 1975.)
 */
export class Nlms {
  readonly weights: Float64Array;
  #options: NlmsOptions;
  #x: History;

  /** @throws DspError ALGORITHM_INVALID */
  constructor(options: NlmsOptions) {
    checkOptions(options);
    this.#options = options;
    this.weights = new Float64Array(options.taps);
    this.#x = new History(options.taps);
  }

  /** One sample: reference x and wanted-plus-noise d; returns the error e. */
  step(x: number, d: number): number {
    const { stepSize, epsilon = 1e-12, leak = 0, taps } = this.#options;
    this.#x.put(x);
    const e = d - this.#x.dot(this.weights);
    if (leak > 0) for (let i = 0; i < taps; i++) this.weights[i]! *= 1 - leak;
    this.#x.addTo(this.weights, (stepSize * e) / (epsilon + this.#x.energy(taps)));
    return e;
  }
}
