/** step and how many chunks were in it; steps may come several times */
export type LatencyCounts = readonly (readonly [step: number, count: number])[];

const stepsPerMs = 10;
const longestMs = 500;

/** Percentiles of the last seconds in steps of 0.1 ms, over any number of chunks in constant memory. */
export class LatencyWindow {
  #current = new Uint32Array(stepsPerMs * longestMs + 1);
  #previous = new Uint32Array(this.#current.length);
  #turnedAtMs: number;
  readonly #halfMs: number;

  /** @param windowMs the figures are of the last half to whole of it */
  constructor(windowMs = 20_000, atMs = performance.now()) {
    this.#halfMs = windowMs / 2;
    this.#turnedAtMs = atMs;
  }

  add(latenciesMs: Float32Array, atMs = performance.now()): void {
    this.#turn(atMs);
    const last = this.#current.length - 1;
    for (const ms of latenciesMs) {
      const at = Math.min(last, Math.max(0, Math.ceil(ms * stepsPerMs)));
      this.#current[at]! += 1;
    }
  }

  /** Of steps in which there is something. */
  counts(atMs = performance.now()): LatencyCounts {
    this.#turn(atMs);
    const counts: [number, number][] = [];
    for (let step = 0; step < this.#current.length; step += 1) {
      const count = this.#current[step]! + this.#previous[step]!;
      if (count > 0) counts.push([step, count]);
    }
    return counts;
  }

  #turn(atMs: number): void {
    const halves = Math.floor((atMs - this.#turnedAtMs) / this.#halfMs);
    if (halves <= 0) return;
    this.#turnedAtMs += halves * this.#halfMs;
    [this.#previous, this.#current] = [this.#current, this.#previous];
    this.#current.fill(0);
    if (halves > 1) this.#previous.fill(0);
  }
}

/** Each is the upper end of its step; null when nothing came. */
export function percentilesOf(
  counts: LatencyCounts,
): { p50: number; p95: number; p99: number } | null {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const below = (wanted: number) => {
    let seen = 0;
    for (const [step, count] of sorted) if ((seen += count) >= wanted) return step / stepsPerMs;
    return longestMs;
  };
  return { p50: below(0.5 * total), p95: below(0.95 * total), p99: below(0.99 * total) };
}
