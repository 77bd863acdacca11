import { levelDb } from '../../../dsp-reference/src/audio/level.ts';

export interface Levels {
  /** dBFS, mean square over the last second, full-scale sine = −3; null for silence or before the first chunk */
  readonly inputDbfs: number | null;
  readonly outputDbfs: number | null;
  /** input over output, dB, all frequencies: positive is less */
  readonly cancellationDb: number | null;
}

const second = 48_000;

/** The last second before and after the canceller, sample against sample. */
export class BeforeAfter {
  readonly #before = new Float32Array(second);
  readonly #after = new Float32Array(second);
  #at = 0;
  #filled = 0;

  put(before: Float32Array, after: Float32Array): void {
    for (let i = 0; i < before.length; i += 1) {
      this.#before[this.#at] = before[i]!;
      this.#after[this.#at] = after[i]!;
      this.#at = (this.#at + 1) % second;
    }
    this.#filled = Math.min(second, this.#filled + before.length);
  }

  reset(): void {
    this.#at = 0;
    this.#filled = 0;
  }

  get levels(): Levels {
    const { before, after } = this.recent();
    const inputDbfs = finite(levelDb(before));
    const outputDbfs = finite(levelDb(after));
    const isBoth = inputDbfs !== null && outputDbfs !== null;
    return { inputDbfs, outputDbfs, cancellationDb: isBoth ? inputDbfs - outputDbfs : null };
  }

  /** Oldest first; at most a second. */
  recent(): { before: Float64Array; after: Float64Array } {
    const from = this.#at - this.#filled + second;
    const ordered = (ring: Float32Array) =>
      Float64Array.from({ length: this.#filled }, (_, i) => ring[(from + i) % second]!);
    return { before: ordered(this.#before), after: ordered(this.#after) };
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
