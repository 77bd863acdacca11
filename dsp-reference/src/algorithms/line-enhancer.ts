import { History } from './history.ts';
import { checkOptions } from './nlms.ts';
import type { NlmsOptions } from './nlms.ts';

export interface LineEnhancerOptions extends NlmsOptions {
  /** Δ ≥ 1, samples: longer than the noise is correlated, shorter than the tones are; default 1 */
  readonly delay?: number;
}

/** One input sample in two parts: tonal + broadband = input. */
export interface EnhancedSample {
  /** what could be predicted from Δ samples ago */
  readonly tonal: number;
  readonly broadband: number;
}

/**
 * Adaptive line enhancer for one microphone: NLMS predicts the input from itself Δ samples ago. Tones are predicted, white
 * noise is not. With L taps a tone of power A²/2 in noise of power σ² gains up to L/2 in signal-to-noise ratio.
 *
 *     y[n] = Σ w_i x[n−Δ−i],   e = x − y,   w ← (1 − leak)·w + µ e x / (ε + xᵀx)
 *
 * (Widrow et al., Proc. IEEE 63(12), 1975; Treichler, IEEE Trans. ASSP 27(1), 1979.)
 */
export class LineEnhancer {
  readonly weights: Float64Array;
  #options: NlmsOptions;
  #late: History;
  #x: History;
  #delay: number;

  /** @throws DspError ALGORITHM_INVALID */
  constructor({ delay = 1, ...options }: LineEnhancerOptions) {
    // a delay is checked like a number of taps: whole, from 1
    checkOptions({ ...options, taps: delay });
    checkOptions(options);
    this.#options = options;
    this.#delay = delay;
    this.weights = new Float64Array(options.taps);
    this.#late = new History(delay);
    this.#x = new History(options.taps);
  }

  /** @param input a sample that is not finite counts as 0 */
  step(input: number): EnhancedSample {
    const { stepSize, epsilon = 1e-12, leak = 0, taps } = this.#options;
    const sample = Number.isFinite(input) ? input : 0;
    this.#x.put(this.#late.get(this.#delay - 1));
    this.#late.put(sample);
    const tonal = this.#x.dot(this.weights);
    const broadband = sample - tonal;
    if (leak > 0) for (let i = 0; i < taps; i++) this.weights[i]! *= 1 - leak;
    this.#x.addTo(this.weights, (stepSize * broadband) / (epsilon + this.#x.energy(taps)));
    return { tonal, broadband };
  }
}
