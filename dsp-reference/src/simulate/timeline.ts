import { chainOf } from '../sections.ts';

/** Attenuation over a window that ends at `seconds`; dB, positive = quieter. */
export interface TimePoint {
  readonly seconds: number;
  readonly offDb: number;
  readonly onDb: number;
  readonly attenuationDb: number;
}

export interface Convergence {
  readonly attenuationDb: number;
  /** from the start of the run; null when it was never reached and kept for a second */
  readonly seconds: number | null;
}

const WINDOW_S = 0.25;
const KEPT_WINDOWS = 4;
const TARGETS_DB = [3, 10, 20];

/** 50 to 1000 Hz with Butterworth edges of second order. */
function bandPass(sampleRateHz: number): (input: number) => number {
  const q = Math.SQRT1_2;
  const edges = [
    { kind: 'highpass', frequencyHz: 50, q } as const,
    { kind: 'lowpass', frequencyHz: 1000, q } as const,
  ];
  const chain = chainOf(edges, sampleRateHz);
  return (input) => chain.next(input);
}

/** Attenuation from 50 to 1000 Hz in windows of 0.25 s. */
export function timelineOf(off: Float64Array, on: Float64Array, sampleRateHz: number): TimePoint[] {
  const [offFilter, onFilter] = [bandPass(sampleRateHz), bandPass(sampleRateHz)];
  const window = Math.round(WINDOW_S * sampleRateHz);
  const points: TimePoint[] = [];
  for (let start = 0; start + window <= off.length; start += window) {
    let offPower = 0;
    let onPower = 0;
    for (let i = start; i < start + window; i++) {
      offPower += offFilter(off[i]!) ** 2;
      onPower += onFilter(on[i]!) ** 2;
    }
    const level = (power: number) => 10 * Math.log10(Math.max(1e-20, power / window));
    const [offDb, onDb] = [level(offPower), level(onPower)];
    const seconds = (start + window) / sampleRateHz;
    points.push({ seconds, offDb, onDb, attenuationDb: offDb - onDb });
  }
  return points;
}

/** When 3, 10 and 20 dB were reached and kept for a second. */
export function convergenceOf(timeline: readonly TimePoint[]): Convergence[] {
  return TARGETS_DB.map((target) => {
    const at = timeline.findIndex((_, i) => {
      const window = timeline.slice(i, i + KEPT_WINDOWS);
      return window.length === KEPT_WINDOWS && window.every((p) => p.attenuationDb >= target);
    });
    return { attenuationDb: target, seconds: timeline[at]?.seconds ?? null };
  });
}
