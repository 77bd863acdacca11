import { History } from '../algorithms/history.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { FxNlms } from './fxnlms.ts';

/**
 * Neutralisation of the acoustic feedback in front of any controller: it hears x − f̂∗y, with f̂ the model of loudspeaker →
 * reference microphone. Without it the loop through the reference microphone howls once |W·F| reaches 1.
 * (Kuo and Morgan, Active Noise Control Systems, 1996, ch. 3; Warnaka, Poole and Tichy, US patent 4473906, 1984.)
 */
export class FeedbackNeutralisation implements Controller {
  private readonly inner: Controller;
  /** without its first value: y of this instant does not exist yet when the reference is heard */
  private readonly model: Float64Array;
  private readonly played: History;

  /** @param feedback f̂, loop latency included; absent or empty: the reference goes through as it is */
  constructor(inner: Controller, feedback: Float64Array = new Float64Array(0)) {
    this.inner = inner;
    this.model = feedback.subarray(1);
    this.played = new History(Math.max(1, this.model.length));
  }

  output(reference: number): number {
    const x = Number.isFinite(reference) ? reference : 0;
    const y = this.inner.output(x - this.played.dot(this.model));
    this.played.put(y);
    return y;
  }

  adapt(error: number): void {
    this.inner.adapt(error);
  }
}

/** FxNLMS behind the neutralisation. */
export function neutralisedFxNlms(options: ControllerOptions): Controller {
  return new FeedbackNeutralisation(new FxNlms(options), options.feedback);
}
