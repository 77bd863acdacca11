import { mean, percentile } from './percentile.ts';

/** The way of the first sample of a chunk, in the order in which it goes. */
export const latencyParts = [
  'capture',
  'upload',
  'queue',
  'filter',
  'download',
  'jitterBuffer',
  'playback',
] as const;
export type LatencyPart = (typeof latencyParts)[number];

/** All times in ms by one thread’s clock. */
export interface ChunkTimes {
  /** at the microphone */
  readonly soundMs: number;
  /** given to the network */
  readonly sentMs: number;
  /** received by the server */
  readonly serverMs: number;
  readonly queueMs: number;
  readonly filterMs: number;
  /** come back */
  readonly receivedMs: number;
  /** taken out of the jitter buffer */
  readonly takenMs: number;
  /** at the loudspeaker */
  readonly heardMs: number;
  /** from microphone to loudspeaker by the audio clock alone, without the network’s and the server’s clocks */
  readonly totalMs: number;
}

export interface LatencyRow {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly meanMs: number;
}

export interface LatencyTable {
  readonly chunks: number;
  readonly parts: Readonly<Partial<Record<LatencyPart, LatencyRow>>>;
  readonly total: LatencyRow;
  /** of the parts’ means; differs from the total’s mean by what the clocks disagree */
  readonly sumMs: number;
}

export function partsOf(times: ChunkTimes): Record<LatencyPart, number> {
  const { soundMs, sentMs, serverMs, queueMs, filterMs, receivedMs, takenMs, heardMs } = times;
  return {
    capture: sentMs - soundMs,
    upload: serverMs - sentMs,
    queue: queueMs,
    filter: filterMs,
    download: receivedMs - serverMs - queueMs - filterMs,
    jitterBuffer: takenMs - receivedMs,
    playback: heardMs - takenMs,
  };
}

/** A number each of the parts that a way has, and the total that was measured apart from them. */
export interface LatencySample {
  readonly parts: Readonly<Partial<Record<LatencyPart, number>>>;
  readonly totalMs: number;
}

/** Percentiles over the last chunks. */
export class LatencyLog {
  #keep: number;
  #samples: LatencySample[] = [];

  /** @param keep chunks: 940 are ten seconds */
  constructor(keep = 940) {
    this.#keep = keep;
  }

  put(sample: LatencySample): void {
    this.#samples.push(sample);
    if (this.#samples.length > this.#keep) this.#samples.shift();
  }

  reset(): void {
    this.#samples = [];
  }

  /** null before the first chunk has been heard */
  table(): LatencyTable | null {
    if (this.#samples.length === 0) return null;
    const total = rowOf(this.#samples.map(({ totalMs }) => totalMs));
    const parts: Partial<Record<LatencyPart, LatencyRow>> = {};
    for (const part of latencyParts) {
      const values = this.#samples
        .map((sample) => sample.parts[part])
        .filter((value) => value !== undefined);
      if (values.length > 0) parts[part] = rowOf(values);
    }
    const sumMs = Object.values(parts).reduce((sum, { meanMs }) => sum + meanMs, 0);
    return { chunks: this.#samples.length, parts, total, sumMs };
  }
}

function rowOf(values: readonly number[]): LatencyRow {
  return {
    p50Ms: percentile(values, 0.5)!,
    p95Ms: percentile(values, 0.95)!,
    meanMs: mean(values)!,
  };
}
