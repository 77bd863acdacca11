/** The engine's weights, the good ones it goes back to, and the target it fades to; Q28 integers. */
import { BLOCK } from './block.ts';
import { MAX_TAPS } from './filter-shape.ts';
import { clamp32, shrRound64 } from './fixed.ts';
import { fxnlmsLeak, WEIGHT_MAX } from './fxnlms.ts';
import type { Scalar } from './scalar.ts';

/** a sample */
export const LEAK_TAPS = 4;
const FADE_TAPS = 16;
const FADE_SHIFT = 3;

export class WeightSlots {
  readonly all = new Int32Array(MAX_TAPS);
  private readonly saved = new Int32Array(MAX_TAPS);
  private readonly target = new Int32Array(MAX_TAPS);
  private count = MAX_TAPS;
  private leakIndex = 0;
  private fadeIndex = 0;

  /** a view, not a copy */
  get inUse(): Int32Array {
    return this.all.subarray(0, this.count);
  }

  /** Another number of weights has no use for the old ones. */
  resize(count: number): void {
    this.count = count;
    this.clear();
    this.leakIndex = 0;
    this.fadeIndex = 0;
  }

  /** Saved ones included. */
  clear(): void {
    this.reset();
    this.saved.fill(0);
  }

  reset(): void {
    this.all.fill(0);
    this.target.fill(0);
  }

  /** false and no change when the number or a value is out of range. */
  set(weights: Int32Array): boolean {
    if (weights.length !== this.count) return false;
    if (weights.some((w) => Math.abs(w) > WEIGHT_MAX)) return false;
    this.all.set(weights);
    this.target.set(weights);
    return true;
  }

  save(): void {
    this.saved.set(this.all);
  }

  restore(): void {
    this.all.set(this.saved);
    this.target.set(this.saved);
  }

  /** Out of range it saturates. */
  setTarget(index: number, weight: number): void {
    this.target[index] = clamp32(weight, -WEIGHT_MAX, WEIGHT_MAX);
  }

  /** A block's share of the fade: an eighth of the way to the target, some weights. */
  fade(): void {
    for (let i = 0; i < FADE_TAPS * BLOCK && this.fadeIndex < this.count; i++, this.fadeIndex++) {
      const weight = this.all[this.fadeIndex]!;
      const difference = this.target[this.fadeIndex]! - weight;
      this.all[this.fadeIndex] = weight + shrRound64(difference, FADE_SHIFT);
    }
    if (this.fadeIndex >= this.count) this.fadeIndex = 0;
  }

  /** A block's share of the leakage. */
  leak(rate: Scalar): void {
    for (let i = 0; i < LEAK_TAPS * BLOCK; i++) {
      this.all[this.leakIndex] = fxnlmsLeak(this.all[this.leakIndex]!, rate);
      if (++this.leakIndex >= this.count) this.leakIndex = 0;
    }
  }
}
