import type { History } from '../algorithms/history.ts';
import type { ControllerOptions } from './controller.ts';
import { FxNlms } from './fxnlms.ts';

const STEP_MAX = 0.015;
/** Time over which the direction of the gradient is averaged. */
const AVERAGE_S = 0.2;
/** c at which the step is half of the largest: 0 when the samples disagree, towards 1 when they agree. */
const HALF_AT = 2e-3;

export interface VariableStepOptions extends ControllerOptions {
  /** C, where the step is half of µ_max; larger for less residual noise, smaller to go on longer; default 0.002 */
  readonly halfAt?: number;
}

/**
 * FxNLMS with a variable step: p ← α p + (1 − α) x̂ e' / (P + P_floor) is the mean direction of descent. As long as the
 * filter is wrong the samples agree on it; once only noise is left they cancel out.
 *
 *     µ = µ_max · c / (c + C),   c = ‖p‖² · (P + P_floor) / mean(e'²)
 *
 * c is free of the level. (Shin, Sayed and Song, IEEE Signal Process. Lett. 11(2), 2004, with x̂ in the place of x.)
 * `stepSize` is µ_max, default 0.015.
 */
export class VariableStep extends FxNlms {
  private readonly stepMax: number;
  private readonly halfAt: number;
  private readonly alpha: number;
  private readonly direction: Float64Array;
  private meanSquare = 0;
  private step = 0;

  constructor(options: VariableStepOptions) {
    super(options);
    this.stepMax = options.stepSize ?? STEP_MAX;
    this.halfAt = options.halfAt ?? HALF_AT;
    this.alpha = Math.exp(-1 / (AVERAGE_S * options.sampleRateHz));
    this.direction = new Float64Array(options.taps);
  }

  /** µ of the last sample */
  get presentStep(): number {
    return this.step;
  }

  protected override descend(error: number): void {
    const { alpha, direction, filter } = this;
    this.meanSquare = alpha * this.meanSquare + (1 - alpha) * error * error;
    const gain = ((1 - alpha) * error) / filter.power;
    const agreement = meanDirection(direction, alpha, gain, filter.filtered) * filter.power;
    const c = this.meanSquare > 0 ? agreement / this.meanSquare : 0;
    this.step = (this.stepMax * c) / (c + this.halfAt);
    filter.descend(error, this.step);
  }
}

/** p ← α p + gain·x̂; returns ‖p‖². */
function meanDirection(p: Float64Array, alpha: number, gain: number, filtered: History): number {
  for (let i = 0; i < p.length; i++) p[i]! *= alpha;
  filtered.addTo(p, gain);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i]! * p[i]!;
  return sum;
}
