/** A positive number as mantissa * 2^-exponent; mantissa 15 bits, or 0 for zero. */
export interface Scalar {
  readonly mantissa: number;
  readonly exponent: number;
}

function bitLength(v: bigint): number {
  return v === 0n ? 0 : v.toString(2).length;
}

/** anc_scalar_ratio of fxnlms.c: numerator / denominator rounded down to a 15-bit mantissa. For set-up only (BigInt). */
export function scalarRatio(numerator: number, denominator: number): Scalar {
  if (numerator === 0) return { mantissa: 0, exponent: 0 };
  const up = 62 - bitLength(BigInt(numerator));
  const quotient = (BigInt(numerator) << BigInt(up)) / BigInt(denominator);
  const down = bitLength(quotient) - 15;
  return { mantissa: Number(quotient >> BigInt(down)), exponent: up - down };
}
