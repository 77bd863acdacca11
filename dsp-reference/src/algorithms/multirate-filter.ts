import { History } from './history.ts';

/** Between the rate of the samples and that of the late coefficients. */
export const RATE_RATIO = 8;
/** Coefficients at the full rate: lags 0..63. */
export const DIRECT_TAPS = 64;
/** The first late coefficient reads so many low-rate samples back: its kernel begins at lag 40, its centre is lag 68. */
export const LATE_OFFSET = 5;
const MIN_REACH = 128;
const REACH_STEP = 32;

/**
 * Cubic B-spline, a box of eight samples convolved four times with itself: decimation and interpolation filter alike. Its
 * fourfold zeros at all multiples of the low rate take out what would fold onto, or be an image of, low frequencies: a
 * tone f leaves images (f / (R − f))⁴ and less of it, R the low rate: at 48 kHz 83 dB below 500 Hz, 55 dB below 1 kHz. The sum
 * is 8⁴, its values are integers.
 */
export const SPLINE = splineOf(4);
/** Kernel of a late coefficient: decimation and interpolation in a row, scaled so that coefficients resemble the taps there. */
export const LATE_KERNEL = splineOf(8).map((v) => v / RATE_RATIO ** 7);

function splineOf(boxes: number): Float64Array {
  let spline = Float64Array.of(1);
  for (let box = 0; box < boxes; box++) {
    const before = spline;
    spline = Float64Array.from({ length: before.length + RATE_RATIO - 1 }, (_, n) => {
      return before.subarray(Math.max(0, n - RATE_RATIO + 1), n + 1).reduce((sum, v) => sum + v, 0);
    });
  }
  return spline;
}

/** Lags that the filter reaches over when asked for so many taps. */
export function multirateReach(taps: number): number {
  return Math.max(MIN_REACH, taps - (taps % REACH_STEP));
}

/** Late coefficients: the kernel of the last one ends within the reach. */
export function lateCount(reach: number): number {
  return Math.floor((reach - LATE_KERNEL.length) / RATE_RATIO) + 1 - LATE_OFFSET;
}

/** The reach of a filter of so many coefficients, direct and late ones. */
export function reachOf(count: number): number {
  const ends = lateLag(count - DIRECT_TAPS - 1) + LATE_KERNEL.length;
  return Math.ceil(ends / RATE_RATIO) * RATE_RATIO;
}

/** The lag at which the kernel of late coefficient j begins. */
export function lateLag(j: number): number {
  return RATE_RATIO * (LATE_OFFSET + j);
}

/** The time-invariant part of the filter as an FIR; the rest are aliases and images. */
export function equivalentFilter(coefficients: Float64Array, reach: number): Float64Array {
  const filter = new Float64Array(reach);
  filter.set(coefficients.subarray(0, DIRECT_TAPS));
  coefficients.subarray(DIRECT_TAPS).forEach((c, j) => {
    LATE_KERNEL.forEach((g, k) => (filter[lateLag(j) + k]! += c * g));
  });
  return filter;
}

/**
 * A long control filter for few multiplications, without delay: the first taps are an FIR at the full rate, everything
 * later one at an eighth of it between a decimation and an interpolation filter, whose delay is part of the lag at which
 * that branch begins. firmware/core/dsp/multirate.c is the same in integers.
 */
export class MultirateFilter {
  private readonly samples: History;
  private readonly decimated: History;
  private readonly late: History;
  private readonly direct: History;
  private phase = 0;
  private readonly scale = SPLINE.reduce((sum, v) => sum + v, 0);

  constructor(reach: number) {
    this.samples = new History(SPLINE.length);
    this.direct = new History(DIRECT_TAPS);
    this.decimated = new History(LATE_OFFSET + lateCount(reach));
    this.late = new History(Math.ceil(SPLINE.length / RATE_RATIO));
  }

  /** @param coefficients the direct ones, then lateCount(reach) late ones */
  next(sample: number, coefficients: Float64Array): number {
    this.samples.put(sample);
    this.direct.put(sample);
    if (this.phase === 0) this.nextLate(coefficients.subarray(DIRECT_TAPS));
    let late = 0;
    for (let k = this.phase, i = 0; k < SPLINE.length; k += RATE_RATIO, i++) {
      late += SPLINE[k]! * this.late.get(i);
    }
    this.phase = (this.phase + 1) % RATE_RATIO;
    const gain = RATE_RATIO ** 2 / this.scale;
    return this.direct.dot(coefficients.subarray(0, DIRECT_TAPS)) + gain * late;
  }

  private nextLate(coefficients: Float64Array): void {
    this.decimated.put(this.samples.dot(SPLINE) / this.scale);
    let sum = 0;
    for (let j = 0; j < coefficients.length; j++) {
      sum += coefficients[j]! * this.decimated.get(LATE_OFFSET + j);
    }
    this.late.put(sum);
  }
}
