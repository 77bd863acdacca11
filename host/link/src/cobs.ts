/**
 * Consistent Overhead Byte Stuffing (Cheshire and Baker, IEEE/ACM Trans. Networking 7(2), 1999).
 */

/** Encoded size of n bytes at most, without the ending zero. */
export function cobsBytes(n: number): number {
  return n + Math.floor(n / 254) + 1;
}

/** Writes the encoding of input[0..n) to output at `at`; returns where it ends. */
export function cobsEncodeInto(input: Uint8Array, n: number, output: Uint8Array, at = 0): number {
  let code = at;
  let next = at + 1;
  for (let i = 0; i < n; i += 1) {
    const byte = input[i]!;
    if (byte !== 0) output[next++] = byte;
    const run = next - code;
    if (byte === 0 || (run === 255 && i + 1 < n)) {
      output[code] = run;
      code = next++;
    }
  }
  output[code] = next - code;
  return next;
}

export function cobsEncode(input: Uint8Array): Uint8Array {
  const output = new Uint8Array(cobsBytes(input.length));
  return output.subarray(0, cobsEncodeInto(input, input.length, output));
}

/** Decodes bytes[0..n) in place; returns the decoded size, -1 when they are no COBS. */
export function cobsDecodeInPlace(bytes: Uint8Array, n: number): number {
  let out = 0;
  for (let at = 0; at < n;) {
    const run = bytes[at++]!;
    if (run === 0 || at + run - 1 > n) return -1;
    for (let i = 1; i < run; i += 1) {
      const byte = bytes[at++]!;
      if (byte === 0) return -1;
      bytes[out++] = byte;
    }
    if (run < 255 && at < n) bytes[out++] = 0;
  }
  return out;
}
