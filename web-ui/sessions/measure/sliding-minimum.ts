/** The least of the values of the last `spanMs`, and what came with it: what is left of a delay when nothing holds it up. */
export class SlidingMinimum<T = undefined> {
  #spanMs: number;
  /** rising values in order of time: an entry that a later one undercuts can never be the least again */
  #entries: { readonly timeMs: number; readonly value: number; readonly item: T }[] = [];

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  put(value: number, timeMs: number, item: T): void {
    while (this.#entries.length > 0 && this.#entries.at(-1)!.value >= value) this.#entries.pop();
    this.#entries.push({ timeMs, value, item });
    while (this.#entries[0]!.timeMs < timeMs - this.#spanMs) this.#entries.shift();
  }

  /** null before the first value */
  get least(): { readonly value: number; readonly item: T } | null {
    return this.#entries[0] ?? null;
  }
}
