/** In-place radix-2 transform of one complex signal, or of two real ones as its parts. `size` is a power of two. */
export class PairTransform {
  readonly size: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
  #cos: Float64Array;
  #sin: Float64Array;
  #swap: Uint32Array;

  constructor(size: number) {
    this.size = size;
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
    this.#cos = Float64Array.from({ length: size / 2 }, (_, k) =>
      Math.cos((2 * Math.PI * k) / size),
    );
    this.#sin = Float64Array.from({ length: size / 2 }, (_, k) =>
      Math.sin((2 * Math.PI * k) / size),
    );
    const bits = Math.log2(size);
    this.#swap = Uint32Array.from({ length: size }, (_, n) => {
      let reversed = 0;
      for (let b = 0; b < bits; b += 1) reversed |= ((n >> b) & 1) << (bits - 1 - b);
      return reversed;
    });
  }

  /** Transforms `re` and `im`. */
  run(): void {
    const { re, im, size } = this;
    for (let n = 0; n < size; n += 1) {
      const m = this.#swap[n]!;
      if (m <= n) continue;
      [re[n], re[m]] = [re[m]!, re[n]!];
      [im[n], im[m]] = [im[m]!, im[n]!];
    }
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k += 1) {
          const c = this.#cos[k * stride]!;
          const s = this.#sin[k * stride]!;
          const even = start + k;
          const odd = even + half;
          const tr = re[odd]! * c + im[odd]! * s;
          const ti = im[odd]! * c - re[odd]! * s;
          re[odd] = re[even]! - tr;
          im[odd] = im[even]! - ti;
          re[even]! += tr;
          im[even]! += ti;
        }
      }
    }
  }
}
