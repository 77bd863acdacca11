/**
 * The operators of firmware/core/dsp/fixed.h under the same names with the same results.
 *
 * A 64-bit integer is a JavaScript number here, exact below 2^53: each caller's bound is proven in the C source beside
 * the line, and where it may pass 2^53 (the wide FIR, set-up arithmetic) the module says how it stays exact.
 */

const INT32_MAX = 0x7fffffff;
const INT32_MIN = -0x80000000;

/** 2^n for n 0..62. */
const POWER_OF_TWO = Float64Array.from({ length: 63 }, (_, n) => 2 ** n);

export function pow2(n: number): number {
  return POWER_OF_TWO[n]!;
}

export function sat16(v: number): number {
  return v > 32767 ? 32767 : v < -32768 ? -32768 : v;
}

export function sat32(v: number): number {
  return v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : v;
}

export function add32(a: number, b: number): number {
  return (a + b) | 0;
}

export function sub32(a: number, b: number): number {
  return (a - b) | 0;
}

export function addSat32(a: number, b: number): number {
  return sat32(a + b);
}

export function mul16(a: number, b: number): number {
  return Math.imul(a, b);
}

/** a * b below 2^53 in magnitude. */
export function mulW(a: number, b: number): number {
  return a * b;
}

/** floor(a * b / 2^32), in halves of both: each sum below fits 32 bits. */
export function mulHigh32(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >> 16;
  const bLow = b & 0xffff;
  const bHigh = b >> 16;
  const one = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const two = (Math.imul(aLow, bHigh) + (one & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (one >> 16) + (two >> 16)) | 0;
}

export function shr64(v: number, n: number): number {
  return Math.floor(v / pow2(n));
}

export function shl64(v: number, n: number): number {
  return v * pow2(n);
}

export function shrRound32(v: number, n: number): number {
  return (v + (1 << (n - 1))) >> n;
}

/** |v| < 2^52; from n = 54 on that rounds to 0 whatever v is. */
export function shrRound64(v: number, n: number): number {
  if (n === 0) return v;
  if (n > 53) return 0;
  return Math.floor((v + pow2(n - 1)) / pow2(n));
}

/** Towards zero. */
export function shrZero64(v: number, n: number): number {
  return Math.trunc(v / pow2(n));
}

export function scaleRound64(v: number, n: number): number {
  return n >= 0 ? shrRound64(v, n) : shl64(v, -n);
}

export function clamp32(v: number, lo: number, hi: number): number {
  return v > hi ? hi : v < lo ? lo : v;
}

export function absW(v: number): number {
  return v < 0 ? -v : v;
}

export function div32(a: number, b: number): number {
  return Math.trunc(a / b);
}

export function bitLength64(v: number): number {
  return v < 4294967296 ? 32 - Math.clz32(v) : 64 - Math.clz32(v / 4294967296);
}
