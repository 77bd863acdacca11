import type { PowerSpectrum } from '../simulate/bands.ts';

/** Poles of IEC 61672-1, annex E: exact values. */
const POLES_HZ = [20.598997, 107.65265, 737.86223, 12194.217] as const;

function amplitude(frequencyHz: number): number {
  const [f1, f2, f3, f4] = POLES_HZ.map((pole) => pole ** 2) as [number, number, number, number];
  const f = frequencyHz ** 2;
  return (f4 * f ** 2) / ((f + f1) * Math.sqrt((f + f2) * (f + f3)) * (f + f4));
}

/** A-weighting in dB, 0 at 1 kHz. */
export function aWeightDb(frequencyHz: number): number {
  return 20 * Math.log10(amplitude(frequencyHz) / amplitude(1000));
}

/** Mean square behind an A-weighting filter. */
export function aWeightedPower({ stepHz, density }: PowerSpectrum): number {
  const unit = amplitude(1000);
  return density.reduce((sum, d, k) => sum + d * (amplitude(k * stepHz) / unit) ** 2 * stepHz, 0);
}
