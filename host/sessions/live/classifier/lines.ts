import { longBinHz } from '../worker/spectra.ts';

/** bins to each side that a line has to stand out of */
const reach = 12;
const low = Math.round(35 / longBinHz);
const high = Math.round(6000 / longBinHz);
/** A bin of noise is so far above the median of its neighbours once in 2^12 times. */
const overMedian = 12;
/** less of the power does not matter */
const leastShare = 1 / 200;
const near = new Float32Array(2 * reach + 1);

/** Lines of a spectrum that were there a second ago too: hum and drone, not voices. */
export class SteadyLines {
  #last = new Uint8Array(high + 2);
  #now = new Uint8Array(high + 2);

  /**
   * @param power of the last 85 ms (`octaves.ts`)
   * @returns the share of the power from 35 Hz to 6 kHz that steady lines have, 0..1
   */
  share(power: Float32Array): number {
    const [now, last] = [this.#last, this.#now];
    [this.#now, this.#last] = [now, last];
    now.fill(0);
    let [total, steady] = [1e-30, 0];
    for (let k = low; k < high; k += 1) total += power[k]!;
    for (let k = low; k < high; k += 1) {
      const value = power[k]!;
      // Only a peak that matters is worth sorting its neighbours for.
      if (value < total * leastShare || value < power[k - 1]! || value < power[k + 1]!) continue;
      const from = Math.max(1, k - reach);
      near.set(power.subarray(from, from + near.length));
      near.sort();
      if (value < overMedian * near[reach]!) continue;
      now[k] = 1;
      if (last[k - 1]! + last[k]! + last[k + 1]! > 0)
        steady += value + power[k - 1]! + power[k + 1]!;
    }
    return Math.min(1, steady / total);
  }
}
