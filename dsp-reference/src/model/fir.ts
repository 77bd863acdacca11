import { pow2 } from './fixed.ts';

/** Products of a 16-bit sample and a 32-bit weight are below 2^46: this many of them sum exactly in a double. */
const EXACT_RUN = 128;

/**
 * shrRound64(sum of x[at + i] * w[i], shift), the C side's anc_fir_wide with the rounding shift behind it. The sum
 * reaches 2^56, so runs that are exact in a double are split into quotient and remainder by 2^shift and added apart.
 * n is a multiple of 16.
 */
export function firWideShrRound(
  x: Int16Array,
  at: number,
  w: Int32Array,
  n: number,
  shift: number,
): number {
  const unit = pow2(shift);
  let high = 0;
  let low = unit / 2;
  for (let start = 0; start < n; start += EXACT_RUN) {
    const end = start + EXACT_RUN < n ? start + EXACT_RUN : n;
    let even = 0;
    let odd = 0;
    for (let i = start; i < end; i += 2) {
      even += x[at + i]! * w[i]!;
      odd += x[at + i + 1]! * w[i + 1]!;
    }
    const run = even + odd;
    const quotient = Math.floor(run / unit);
    high += quotient;
    low += run - quotient * unit;
  }
  return high + Math.floor(low / unit);
}
