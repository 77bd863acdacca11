import { EMPHASIS_1_Q15 } from './emphasis.ts';
import { absW, bitLength64, sat16, scaleRound64, shl64, shrRound64 } from './fixed.ts';

export const MAX_SECONDARY_TAPS = 512;
export const MAX_SECONDARY_DELAY = 256;
const ROW = 8;
const MANTISSA_BITS = 26;
const HEADROOM_BITS = 2;

/** The loudspeaker-to-error-microphone model: h[n] = taps_q15[n - delaySamples] * 2^(exponent - 15). */
export interface SecondaryModel {
  /** 0..256 samples, converters and blocks included */
  readonly delaySamples: number;
  /** -16..16 */
  readonly exponent: number;
  /** 1..512 values */
  readonly taps_q15: Int16Array;
}

/** anc_kernel_t: the model in the form of the inner loops. */
export interface Kernel {
  readonly delaySamples: number;
  readonly length: number;
  readonly exponent: number;
  readonly taps: Int32Array;
}

export const EMPTY_KERNEL: Kernel = {
  delaySamples: 0,
  length: 0,
  exponent: 0,
  taps: new Int32Array(0),
};

export function secondaryValid(m: SecondaryModel): boolean {
  const inRange = (v: number, lo: number, hi: number) => Number.isInteger(v) && v >= lo && v <= hi;
  return (
    inRange(m.delaySamples, 0, MAX_SECONDARY_DELAY) &&
    inRange(m.taps_q15.length, 1, MAX_SECONDARY_TAPS) &&
    inRange(m.exponent, -16, 16)
  );
}

function normalise(values: number[], exponent: number, delaySamples: number): Kernel {
  const peak = values.reduce((max, v) => Math.max(max, absW(v)), 0);
  const shift = (peak === 0 ? 15 : bitLength64(peak)) - MANTISSA_BITS;
  const length = Math.max(2, Math.ceil(values.length / ROW)) * ROW;
  const taps = new Int32Array(length);
  values.forEach((v, i) => (taps[i] = scaleRound64(v, shift)));
  return { delaySamples, length, exponent: exponent + shift + MANTISSA_BITS - 15, taps };
}

export function kernelFromModel(m: SecondaryModel): Kernel {
  return normalise(Array.from(m.taps_q15), m.exponent, m.delaySamples);
}

export function kernelEmphasised(m: SecondaryModel): Kernel {
  const values = Array.from({ length: m.taps_q15.length + 1 }, (_, i) => {
    const direct = m.taps_q15[i] ?? 0;
    const before = m.taps_q15[i - 1] ?? 0;
    return shrRound64(shl64(direct, 15) + before * EMPHASIS_1_Q15, 1);
  });
  return normalise(values, m.exponent - 14, m.delaySamples);
}

export function kernelOutputExponent(k: Kernel): number {
  const sum = k.taps.reduce((total, v) => total + absW(v), 0);
  return k.exponent + Math.max(0, bitLength64(sum) - MANTISSA_BITS - HEADROOM_BITS);
}

/**
 * A model from an impulse response, as exact as the core holds it.
 * @param impulseResponse linear gain per sample, at least one value; samples past `taps` are left out
 * @param delaySamples latency in front of it, 0..256 samples
 * @param taps at most 512
 * @throws RangeError when the response needs an exponent outside -16..16
 */
export function secondaryFromImpulseResponse(
  impulseResponse: ArrayLike<number>,
  delaySamples = 0,
  taps = MAX_SECONDARY_TAPS,
): SecondaryModel {
  const used = Array.from(impulseResponse).slice(0, Math.min(taps, MAX_SECONDARY_TAPS));
  const peak = used.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  const exponent = peak === 0 ? 0 : Math.floor(Math.log2(peak)) + 1;
  if (used.length === 0 || !Number.isFinite(peak) || Math.abs(exponent) > 16) {
    throw new RangeError(`no model from ${used.length} taps with peak ${peak}`);
  }
  const scale = 2 ** (15 - exponent);
  return {
    delaySamples,
    exponent,
    taps_q15: Int16Array.from(used, (v) => sat16(Math.round(v * scale))),
  };
}
