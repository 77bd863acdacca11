import { resample } from '@anc/dsp-reference';
import type { Core } from '@anc/wasm';
import { classifySound } from '../../live/classifier/classify-sound.ts';
import { type NoiseKind, sampleRateHz } from '../../protocol/index.ts';

export interface NoiseEstimate {
  /** of most seconds; null of less than a second */
  readonly kind: NoiseKind | null;
  /** seconds of each kind */
  readonly seconds: Readonly<Partial<Record<NoiseKind, number>>>;
}

/** By the classifier of live sessions, which knows one rate. */
export function noiseOf(core: Core, signal: Float64Array, rateHz: number): NoiseEstimate {
  const seconds: Partial<Record<NoiseKind, number>> = {};
  const sound = Float32Array.from(resample(signal, rateHz, sampleRateHz));
  for (const { kind } of classifySound(core, sound)) seconds[kind] = (seconds[kind] ?? 0) + 1;
  const ordered = Object.entries(seconds).sort(([, a], [, b]) => b - a);
  return { kind: (ordered[0]?.[0] as NoiseKind | undefined) ?? null, seconds };
}
