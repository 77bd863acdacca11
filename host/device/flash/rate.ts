/** How long something will still take, from how fast it has been. */
export class Rate {
  readonly #total: number;
  readonly #startMs: number;
  readonly #now: () => number;

  constructor(total: number, now: () => number = () => performance.now()) {
    this.#total = total;
    this.#now = now;
    this.#startMs = now();
  }

  /** Null while nothing has been done. */
  secondsLeft(done: number): number | null {
    if (done <= 0) return null;
    const seconds = (this.#now() - this.#startMs) / 1000;
    return (seconds * (this.#total - done)) / done;
  }
}
