import {
  BAND_50_TO_1000,
  bandPower,
  OCTAVES,
  type PowerSpectrum,
  welch,
} from '../../../dsp-reference/src/simulate/bands.ts';
import type { Point } from '../../src/charts/spectrum-pair.ts';

export interface BandChange {
  readonly name: string;
  /** before over after, dB; null where there was next to nothing (below −110 dBFS) */
  readonly db: number | null;
}

export interface Spectra {
  /** Hz, dBFS/Hz */
  readonly off: readonly Point[];
  readonly on: readonly Point[];
  readonly octaves: readonly BandChange[];
  /** 50–1000 Hz */
  readonly low: BandChange;
}

const leastPower = 1e-11;
const pointsPerOctave = 24;

/** Welch’s method, Hann windows that overlap by half; the curves in steps of 1/24 octave. */
export function spectraOf(
  before: Float64Array,
  after: Float64Array,
  sampleRateHz: number,
): Spectra {
  const [off, on] = [welch(before, sampleRateHz), welch(after, sampleRateHz)];
  const change = (name: string, lowHz: number, highHz: number): BandChange => {
    const was = bandPower(off, lowHz, highHz);
    const is = Math.max(1e-20, bandPower(on, lowHz, highHz));
    return { name, db: was < leastPower ? null : 10 * Math.log10(was / is) };
  };
  return {
    off: curve(off),
    on: curve(on),
    octaves: OCTAVES.map(({ centreHz, lowHz, highHz }) => {
      const name = centreHz >= 1000 ? `${centreHz / 1000}k` : String(centreHz);
      return change(name, lowHz, highHz);
    }),
    low: change('50-1000', BAND_50_TO_1000.lowHz, BAND_50_TO_1000.highHz),
  };
}

/** Means over 1/24 octave, where there is more than a bin in it. */
function curve({ stepHz, density }: PowerSpectrum): Point[] {
  const points: Point[] = [];
  const ratio = 2 ** (1 / pointsPerOctave);
  for (let low = 20; low < 20_000; low *= ratio) {
    const first = Math.ceil(low / stepHz);
    const last = Math.min(density.length - 1, Math.ceil((low * ratio) / stepHz) - 1);
    if (last < first) continue;
    let sum = 0;
    for (let k = first; k <= last; k += 1) sum += density[k]!;
    const power = Math.max(1e-20, sum / (last - first + 1));
    points.push({ x: Math.sqrt(first * last || 1) * stepHz, y: 10 * Math.log10(power) });
  }
  return points;
}
