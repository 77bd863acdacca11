import { ControlFilter, Emphasis } from './control-filter.ts';
import type { ControllerOptions } from './controller.ts';
import { Echo, LimitedController } from './limited-controller.ts';

const STEP = 0.002;
/** 1/s: bounds the loop gain at frequencies where the model is unsure. */
const LEAKAGE = 0.05;

/**
 * Feedback control by an internal model, for one microphone, at the ear: the reference is the disturbance that the model
 * lets it see, d̂ = e − ŝ∗y, one sample old. What can be predicted over the delay of the path is cancelled: tones, low
 * bands. (Kuo and Morgan, Active Noise Control Systems, 1996, ch. 6; Morari and Zafiriou, Robust Process Control, 1989.)
 * `stepSize` µ, default 0.002. The reference microphone is not used.
 */
export class ImcFeedback extends LimitedController {
  private readonly filter: ControlFilter;
  private readonly echo: Echo;
  private readonly emphasis = new Emphasis();
  private readonly stepSize: number;
  private disturbance = 0;

  constructor(options: ControllerOptions) {
    super(options.sampleRateHz, options.outputLimit);
    this.filter = new ControlFilter({ leakage: LEAKAGE, ...options });
    this.echo = new Echo(options.secondary);
    this.stepSize = options.stepSize ?? STEP;
  }

  protected play(): number {
    return this.filter.next(this.disturbance);
  }

  protected learn(error: number, played: number, isHeld: boolean): void {
    this.disturbance = error - this.echo.next(played);
    const e = this.emphasis.next(error);
    if (isHeld) this.filter.leak();
    else this.filter.descend(e, this.stepSize);
  }
}
