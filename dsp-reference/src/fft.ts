const tables = new Map<number, { cos: Float64Array; sin: Float64Array }>();

function tableOf(size: number): { cos: Float64Array; sin: Float64Array } {
  let table = tables.get(size);
  if (!table) {
    const angle = (i: number) => (-2 * Math.PI * i) / size;
    table = {
      cos: Float64Array.from({ length: size / 2 }, (_, i) => Math.cos(angle(i))),
      sin: Float64Array.from({ length: size / 2 }, (_, i) => Math.sin(angle(i))),
    };
    tables.set(size, table);
  }
  return table;
}

function reverseBits(re: Float64Array, im: Float64Array): void {
  for (let i = 1, j = 0; i < re.length; i++) {
    let bit = re.length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const r = re[i]!;
    re[i] = re[j]!;
    re[j] = r;
    const m = im[i]!;
    im[i] = im[j]!;
    im[j] = m;
  }
}

/**
 * Forward discrete Fourier transform in place, e^(−j2πkn/N), unscaled; float64, radix 2.
 * @throws RangeError when the length is no power of two or the arrays differ in length
 */
export function fft(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  if (size < 1 || (size & (size - 1)) !== 0 || im.length !== size) {
    throw new RangeError(`fft of ${size} and ${im.length} values: one power of two is needed`);
  }
  const { cos, sin } = tableOf(size);
  reverseBits(re, im);
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const c = cos[k * stride]!;
        const s = sin[k * stride]!;
        const p = start + k;
        const q = p + half;
        const r = re[q]! * c - im[q]! * s;
        const m = re[q]! * s + im[q]! * c;
        re[q] = re[p]! - r;
        im[q] = im[p]! - m;
        re[p] = re[p]! + r;
        im[p] = im[p]! + m;
      }
    }
  }
}
