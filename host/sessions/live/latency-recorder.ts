import type { Percentiles, ServerLatency } from '../protocol/index.ts';

/** chunks of a second that are kept; of smaller chunks the newest */
const room = 256;

/** What the chunks of the last second took, ms. */
export class LatencyRecorder {
  readonly #queueMs = new Float32Array(room);
  readonly #filterMs = new Float32Array(room);
  readonly #totalMs = new Float32Array(room);
  #count = 0;

  add(queueMs: number, filterMs: number, totalMs: number): void {
    const at = this.#count % room;
    this.#queueMs[at] = queueMs;
    this.#filterMs[at] = filterMs;
    this.#totalMs[at] = totalMs;
    this.#count += 1;
  }

  get queuesMs(): Float32Array {
    return this.#queueMs.subarray(0, this.#kept);
  }

  get filtersMs(): Float32Array {
    return this.#filterMs.subarray(0, this.#kept);
  }

  get totalsMs(): Float32Array {
    return this.#totalMs.subarray(0, this.#kept);
  }

  /** Also forgets. */
  take(): ServerLatency {
    const kept = this.#kept;
    this.#count = 0;
    return {
      queueMs: percentiles(this.#queueMs.subarray(0, kept)),
      filterMs: percentiles(this.#filterMs.subarray(0, kept)),
      totalMs: percentiles(this.#totalMs.subarray(0, kept)),
    };
  }

  get #kept(): number {
    return Math.min(room, this.#count);
  }
}

export const noLatency: ServerLatency = new LatencyRecorder().take();

/** Sorts in place; of nothing 0. */
export function percentiles(values: Float32Array): Percentiles {
  values.sort();
  const at = (share: number) => {
    const value = values[Math.max(0, Math.ceil(share * values.length) - 1)] ?? 0;
    return Math.round(value * 1000) / 1000;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
