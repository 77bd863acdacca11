import { BlockController } from './block-controller.ts';
import type { ControllerOptions } from './controller.ts';
import { crossSpectrum, inverse, smoothPower, transform } from './spectrum.ts';

const STEP = 0.05;
const BLOCK_MAX = 256;
/** Of the smoothed power of a bin: what is left after a block. */
const KEEP_POWER = 0.95;
/** Bins are normalised by at least this share of the mean power: what the reference hardly holds is not worth a step. */
const SHARE_MIN = 1e-4;

/** The largest power of two that divides taps, up to 256. */
function blockFor(taps: number): number {
  return Math.min(BLOCK_MAX, taps & -taps);
}

/**
 * Delayless partitioned frequency-domain FxLMS. The filter runs in the time domain; once a block of B samples the gradient
 * of every partition of B taps comes from transforms of 2 B, each bin normalised by its own power, constrained to
 * the partition's taps.
 *
 *     w_p ← w_p − µ {IFFT( X̂_p* E / (P + P_floor) )}_0..B−1
 *
 * (Morgan and Thi, IEEE Trans. Signal Process. 43(8), 1995; Yang, Guo and Yang, Appl. Sci. 8(11) 2313, 2018.)
 * Normalising a bin before the constraint shifts the point where a causal filter settles (see `Preconditioned`).
 * `stepSize` µ, 0 to 1, default 0.05, shared among the partitions.
 */
export class FrequencyDomain extends BlockController {
  private readonly partitions: number;
  private readonly power: Float64Array;
  private readonly stepSize: number;
  private blocks = 0;

  constructor(options: ControllerOptions) {
    const block = blockFor(options.taps);
    super(options, { block, frame: options.taps + block });
    this.partitions = options.taps / block;
    this.power = new Float64Array(2 * block);
    this.stepSize = options.stepSize ?? STEP;
  }

  protected update(filtered: Float64Array, errors: Float64Array): void {
    const { block, frame } = this.layout;
    const error = transform(errors.subarray(frame - 2 * block));
    for (let p = 0; p < this.partitions; p++) {
      const end = frame - p * block;
      const x = transform(filtered.subarray(end - 2 * block, end));
      if (p === 0) this.normalise(error, x);
      const step = inverse(crossSpectrum(x, error));
      for (let i = 0; i < block; i++) this.weights[p * block + i]! -= step[i]!;
    }
  }

  /** E ← µ E / (P + floor), P smoothed; a sudden loud block is not divided by a quiet past. */
  private normalise(error: ReturnType<typeof transform>, x: ReturnType<typeof transform>): void {
    this.blocks++;
    smoothPower(this.power, x, Math.min(KEEP_POWER, 1 - 1 / this.blocks));
    const size = this.power.length;
    const mean = this.power.reduce((sum, v) => sum + v, 0) / size;
    const floor = SHARE_MIN * mean + (this.binFloor * size) / this.layout.frame;
    for (let k = 0; k < size; k++) {
      const now = x.re[k]! ** 2 + x.im[k]! ** 2;
      const power = Math.max(this.power[k]!, now / 2) + floor;
      const gain = this.stepSize / this.partitions / power;
      error.re[k]! *= gain;
      error.im[k]! *= gain;
    }
  }
}
