/** Second-order Butterworth high-pass (bilinear transform), transposed direct form II, over blocks. */
export class HighPass {
  private readonly b: number;
  private readonly a1: number;
  private readonly a2: number;
  private s1 = 0;
  private s2 = 0;

  constructor(cutoffHz: number, sampleRateHz: number) {
    const k = Math.tan((Math.PI * cutoffHz) / sampleRateHz);
    const norm = 1 / (1 + Math.SQRT2 * k + k * k);
    this.b = norm;
    this.a1 = 2 * (k * k - 1) * norm;
    this.a2 = (1 - Math.SQRT2 * k + k * k) * norm;
  }

  process(block: Float64Array): Float64Array {
    return block.map((x) => {
      const y = this.b * x + this.s1;
      this.s1 = -2 * this.b * x - this.a1 * y + this.s2;
      this.s2 = this.b * x - this.a2 * y;
      return y;
    });
  }
}
