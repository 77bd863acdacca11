import type { Duplex } from 'node:stream';

/** frames that wait here; 171 ms */
const mostWaiting = 16;

/**
 * Whole WebSocket frames into a stream, one write each. A client that reads too slowly loses the oldest: what is in the
 * stream is bounded, and so is what waits.
 */
export class FrameOutput {
  readonly #stream: Duplex;
  #waiting: Buffer[] = [];
  #dropped = 0;
  #isListening = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** as much lies in the stream as it takes: with Node 20 16 KiB, 8 chunks of float32 */
  get isFull(): boolean {
    return this.#stream.writableNeedDrain;
  }

  /** Counts one that was not written. */
  drop(): void {
    this.#dropped += 1;
  }

  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** @returns true while the bytes are still being written: they are not copied */
  write(wire: Uint8Array): boolean {
    if (this.#waiting.length > 0 || this.isFull) {
      this.#wait(wire);
      return false;
    }
    this.#stream.write(wire);
    return this.#stream.writableLength > 0;
  }

  clear(): void {
    this.#waiting = [];
  }

  #wait(wire: Uint8Array): void {
    if (this.#waiting.length >= mostWaiting) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    this.#waiting.push(Buffer.from(wire));
    if (this.#isListening) return;
    this.#isListening = true;
    this.#stream.once('drain', () => {
      this.#isListening = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const frame of waiting) this.write(frame);
    });
  }
}
