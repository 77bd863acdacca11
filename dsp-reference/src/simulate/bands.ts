import { fft } from '../fft.ts';

/** One-sided power density by Welch's method: mean square per Hz, one value per bin of `stepHz`. */
export interface PowerSpectrum {
  readonly stepHz: number;
  readonly density: Float64Array;
}

const SEGMENT_MAX = 16384;
const SEGMENT_MIN = 256;

/** Hann windows that overlap by half, of 16384 samples or as many as there are. */
export function welch(signal: Float64Array, sampleRateHz: number): PowerSpectrum {
  let size = SEGMENT_MAX;
  while (size > signal.length && size > SEGMENT_MIN) size /= 2;
  const window = Float64Array.from({ length: size }, (_, i) => {
    return 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size);
  });
  const power = window.reduce((sum, w) => sum + w * w, 0);
  const density = new Float64Array(size / 2 + 1);
  let segments = 0;
  for (let start = 0; start + size <= signal.length; start += size / 2) {
    const re = window.map((w, i) => w * signal[start + i]!);
    const im = new Float64Array(size);
    fft(re, im);
    for (let k = 0; k < density.length; k++) density[k]! += re[k]! ** 2 + im[k]! ** 2;
    segments++;
  }
  const scale = 2 / (sampleRateHz * power * Math.max(1, segments));
  return { stepHz: sampleRateHz / size, density: density.map((v) => v * scale) };
}

/** Mean square between two frequencies in Hz; bins on the edge count by the part inside. */
export function bandPower(spectrum: PowerSpectrum, lowHz: number, highHz: number): number {
  const { stepHz, density } = spectrum;
  let sum = 0;
  for (let k = 0; k < density.length; k++) {
    const low = Math.max(lowHz, (k - 0.5) * stepHz);
    const high = Math.min(highHz, (k + 0.5) * stepHz);
    if (high > low) sum += density[k]! * (high - low);
  }
  return sum;
}

export interface Band {
  /** nominal */
  readonly centreHz: number;
  readonly lowHz: number;
  readonly highHz: number;
}

const NOMINAL = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8];

/** Band k of IEC 61260, base ten: exact centre 10^(k/10) Hz, `width` thirds of an octave wide. */
function band(k: number, width: number): Band {
  const exact = 10 ** (k / 10);
  const half = 10 ** ((0.1 * width) / 2);
  const centreHz = NOMINAL[k % 10]! * 10 ** Math.floor(k / 10);
  return { centreHz: Number(centreHz.toPrecision(4)), lowHz: exact / half, highHz: exact * half };
}

/** 25 Hz to 8 kHz. */
export const THIRD_OCTAVES: readonly Band[] = Array.from({ length: 26 }, (_, i) => band(14 + i, 1));

/** 63 Hz to 8 kHz. */
export const OCTAVES: readonly Band[] = Array.from({ length: 8 }, (_, i) => band(18 + 3 * i, 3));

export const BAND_50_TO_1000: Band = { centreHz: 224, lowHz: 50, highHz: 1000 };

/** Levels of one band in dBFS (0 = full-scale square wave) and what they mean; dB, positive = quieter. */
export interface BandResult extends Band {
  /** at the reference microphone */
  readonly referenceDb: number;
  /** at the error microphone, canceller off */
  readonly offDb: number;
  /** at the error microphone, canceller on */
  readonly onDb: number;
  /** reference − off */
  readonly passiveDb: number;
  /** off − on; null where the noise has no energy (off below −120 dBFS) */
  readonly activeDb: number | null;
}

const SILENCE_DB = -120;

export interface Spectra {
  readonly reference: PowerSpectrum;
  readonly off: PowerSpectrum;
  readonly on: PowerSpectrum;
}

export function bandResult(spectra: Spectra, b: Band): BandResult {
  const level = (s: PowerSpectrum) =>
    10 * Math.log10(Math.max(1e-20, bandPower(s, b.lowHz, b.highHz)));
  const referenceDb = level(spectra.reference);
  const offDb = level(spectra.off);
  const onDb = level(spectra.on);
  return {
    ...b,
    referenceDb,
    offDb,
    onDb,
    passiveDb: referenceDb - offDb,
    activeDb: offDb < SILENCE_DB ? null : offDb - onDb,
  };
}
