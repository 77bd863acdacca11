/** The model of firmware/core/dsp/impulse.c; bounds and reasons are there. */
import { mul16, shl64, shr64 } from './fixed.ts';

export const IMPULSE_HOLD_MS = 20;
export const IMPULSE_BUDGET_MS = 500;

const MEAN_SHIFT = 13;
const CREST_SHIFT = 6;
const FAINT_SQUARE = 107;

class RunningMean {
  private mean_q13 = 0;

  jumps(sample_q15: number): boolean {
    const square = mul16(sample_q15, sample_q15);
    const mean = shr64(this.mean_q13, MEAN_SHIFT);
    const most = shl64(Math.max(mean, FAINT_SQUARE), CREST_SHIFT);
    this.mean_q13 = this.mean_q13 - mean + Math.min(square, most);
    return square > most;
  }
}

export class ImpulseModel {
  private readonly holdSamples: number;
  private readonly budgetSamples: number;
  private readonly reference = new RunningMean();
  private readonly disturbance = new RunningMean();
  private left = 0;
  private spent = 0;
  private isNoise = false;

  constructor(holdSamples: number, budgetSamples: number) {
    this.holdSamples = holdSamples;
    this.budgetSamples = budgetSamples;
  }

  /** One sample of each; whether learning rests. */
  step(reference_q15: number, disturbance_q15: number): boolean {
    const atReference = this.reference.jumps(reference_q15);
    const atError = this.disturbance.jumps(disturbance_q15);
    if ((atReference || atError) && !this.isNoise) this.left = this.holdSamples;
    if (this.left > 0) {
      this.left--;
      if (++this.spent >= this.budgetSamples) {
        this.isNoise = true;
        this.left = 0;
      }
      return true;
    }
    if (this.spent > 0) this.spent--;
    if (this.spent === 0) this.isNoise = false;
    return false;
  }
}
