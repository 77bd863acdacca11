import { sat16, sat32, shrRound64 } from './fixed.ts';

export const RATE_RATIO = 8;
export const DIRECT_TAPS = 64;
const LATE_OFFSET = 5;
const SPLINE_ROWS = 4;
const HISTORY = 128;
const DECIMATED_SHIFT = 24;
const LATE_SHIFT = 13;
const OUTPUT_SHIFT = 5;

const SPLINE = Int16Array.of(
  ...[1, 4, 10, 20, 35, 56, 84, 120, 161, 204, 246, 284, 315, 336, 344, 336],
  ...[315, 284, 246, 204, 161, 120, 84, 56, 35, 20, 10, 4, 1, 0, 0, 0],
);

export function lateCount(taps: number): number {
  return taps / RATE_RATIO - 12;
}

/** The sample-exact model of firmware/core/dsp/multirate.c. */
export class MultirateModel {
  private phase = 0;
  private position = 0;
  private decimating = 0;
  private filtering = 0;
  private readonly late_q30 = new Int32Array(SPLINE_ROWS);
  private readonly decimated_q15 = new Int16Array(2 * HISTORY);

  clear(): void {
    this.phase = 0;
    this.position = 0;
    this.decimating = 0;
    this.filtering = 0;
    this.late_q30.fill(0);
    this.decimated_q15.fill(0);
  }

  /**
   * One sample of the branch, Q31, wide. All sums are below 2^53 and so exact.
   * @param x, at the newest samples of the reference, Q27, newest first, those at odd places negative
   * @param weights, from the late weights, `count` of them, zeros behind
   */
  step(x: Int32Array, at: number, weights: Int32Array, from: number, count: number): number {
    const left = RATE_RATIO - 1 - this.phase;
    for (let i = 0; i < SPLINE_ROWS; i++) {
      const tap = SPLINE_ROWS * left + i;
      const place = at + tap - left;
      this.decimating += (place % 2 === 0 ? x[place]! : -x[place]!) * SPLINE[tap]!;
    }
    const part = Math.ceil(count / RATE_RATIO);
    const decimated = this.position + LATE_OFFSET - 1;
    for (let i = part * left; i < part * (left + 1); i++) {
      this.filtering += this.decimated_q15[decimated + i]! * weights[from + i]!;
    }
    this.phase = left === 0 ? 0 : this.phase + 1;
    if (left === 0) this.finish();
    let sum = 0;
    for (let i = 0; i < SPLINE_ROWS; i++) {
      sum += SPLINE[this.phase + RATE_RATIO * i]! * this.late_q30[i]!;
    }
    return shrRound64(sum, OUTPUT_SHIFT);
  }

  private finish(): void {
    this.late_q30.copyWithin(1, 0);
    this.late_q30[0] = sat32(shrRound64(this.filtering, LATE_SHIFT));
    this.position = (this.position - 1) & (HISTORY - 1);
    const newest = sat16(shrRound64(this.decimating, DECIMATED_SHIFT));
    this.decimated_q15[this.position] = newest;
    this.decimated_q15[this.position + HISTORY] = newest;
    this.filtering = 0;
    this.decimating = 0;
  }
}
