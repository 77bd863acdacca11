/** The octaves that the controller watches, 31.5 Hz to 16 kHz, and which bin of a transform belongs to which. */
export const OCTAVE_COUNT = 10;

/** A-weighting at the centres, dB (IEC 61672-1). */
export const A_WEIGHTING_DB = [-39.5, -26.2, -16.2, -8.7, -3.2, 0, 1.2, 1.0, -1.1, -6.7] as const;

/** Where the bins 0..size/2 lie on the scale of octaves: 0 at 31.25 Hz, 5 at 1 kHz; ends are held. */
export function placesOfBins(size: number, sampleRateHz: number): Float64Array {
  return Float64Array.from({ length: size / 2 + 1 }, (_, k) => {
    const place = Math.log2(Math.max(1, (k * sampleRateHz) / size) / 31.25);
    return Math.max(0, Math.min(OCTAVE_COUNT - 1, place));
  });
}

/**
 * A power weighting from one gain an octave, the same in all of it: with slopes inside an octave, the error would move to
 * where its octave weighs little, and no gain would keep its sum within what is allowed.
 * @param gainsDb one an octave
 * @param places those of the bins
 * @returns linear power for the same bins
 */
export function weightingOfBins(gainsDb: Float64Array, places: Float64Array): Float64Array {
  const gains = gainsDb.map((db) => 10 ** (db / 10));
  return places.map((at) => gains[Math.round(at)]!);
}
