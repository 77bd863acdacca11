/** mulberry32 (T. Ettinger, public domain): one u32 of state, the same numbers in C and here. */
export class Random {
  private state: number;

  /** @param seed u32; other numbers are taken modulo 2^32 */
  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** Uniform in 0..1, 32 bits. */
  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Uniform white noise of RMS 1. */
  white(): number {
    return Math.sqrt(3) * (2 * this.uniform() - 1);
  }
}
