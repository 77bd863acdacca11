import { complex, inverse } from './statistics.ts';
import type { Complex, Layout, Power } from './statistics.ts';

/** Of the weight, dB: so little that nothing of it is left beside the regularisation, and more than any drive needs. */
const OFF_DB = -60;
const MAX_DB = 60;
/** A step of the dual ascent: dB of weight for each dB that the peak is over the limit, and the most at once. */
const RAISE = { share: 0.7, mostDb: 6 } as const;
const LOWER = { share: 0.3, mostDb: 1 } as const;

/**
 * Keeps the drive of the loudspeaker within its limit: a design minimises error + β·E[y²], and β climbs while the peak of y
 * would pass the limit. E[y²] = wᵀ R_x w with the autocorrelation of the unfiltered reference, so that the system stays
 * Toeplitz. The peak is that of w ∗ x over what was heard; to another filter it is carried over by the power of both.
 */
export class Effort {
  /** of β, relative to the power of the filtered over that of the unfiltered reference */
  weightDb = OFF_DB;
  /** largest square of the drive with the present filter over what it may be, dB */
  excessDb = -Infinity;
  private peakPower = 0;
  /** spectrum of the present filter; before there is one, the reference itself stands for the drive */
  private readonly filter: Complex;
  private readonly layout: Layout;
  private readonly limitPower: number;

  /** @param limit largest magnitude of the drive; Infinity: none */
  constructor(layout: Layout, limit: number) {
    this.layout = layout;
    this.limitPower = limit * limit;
    this.filter = complex(layout.size);
    this.clear();
  }

  clear(): void {
    this.weightDb = OFF_DB;
    this.peakPower = 0;
    this.filter.re.fill(1);
    this.filter.im.fill(0);
  }

  /**
   * What the present filter makes of the newest block.
   * @param heard transform of the last `size` samples, the reference in its real part
   * @param keep what is left of the peak so far
   */
  watch(heard: Complex, keep: number): void {
    const { size, block } = this.layout;
    const y = complex(size);
    for (let k = 0; k < size; k++) {
      const [a, b, c, d] = [heard.re[k]!, heard.im[k]!, this.filter.re[k]!, this.filter.im[k]!];
      y.re[k] = a * c - b * d;
      y.im[k] = a * d + b * c;
    }
    inverse(y);
    const newest = y.re.subarray(size - block);
    this.hear(
      newest.reduce((most, v) => Math.max(most, v * v), 0),
      keep,
    );
  }

  /** @param peakPower largest square of the drive with the present filter */
  hear(peakPower: number, keep: number): void {
    this.peakPower = Math.max(keep * this.peakPower, peakPower);
    this.excessDb = 10 * Math.log10(this.peakPower / this.limitPower);
  }

  /** β·R_x onto the correlations r; `power` is that of the filtered reference, r[0] without a weighting. */
  load(r: Float64Array, power: number, reference: Float64Array): void {
    if (this.weightDb <= OFF_DB) return;
    const { size } = this.layout;
    const x = complex(size);
    for (let k = 0; k < size; k++) x.re[k] = reference[Math.min(k, size - k)]!;
    // circular, of windowed blocks: positive semidefinite whatever was heard
    inverse(x);
    const beta = (10 ** (this.weightDb / 10) * power) / x.re[0]!;
    for (let lag = 0; lag < r.length; lag++) r[lag]! += beta * x.re[lag]!;
  }

  /** Takes over another filter, by its spectrum, and moves the weight. */
  move(filter: Complex, { x }: Power): void {
    const [before, after] = [drivePower(this.filter, x), drivePower(filter, x)];
    if (before > 0) this.hear((this.peakPower * after) / before, 0);
    this.filter.re.set(filter.re);
    this.filter.im.set(filter.im);
    const { share, mostDb } = this.excessDb > 0 ? RAISE : LOWER;
    const stepDb = Math.max(-mostDb, Math.min(mostDb, share * this.excessDb));
    this.weightDb = Math.max(OFF_DB, Math.min(MAX_DB, this.weightDb + stepDb));
  }

  /** The limit holds, and is not held by more than it takes. */
  isSettled(withinDb: number): boolean {
    return this.excessDb <= withinDb && (this.weightDb <= OFF_DB || this.excessDb >= -withinDb);
  }
}

function drivePower({ re, im }: Complex, reference: Float64Array): number {
  return reference.reduce((sum, x, k) => sum + (re[k]! * re[k]! + im[k]! * im[k]!) * x, 0);
}
