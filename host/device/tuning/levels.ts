/** Levels at the error microphone by band, of signals of one turn. */
import {
  BAND_50_TO_1000,
  type Band,
  bandPower,
  OCTAVES,
  THIRD_OCTAVES,
  welch,
} from '@anc/dsp-reference';

/** 50 to 1000 Hz, then octaves, then third octaves. */
export const BANDS: readonly Band[] = [BAND_50_TO_1000, ...OCTAVES, ...THIRD_OCTAVES];

/** What was computed for each of BANDS, sorted into them. */
export function byBand<T>(values: readonly T[]) {
  return {
    band50To1000: values[0]!,
    octaves: values.slice(1, 1 + OCTAVES.length),
    thirdOctaves: values.slice(1 + OCTAVES.length),
  };
}

export interface LevelsQuestion {
  readonly signals: readonly Float64Array[];
  readonly sampleRateHz: number;
}

/** dBFS of each signal in each of BANDS. */
export function levelsOf({ signals, sampleRateHz }: LevelsQuestion): number[][] {
  return signals.map((signal) => {
    const spectrum = welch(signal, sampleRateHz);
    return BANDS.map(({ lowHz, highHz }) => {
      return 10 * Math.log10(Math.max(1e-20, bandPower(spectrum, lowHz, highHz)));
    });
  });
}
