import {
  absW,
  bitLength64,
  clamp32,
  div32,
  mulHigh32,
  sat16,
  shl64,
  shr64,
  shrRound32,
  sub32,
} from './fixed.ts';
import type { Scalar } from './scalar.ts';

/** Fraction bits of a weight: Q28, +-7.94. */
export const WEIGHT_FRACTION_BITS = 28;
export const UPDATE_MIN_SHIFT = 6;
export const UPDATE_MAX_SHIFT = 30;
export const WEIGHT_MAX = 0x7fffffff - (1 << 24);

/** What to add to weight i is shrRound32(mantissa * x[i], shift); mantissa 0: nothing. */
export interface Gain {
  mantissa: number;
  shift: number;
}

/** anc_fxnlms_gain; writes to `gain` so that the loop allocates nothing. error < 2^33, energy 1..2^52. */
export function fxnlmsGain(
  gain: Gain,
  step: Scalar,
  error: number,
  energy: number,
  exponent: number,
): void {
  const energyShift = bitLength64(energy) - 15;
  const low = energyShift >= 0 ? shr64(energy, energyShift) : shl64(energy, -energyShift);
  nlmsGain(gain, step, error, low, energyShift, exponent, UPDATE_MIN_SHIFT, UPDATE_MAX_SHIFT);
}

/** anc_nlms_gain; the energy is `low` * 2^energyShift, low its 15 highest bits: it may pass what a double holds. */
export function nlmsGain(
  gain: Gain,
  step: Scalar,
  error: number,
  low: number,
  energyShift: number,
  exponent: number,
  minShift: number,
  maxShift: number,
): void {
  gain.mantissa = 0;
  gain.shift = maxShift;
  const product = absW(error) * step.mantissa;
  if (product === 0) return;

  const productShift = bitLength64(product) - 30;
  const high = productShift >= 0 ? shr64(product, productShift) : shl64(product, -productShift);
  let mantissa = (div32(high, low) + 1) >> 1;

  let shift = energyShift - productShift + step.exponent + exponent - 13;
  if (shift > maxShift) return;
  if (shift < minShift) {
    mantissa <<= Math.min(minShift - shift, 3);
    shift = minShift;
  }
  const saturated = sat16(mantissa);
  gain.mantissa = error < 0 ? saturated : -saturated;
  gain.shift = shift;
}

/** anc_fxnlms_update: weights[i] += shrRound32(mantissa * x[at + i], shift), saturating. */
export function fxnlmsUpdate(
  weights: Int32Array,
  x: Int16Array,
  at: number,
  n: number,
  gain: Gain,
): void {
  const { mantissa, shift } = gain;
  if (mantissa === 0) return;
  const half = 1 << (shift - 1);
  for (let i = 0; i < n; i++) {
    const step = (Math.imul(mantissa, x[at + i]!) + half) >> shift;
    weights[i] = clamp32((weights[i]! + step) | 0, -WEIGHT_MAX, WEIGHT_MAX);
  }
}

/** anc_fxnlms_leak */
export function fxnlmsLeak(weight: number, leak: Scalar): number {
  if (leak.mantissa === 0 || leak.exponent > 46) return weight;
  const high = mulHigh32(weight, leak.mantissa << 16);
  const shift = leak.exponent - 16;
  return sub32(weight, shift > 0 ? shrRound32(high, shift) : shl64(high, -shift));
}
