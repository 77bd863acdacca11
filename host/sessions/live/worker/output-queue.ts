/**
 * What lets a filter that works on whole blocks answer chunks of any size: samples out as many as in, late by as little
 * as possible. With chunks of n samples and blocks of B that is B − gcd(n, B): nothing when n is a multiple of B.
 */
export class OutputQueue {
  readonly #block: number;
  #samples: Float32Array;
  #count = 0;
  #unit: number;

  constructor(block: number, mostTaken: number) {
    this.#block = block;
    this.#unit = block;
    this.#samples = new Float32Array(2 * block + mostTaken);
  }

  /** samples that the output is late now */
  get delay(): number {
    return this.#block - this.#unit;
  }

  /** A chunk of so many samples comes: a size that does not fit those before it makes the output later, by silence. */
  prepare(chunk: number): void {
    const unit = gcd(this.#unit, chunk);
    const more = this.#unit - unit;
    if (more === 0) return;
    this.#samples.fill(0, this.#count, this.#count + more);
    this.#count += more;
    this.#unit = unit;
  }

  put(samples: Float32Array): void {
    this.#samples.set(samples, this.#count);
    this.#count += samples.length;
  }

  take(into: Float32Array, to: number, count: number): void {
    into.set(this.#samples.subarray(0, count), to);
    this.#samples.copyWithin(0, count, this.#count);
    this.#count -= count;
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
