import { settingLimits } from '../protocol/index.ts';

const room = settingLimits.bufferSize.max;

/** A session's chunks that wait for a worker, oldest first. Nothing is allocated for a chunk. */
export class ChunkQueue {
  /** chunks that may wait, 1..32 */
  limit: number;
  #frames: (Uint8Array | null)[] = Array.from({ length: room }, () => null);
  #receivedAtMs = new Float64Array(room);
  #fills = new Uint8Array(room);
  #first = 0;
  #count = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get length(): number {
    return this.#count;
  }

  /**
   * @param fills chunks of silence that go before it
   * @returns chunks that had to go for it, the oldest
   */
  push(frame: Uint8Array, receivedAtMs: number, fills: number): number {
    let dropped = 0;
    for (; this.#count >= this.limit; dropped += 1) this.shift();
    const at = (this.#first + this.#count) % room;
    this.#frames[at] = frame;
    this.#receivedAtMs[at] = receivedAtMs;
    this.#fills[at] = fills;
    this.#count += 1;
    return dropped;
  }

  frame(index: number): Uint8Array {
    return this.#frames[(this.#first + index) % room]!;
  }

  receivedAtMs(index: number): number {
    return this.#receivedAtMs[(this.#first + index) % room]!;
  }

  fills(index: number): number {
    return this.#fills[(this.#first + index) % room]!;
  }

  shift(): void {
    this.#frames[this.#first] = null;
    this.#first = (this.#first + 1) % room;
    this.#count -= 1;
  }

  clear(): void {
    while (this.#count > 0) this.shift();
  }
}
