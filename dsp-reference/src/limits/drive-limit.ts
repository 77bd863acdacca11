import { correlate } from '../correlate.ts';
import { convolve } from '../plant/convolve.ts';
import { solveToeplitz } from '../toeplitz.ts';

/** As wienerBound has it: relative to the power of the filtered reference. */
const REGULARISATION = 1e-6;
/** Decades of effort weight, relative to the power that the filter has at the ear. */
const LEAST = -8;
const MOST = 4;
/** Halvings of that range: to 0.012 decades. */
const ROUNDS = 10;

const peakOf = (y: Float64Array): number => y.reduce((max, v) => Math.max(max, Math.abs(v)), 0);

/**
 * The causal filter that is best in the mean square with a loudspeaker of limited drive: effort-weighted least squares,
 * |d + f∗w|² + β·|x∗w|², with the smallest β that keeps the peak of the drive within the limit. (Elliott, Signal Processing
 * for Active Control, 2001, ch. 3.)
 * @param filtered f, the reference through the secondary path
 */
export function driveLimitedFilter(
  { x, filtered, d }: { x: Float64Array; filtered: Float64Array; d: Float64Array },
  taps: number,
  drivePeak: number,
): Float64Array {
  const [ear, drive] = [correlate(filtered, filtered, taps), correlate(x, x, taps)];
  const cross = correlate(d, filtered, taps).map((v) => -v);
  ear[0]! *= 1 + REGULARISATION;
  const unit = ear[0]! / drive[0]!;
  let best: Float64Array = new Float64Array(taps);
  let [low, high] = [LEAST, MOST];
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2;
    const beta = unit * 10 ** middle;
    const weights = solveToeplitz(
      ear.map((v, k) => v + beta * drive[k]!),
      cross,
    );
    if (weights && peakOf(convolve(x, weights)) <= drivePeak) {
      best = weights;
      high = middle;
    } else {
      low = middle;
    }
  }
  return best;
}
