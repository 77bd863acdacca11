import { fft } from '../../fft.ts';
import { complex, inverse } from './statistics.ts';
import type { Complex, Layout, Power } from './statistics.ts';

/** Of the weight, dB: so little that nothing of it is left beside the regularisation, and more than any drive needs. */
const OFF_DB = -60;
const MAX_DB = 60;
/** What the limiter cuts off may be so much of the sound that is left, in power: less, and the weaker filter leaves more. */
const ALLOWED = 1;
/** A step of the dual ascent: dB of weight for each dB of excess, and the most at once. */
const RAISE = { share: 0.5, mostDb: 3 } as const;
const LOWER = { share: 0.2, mostDb: 1 } as const;
/** Levels of the drive over its limit that are told apart, 1 dB each. */
const LOWEST_DB = -44;
const LEVELS = 80;

/**
 * Weakens a filter that the loudspeaker cannot follow: a design minimises error + β·E[y²], and β climbs while what the
 * limiter cuts off the drive y is more, at the ear, than the sound that is left there. A peak that is cut now and then
 * costs next to nothing, and less drive would cost more. What is cut off is another sound than the drive, so its way to
 * the ear is measured apart: a click in a band that the loudspeaker hardly plays may fill the drive, and nobody hears it. E[y²] = wᵀ R_x w with the autocorrelation of the unfiltered
 * reference, so that the system stays Toeplitz. How loud w ∗ x was is kept as counts by level; to another filter they are
 * carried over by the power of both. (Elliott, Signal Processing for Active Control, 2001, ch. 3.)
 */
export class Effort {
  /** of β, relative to the power of the filtered over that of the unfiltered reference */
  weightDb: number;
  /** what is cut off, at the ear, over what may be, dB */
  excessDb = -Infinity;
  private readonly layout: Layout;
  private readonly limitPower: number;
  private readonly counts = new Float64Array(LEVELS);
  /** Σ (y / limit)² over as many samples */
  private square = 0;
  /** of the counted levels, since when the filter has changed */
  private shiftDb = 0;
  /** energy of what the limiter cut off the drive, and of that at the ear */
  private cut = 0;
  private cutHeard = 0;
  /** spectrum of the present filter; before there is one, the reference itself stands for the drive */
  private readonly filter: Complex;

  /**
   * @param limit largest magnitude of the drive; Infinity: the weight stays as it is
   * @param weightDb to begin with
   */
  constructor(layout: Layout, limit: number, weightDb = OFF_DB) {
    this.layout = layout;
    this.limitPower = limit * limit;
    this.weightDb = weightDb;
    this.filter = complex(layout.size);
    this.filter.re.fill(1);
  }

  clear(): void {
    this.weightDb = OFF_DB;
    this.excessDb = -Infinity;
    this.counts.fill(0);
    this.square = 0;
    this.shiftDb = 0;
    this.cut = 0;
    this.cutHeard = 0;
    this.filter.re.fill(1);
    this.filter.im.fill(0);
  }

  /**
   * What the present filter makes of the newest block.
   * @param heard transform of the last `size` samples, the reference in its real part
   * @param secondary transform of the model of the loudspeaker’s path
   * @param keep what is left of the counts so far
   * @param share how much the block counts, 0..1
   */
  watch(heard: Complex, secondary: Complex, keep: number, share: number): void {
    const { size, block } = this.layout;
    const y = complex(size);
    for (let k = 0; k < size; k++) {
      const [a, b, c, d] = [heard.re[k]!, heard.im[k]!, this.filter.re[k]!, this.filter.im[k]!];
      y.re[k] = a * c - b * d;
      y.im[k] = a * d + b * c;
    }
    inverse(y);
    this.square *= keep;
    for (let i = 0; i < LEVELS; i++) this.counts[i]! *= keep;
    for (let n = size - block; n < size; n++) {
      const power = y.re[n]! ** 2 / this.limitPower;
      this.square += share * power;
      const level = Math.floor(10 * Math.log10(power + 1e-20) - this.shiftDb - LOWEST_DB);
      if (level >= 0) this.counts[Math.min(LEVELS - 1, level)]! += share;
    }
    this.cut *= keep;
    this.cutHeard *= keep;
    this.hearCut(y.re.subarray(size - block), secondary, share);
  }

