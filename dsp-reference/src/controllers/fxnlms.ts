import { ControlFilter, Emphasis } from './control-filter.ts';
import type { ControllerOptions } from './controller.ts';
import { LimitedController } from './limited-controller.ts';

/** FxNLMS's default µ, stable with 24 samples of latency at every measured ear. */
export const FXNLMS_STEP = 0.004;

/**
 * FxNLMS in float64, the yardstick of its relatives: w ← w − µ e' x̂ / (P + P_floor).
 * (Kuo and Morgan, Active Noise Control Systems, 1996, ch. 3.)
 */
export class FxNlms extends LimitedController {
  protected readonly filter: ControlFilter;
  private readonly emphasis = new Emphasis();
  private readonly stepSize: number;

  constructor(options: ControllerOptions) {
    super(options.sampleRateHz, options.outputLimit);
    this.filter = new ControlFilter(options);
    this.stepSize = options.stepSize ?? FXNLMS_STEP;
  }

  get weights(): Float64Array {
    return this.filter.weights;
  }

  protected play(reference: number): number {
    return this.filter.next(reference);
  }

  protected learn(error: number, _played: number, isHeld: boolean): void {
    const e = this.emphasis.next(error);
    if (isHeld) this.filter.leak();
    else this.descend(e);
  }

  /** @param error with the pre-emphasis */
  protected descend(error: number): void {
    this.filter.descend(error, this.stepSize);
  }
}
