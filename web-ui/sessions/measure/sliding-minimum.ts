/** The least of the values of the last `spanMs`: what is left of a delay when nothing holds it up. */
export class SlidingMinimum {
  #spanMs: number;
  /** rising values in order of time: an entry that a later one undercuts can never be the least again */
  #entries: { timeMs: number; value: number }[] = [];

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  put(value: number, timeMs: number): void {
    while (this.#entries.length > 0 && this.#entries.at(-1)!.value >= value) this.#entries.pop();
    this.#entries.push({ timeMs, value });
    while (this.#entries[0]!.timeMs < timeMs - this.#spanMs) this.#entries.shift();
  }

  /** null before the first value */
  get value(): number | null {
    return this.#entries[0]?.value ?? null;
  }
}
