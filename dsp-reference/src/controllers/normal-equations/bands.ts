/** The octaves that the controller watches, 31.5 Hz to 16 kHz, and which bin of a transform belongs to which. */
export const OCTAVE_COUNT = 10;

/** A-weighting at the centres, dB (IEC 61672-1). */
export const A_WEIGHTING_DB = [-39.5, -26.2, -16.2, -8.7, -3.2, 0, 1.2, 1.0, -1.1, -6.7] as const;

/** Where a frequency lies on the scale of octaves: 0 at 31.25 Hz, 5 at 1 kHz; ends are held. */
function placeOf(bin: number, size: number, sampleRateHz: number): number {
  const place = Math.log2(Math.max(1, (bin * sampleRateHz) / size) / 31.25);
  return Math.max(0, Math.min(OCTAVE_COUNT - 1, place));
}

/** For each bin 0..size/2 the octave it lies in; what is below the first or above the last counts to that. */
export function octaveOfBins(size: number, sampleRateHz: number): Uint8Array {
  return Uint8Array.from({ length: size / 2 + 1 }, (_, k) =>
    Math.round(placeOf(k, size, sampleRateHz)),
  );
}

/**
 * A power weighting from one gain an octave: linear in dB over the logarithm of frequency between the centres.
 * @param gainsDb one an octave
 * @returns linear power for the bins 0..size/2
 */
export function weightingOfBins(
  gainsDb: Float64Array,
  size: number,
  sampleRateHz: number,
): Float64Array {
  return Float64Array.from({ length: size / 2 + 1 }, (_, k) => {
    const at = placeOf(k, size, sampleRateHz);
    const low = Math.min(OCTAVE_COUNT - 2, Math.floor(at));
    const gainDb = gainsDb[low]! + (at - low) * (gainsDb[low + 1]! - gainsDb[low]!);
    return 10 ** (gainDb / 10);
  });
}
