import { resample } from '@anc/dsp-reference';
import { Analyser } from '../../live/worker/analyser.ts';
import { chunkSamples, type NoiseKind, sampleRateHz } from '../../protocol/index.ts';

export interface NoiseEstimate {
  /** of most seconds; null of less than a second */
  readonly kind: NoiseKind | null;
  /** seconds of each kind */
  readonly seconds: Readonly<Partial<Record<NoiseKind, number>>>;
}

/** By the classifier of live sessions, which knows one rate. */
export function noiseOf(signal: Float64Array, rateHz: number): NoiseEstimate {
  const samples = Float32Array.from(
    rateHz === sampleRateHz ? signal : resample(signal, rateHz, sampleRateHz),
  );
  const analyser = new Analyser(0, true);
  const seconds: Partial<Record<NoiseKind, number>> = {};
  for (let at = 0; at < samples.length; at += chunkSamples) {
    const chunk = samples.subarray(at, at + chunkSamples);
    analyser.add(chunk, chunk, chunk.length);
    const kind = analyser.takeSecond()?.noise?.kind;
    if (kind) seconds[kind] = (seconds[kind] ?? 0) + 1;
  }
  const ordered = Object.entries(seconds).sort(([, a], [, b]) => b - a);
  return { kind: (ordered[0]?.[0] as NoiseKind | undefined) ?? null, seconds };
}
