/** The sample-exact model of firmware/core/dsp/block.c. */
import {
  absW,
  bitLength64,
  clamp32,
  div32,
  mulHigh32,
  scaleRound64,
  shl64,
  shr64,
  shrRound64,
} from './fixed.ts';
import { UPDATE_MAX_SHIFT, UPDATE_MIN_SHIFT, WEIGHT_MAX } from './fxnlms.ts';
import type { Scalar } from './scalar.ts';

/** Samples of a block: the weights change at its end. */
export const BLOCK = 8;
export const BLOCK_FRACTION_BITS = 27;
const GAIN_MAX = 1 << 12;
const GAIN_BITS = 12;

/**
 * The upper 32 bits of each h[i] * x[at + i], rounded down; those of samples at odd places, which are stored negative, are
 * subtracted. n is even.
 */
export function firHigh(x: Int32Array, at: number, h: Int32Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i += 2) {
    sum += mulHigh32(h[i]!, x[at + i]!) - mulHigh32(h[i + 1]!, x[at + i + 1]!);
  }
  return at % 2 === 0 ? sum : -sum;
}

/** What to add to weight i is shrRound32(sum of mantissas[k] * x[i + BLOCK - 1 - k], shift); shift 0: nothing. */
export interface BlockGains {
  readonly mantissas: Int16Array;
  shift: number;
}

/** anc_block_gains; writes to `gains` so that the loop allocates nothing. */
export function blockGains(
  gains: BlockGains,
  step: Scalar,
  errors: Int32Array,
  energy: number,
  exponent: number,
): void {
  gains.shift = 0;
  let peak = 0;
  for (const error of errors) peak = Math.max(peak, absW(error));
  if (peak === 0 || step.mantissa === 0) return;

  const energyShift = bitLength64(energy) - 15;
  const low = energyShift >= 0 ? shr64(energy, energyShift) : shl64(energy, -energyShift);
  const rate = (div32(shl64(step.mantissa, 15), low) + 1) >> 1;
  const errorShift = bitLength64(peak) - 15;
  const down = bitLength64(scaleRound64(peak, errorShift) * rate) - GAIN_BITS;
  const shift = energyShift + step.exponent + exponent - down - errorShift;
  if (shift > UPDATE_MAX_SHIFT) return;
  const lack = Math.max(0, UPDATE_MIN_SHIFT - shift);
  gains.shift = shift + lack;
  for (let k = 0; k < BLOCK; k++) {
    const mantissa = shrRound64(scaleRound64(errors[k]!, errorShift) * rate, down);
    gains.mantissas[k] = -clamp32(shl64(mantissa, Math.min(lack, 13)), -GAIN_MAX, GAIN_MAX);
  }
}

/** anc_block_update */
export function blockUpdate(
  weights: Int32Array,
  x: Int16Array,
  at: number,
  n: number,
  gains: BlockGains,
): void {
  const { mantissas, shift } = gains;
  if (shift === 0) return;
  const half = 1 << (shift - 1);
  for (let i = 0; i < n; i++) {
    let sum = half;
    for (let k = 0; k < BLOCK; k++) {
      sum += Math.imul(mantissas[k]!, x[at + i + BLOCK - 1 - k]!);
    }
    weights[i] = clamp32((weights[i]! + (sum >> shift)) | 0, -WEIGHT_MAX, WEIGHT_MAX);
  }
}
