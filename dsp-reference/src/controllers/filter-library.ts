import { transform } from './spectrum.ts';

/** A control filter and the spectrum of the reference that it was learned with. */
export interface StoredFilter {
  readonly name: string;
  /** levels of the reference in dB, a value per band of SPECTRUM_BANDS, mean 0 */
  readonly spectrumDb: Float64Array;
  readonly weights: Float64Array;
}

/** Samples that a spectrum is taken from: 85 ms at 48 kHz. */
export const SPECTRUM_SAMPLES = 4096;
const LOWEST_HZ = 40;
const HIGHEST_HZ = 4000;
/** a half octave each */
export const SPECTRUM_BANDS = Math.round(2 * Math.log2(HIGHEST_HZ / LOWEST_HZ));
/** Relative to the loudest band: what is below is not told apart. */
const RANGE_DB = 50;

const HANN = Float64Array.from({ length: SPECTRUM_SAMPLES }, (_, n) => {
  return 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / SPECTRUM_SAMPLES);
});

/**
 * The shape of a spectrum: levels of half-octave bands, free of the overall level.
 * @param signal SPECTRUM_SAMPLES samples
 * @returns null when it is silent
 */
export function spectrumOf(signal: Float64Array, sampleRateHz: number): Float64Array | null {
  const z = transform(signal.map((v, n) => v * HANN[n]!));
  const stepHz = sampleRateHz / SPECTRUM_SAMPLES;
  const power = new Float64Array(SPECTRUM_BANDS);
  for (let k = 1; k < SPECTRUM_SAMPLES / 2; k++) {
    const band = Math.floor(2 * Math.log2((k * stepHz) / LOWEST_HZ));
    if (band >= 0 && band < SPECTRUM_BANDS) power[band]! += z.re[k]! ** 2 + z.im[k]! ** 2;
  }
  const loudest = power.reduce((max, v) => Math.max(max, v), 0);
  if (!(loudest > 1e-12)) return null;
  const levels = power.map((v) => Math.max(-RANGE_DB, 10 * Math.log10(v / loudest)));
  const mean = levels.reduce((sum, v) => sum + v, 0) / SPECTRUM_BANDS;
  return levels.map((v) => v - mean);
}

/** RMS of the difference in dB. */
export function spectrumDistanceDb(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / a.length);
}

/** The entry whose spectrum is nearest; null when there is none. */
export function nearestFilter(
  library: readonly StoredFilter[],
  spectrumDb: Float64Array,
): { filter: StoredFilter; distanceDb: number } | null {
  let best: { filter: StoredFilter; distanceDb: number } | null = null;
  for (const filter of library) {
    const distanceDb = spectrumDistanceDb(filter.spectrumDb, spectrumDb);
    if (!best || distanceDb < best.distanceDb) best = { filter, distanceDb };
  }
  return best;
}
