/** The level of a sound over the last two seconds, in hops of 512 samples: what its rhythm says about its kind. */
export const hopsPerSecond = 93.75;
const seconds = 2;
const hops = Math.round(hopsPerSecond * seconds);

export interface Rhythm {
  /** mean square of the last second, full scale 1 */
  readonly power: number;
  /** loudest hop of the last second over its median, dB */
  readonly crestDb: number;
  /** share of the last second’s hops that are within 10 dB of its loudest */
  readonly loudShare: number;
  /** amplitude of the slow changes between 2 and 8 Hz relative to the mean, 0 … about 1; most in speech */
  readonly syllables: number;
  /** share of the last two seconds’ hops that are 10 dB below their mean: pauses */
  readonly pauses: number;
}

export class Envelope {
  readonly #power = new Float64Array(hops);
  #at = 0;
  #count = 0;

  add(meanSquare: number): void {
    this.#power[this.#at] = meanSquare;
    this.#at = (this.#at + 1) % hops;
    this.#count = Math.min(hops, this.#count + 1);
  }

  measure(): Rhythm {
    const ordered = this.#ordered();
    const last = ordered.slice(-Math.min(ordered.length, Math.round(hopsPerSecond)));
    const power = meanOf(last);
    const sorted = last.slice().sort();
    const loudest = sorted.at(-1) ?? 0;
    const median = sorted[sorted.length >> 1] ?? 0;
    const mean = meanOf(ordered);
    return {
      power,
      crestDb: 10 * Math.log10((loudest + 1e-12) / (median + 1e-12)),
      loudShare: last.filter((value) => value > loudest / 10).length / Math.max(1, last.length),
      syllables: syllablesOf(ordered),
      pauses: ordered.filter((value) => value < mean / 10).length / Math.max(1, ordered.length),
    };
  }

  #ordered(): Float64Array {
    const start = this.#count < hops ? 0 : this.#at;
    const ordered = new Float64Array(this.#count);
    for (let i = 0; i < this.#count; i += 1) ordered[i] = this.#power[(start + i) % hops]!;
    return ordered;
  }
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length > 0 ? sum / values.length : 0;
}

/** Of amplitudes, so that one loud syllable is not all there is; Goertzel’s recursion, half a hertz apart. */
function syllablesOf(power: Float64Array): number {
  const n = power.length;
  if (n < hops / 2) return 0;
  let mean = 0;
  for (let i = 0; i < n; i += 1) mean += Math.sqrt(power[i]!);
  mean /= n;
  if (mean < 1e-9) return 0;
  let energy = 0;
  for (let hz = 2; hz <= 8; hz += 1 / seconds) {
    const turn = 2 * Math.cos((2 * Math.PI * hz) / hopsPerSecond);
    let [s1, s2] = [0, 0];
    for (let i = 0; i < n; i += 1) {
      const s0 = Math.sqrt(power[i]!) - mean + turn * s1 - s2;
      [s1, s2] = [s0, s1];
    }
    energy += s1 * s1 + s2 * s2 - turn * s1 * s2;
  }
  return (2 * Math.sqrt(energy / 2)) / n / mean;
}
