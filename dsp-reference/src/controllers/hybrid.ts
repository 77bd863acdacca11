import { ControlFilter, Emphasis } from './control-filter.ts';
import type { ControllerOptions } from './controller.ts';
import { Echo, LimitedController } from './limited-controller.ts';

const STEP = 0.004;
/** Of the feedback filter beside the feed-forward one: it sits in a loop with the model's error. */
const FEEDBACK_SHARE = 0.25;
const FEEDBACK_LEAKAGE = 0.05;

/**
 * Feed-forward and feedback control together: y = wᵀx + vᵀd̂ with d̂ = e − ŝ∗y one sample old, each filter by FxNLMS with
 * the same error. Feedback takes what the reference microphone does not hear as long as it is predictable.
 * (Kuo and Morgan, Active Noise Control Systems, 1996, ch. 6.)
 * `stepSize` µ of the feed-forward filter, default 0.004; the feedback filter has a quarter.
 */
export class Hybrid extends LimitedController {
  private readonly forward: ControlFilter;
  private readonly backward: ControlFilter;
  private readonly echo: Echo;
  private readonly emphasis = new Emphasis();
  private readonly stepSize: number;
  private disturbance = 0;

  constructor(options: ControllerOptions) {
    super(options.sampleRateHz, options.outputLimit);
    this.forward = new ControlFilter(options);
    this.backward = new ControlFilter({ leakage: FEEDBACK_LEAKAGE, ...options });
    this.echo = new Echo(options.secondary);
    this.stepSize = options.stepSize ?? STEP;
  }

  protected play(reference: number): number {
    return this.forward.next(reference) + this.backward.next(this.disturbance);
  }

  protected learn(error: number, played: number, isHeld: boolean): void {
    this.disturbance = error - this.echo.next(played);
    const e = this.emphasis.next(error);
    if (isHeld) {
      this.forward.leak();
      this.backward.leak();
      return;
    }
    this.forward.descend(e, this.stepSize);
    this.backward.descend(e, FEEDBACK_SHARE * this.stepSize);
  }
}