  private hearCut(drive: Float64Array, secondary: Complex, share: number): void {
    const { size, block } = this.layout;
    const limit = Math.sqrt(this.limitPower);
    const over = drive.map((y) => Math.sign(y) * Math.max(0, Math.abs(y) - limit));
    const energy = over.reduce((sum, v) => sum + v * v, 0);
    if (!(energy > 0)) return;
    const cut = complex(size);
    cut.re.set(over, size - block);
    fft(cut.re, cut.im);
    const power = cut.re.map((re, k) => re ** 2 + cut.im[k]! ** 2);
    this.cut += share * energy;
    this.cutHeard +=
      (share / size) *
      power.reduce((sum, p, k) => sum + p * (secondary.re[k]! ** 2 + secondary.im[k]! ** 2), 0);
  }

  /** β·R_x onto the correlations r; `power` is that of the filtered reference, r[0] without a weighting. */
  load(r: Float64Array, power: number, reference: Float64Array): void {
    if (this.weightDb <= OFF_DB) return;
    const { size } = this.layout;
    const x = complex(size);
    for (let k = 0; k < size; k++) x.re[k] = reference[Math.min(k, size - k)]!;
    // circular, of windowed blocks: positive semidefinite whatever was heard
    inverse(x);
    const beta = (10 ** (this.weightDb / 10) * power) / x.re[0]!;
    for (let lag = 0; lag < r.length; lag++) r[lag]! += beta * x.re[lag]!;
  }

  /**
   * Takes over another filter, by its spectrum, and moves the weight.
   * @param left power of the sound that it leaves at the ear, in the units of `power`
   */
  move(filter: Complex, power: Power, left: number): void {
    if (this.limitPower === Infinity) return;
    const [before, after] = [this.filter, filter].map((w) => filteredPower(w, power.x)) as [
      number,
      number,
    ];
    if (before > 0 && after > 0) this.scale(after / before);
    this.filter.re.set(filter.re);
    this.filter.im.set(filter.im);
    const toEar = this.cut > 0 ? this.cutHeard / this.cut : 0;
    const cut = this.cutShare() * after * toEar;
    this.excessDb = 10 * Math.log10((cut + 1e-30) / (ALLOWED * left + 1e-30));
    const { share, mostDb } = this.excessDb > 0 ? RAISE : LOWER;
    const stepDb = Math.max(-mostDb, Math.min(mostDb, share * this.excessDb));
    this.weightDb = Math.max(OFF_DB, Math.min(MAX_DB, this.weightDb + stepDb));
  }

  private scale(ratio: number): void {
    this.square *= ratio;
    this.shiftDb += 10 * Math.log10(ratio);
    const whole = Math.trunc(this.shiftDb);
    if (whole === 0) return;
    this.shiftDb -= whole;
    const old = this.counts.slice();
    this.counts.fill(0);
    old.forEach((count, i) => {
      if (i + whole >= 0) this.counts[Math.min(LEVELS - 1, i + whole)]! += count;
    });
  }

  /** Of the drive's power: what the limiter takes away. */
  private cutShare(): number {
    let sum = 0;
    for (let i = 0; i < LEVELS; i++) {
      const over = 10 ** ((LOWEST_DB + i + 0.5 + this.shiftDb) / 20) - 1;
      if (over > 0) sum += this.counts[i]! * over * over;
    }
    return this.square > 0 ? sum / this.square : 0;
  }
}

function filteredPower({ re, im }: Complex, power: Float64Array): number {
  return power.reduce((sum, p, k) => sum + (re[k]! * re[k]! + im[k]! * im[k]!) * p, 0);
}
