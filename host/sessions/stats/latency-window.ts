/** Percentiles of the last seconds in steps of 0.1 ms, over any number of chunks in constant memory. */
export class LatencyWindow {
  readonly #stepsPerMs = 10;
  readonly #longestMs = 500;
  #current = new Uint32Array(this.#stepsPerMs * this.#longestMs + 1);
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
      const at = Math.min(last, Math.max(0, Math.ceil(ms * this.#stepsPerMs)));
      this.#current[at]! += 1;
    }
  }

  /** Each is the upper end of its step; null when nothing came. */
  percentiles(atMs = performance.now()): { p50: number; p95: number; p99: number } | null {
    this.#turn(atMs);
    let total = 0;
    for (let i = 0; i < this.#current.length; i += 1) total += this.#at(i);
    if (total === 0) return null;
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => this.#below(share * total));
    return { p50: p50!, p95: p95!, p99: p99! };
  }

  #at(step: number): number {
    return this.#current[step]! + this.#previous[step]!;
  }

  #below(count: number): number {
    let seen = 0;
    for (let i = 0; i < this.#current.length; i += 1) {
      seen += this.#at(i);
      if (seen >= count) return i / this.#stepsPerMs;
    }
    return this.#longestMs;
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
