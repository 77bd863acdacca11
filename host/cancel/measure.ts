/** What a run of a canceller is judged by. */
import { rms, type WavFormat } from '@anc/dsp-reference';

export interface Measures {
  /** 20·log10 of the ratio of RMS, primary over error; null when nothing is left to compare */
  readonly reductionDb: number | null;
  /** the same over the last half */
  readonly reductionLastHalfDb: number | null;
  /** largest magnitude of the error, dBFS; null for silence */
  readonly outputPeakDb: number | null;
  /** samples of the error at or beyond full scale */
  readonly clippedSamples: number;
}

/** The largest magnitude below full scale of each format. */
const mostOf: Readonly<Record<WavFormat, number>> = {
  pcm16: 1 - 2 ** -15,
  pcm24: 1 - 2 ** -23,
  pcm32: 1 - 2 ** -31,
  float32: 1,
  float64: 1,
};

/** 20·log10(over/under); null when one of them is 0. */
export function ratioDb(over: number, under: number): number | null {
  return over > 0 && under > 0 ? 20 * Math.log10(over / under) : null;
}

/** @param format that the error is written in */
export function measure(d: Float64Array, e: Float64Array, format: WavFormat): Measures {
  const half = d.length >> 1;
  let [peak, clippedSamples] = [0, 0];
  for (const v of e) {
    const magnitude = Math.abs(v);
    if (magnitude > peak) peak = magnitude;
    if (magnitude >= mostOf[format]) clippedSamples++;
  }
  return {
    reductionDb: ratioDb(rms(d), rms(e)),
    reductionLastHalfDb: ratioDb(rms(d.subarray(half)), rms(e.subarray(half))),
    outputPeakDb: ratioDb(peak, 1),
    clippedSamples,
  };
}
