import { ControlFilter, Emphasis, emphasised } from './control-filter.ts';
import type { ControllerOptions } from './controller.ts';
import { Echo, LimitedController } from './limited-controller.ts';

const STEP = 0.008;

/**
 * Modified FxNLMS: the plant is taken out of the loop of adaptation, so that its delay does not limit the step.
 *
 *     d̂ = e − ŝ∗y,   ê = d̂ + wᵀx̂,   w ← w − µ ê x̂ / (P + P_floor)
 *
 * ê is what the error would be had w always been what it is now. (Bjarnason, IEEE Trans. Speech Audio Process. 3(6), 1995;
 * Rupp and Sayed, IEEE Trans. Speech Audio Process. 6(1), 1998.)
 * `stepSize` µ: 0 to below 2 with an exact model, default 0.008.
 */
export class ModifiedFxLms extends LimitedController {
  private readonly filter: ControlFilter;
  private readonly echo: Echo;
  private readonly emphasis = new Emphasis();
  private readonly stepSize: number;

  constructor(options: ControllerOptions) {
    super(options.sampleRateHz, options.outputLimit);
    this.filter = new ControlFilter(options);
    this.echo = new Echo(emphasised(options.secondary));
    this.stepSize = options.stepSize ?? STEP;
  }

  protected play(reference: number): number {
    return this.filter.next(reference);
  }

  protected learn(error: number, played: number, isHeld: boolean): void {
    const disturbance = this.emphasis.next(error) - this.echo.next(played);
    if (isHeld) this.filter.leak();
    else this.filter.descend(disturbance + this.filter.filteredOutput(), this.stepSize);
  }
}
