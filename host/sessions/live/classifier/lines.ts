import { spectrumBinHz, spectrumBins } from '../worker/octaves.ts';

const reach = 12;
const low = Math.round(35 / spectrumBinHz);
const high = spectrumBins - reach - 1;
/** A bin of noise is so far above the median of its neighbours once in 2^12 times. */
const overMedian = 12;
const near = new Float64Array(2 * reach + 1);

/** How much of the power up to 6 kHz is in steady lines: the share of bins that stand out of their neighbours, 0..1. */
export function lineShare(power: Float64Array): number {
  let [total, lines] = [1e-30, 0];
  for (let k = low; k < high; k += 1) total += power[k]!;
  for (let k = Math.max(low, reach); k < high; k += 1) {
    const value = power[k]!;
    // Only a local peak that matters is worth sorting its neighbours for.
    if (value < total / 200 || value < power[k - 1]! || value < power[k + 1]!) continue;
    near.set(power.subarray(k - reach, k + reach + 1));
    near.sort();
    if (value < overMedian * near[reach]!) continue;
    lines += value + power[k - 1]! + power[k + 1]!;
  }
  return Math.min(1, lines / total);
}
