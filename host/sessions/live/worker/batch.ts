/**
 * What goes between the sockets' thread and a worker: all chunks of one turn in one buffer, entry behind entry, each at a
 * multiple of 8 bytes.
 *
 * | at | to the worker                     | from the worker                                            |
 * | -- | --------------------------------- | ---------------------------------------------------------- |
 * | 0  | u32 session                       | u32 session                                                |
 * | 4  | u32 bytes of the frame            | u32 bytes of the WebSocket frame; of a refused chunk 0     |
 * | 8  | u32 silent chunks to put before   | u32 where it begins, from the start of the buffer; or why  |
 * | 12 |                                   | u32 bytes of the whole entry                               |
 * | 16 | f64 received at, ms of the clock  |                                                            |
 * | 24 | frame (`audio-frame.ts`)          | frame; the WebSocket’s header lies right before it         |
 */
import { headerBytes } from '../../protocol/index.ts';

export const entryBytes = 24;
const smallestBytes = 1 << 16;

export const padded = (bytes: number): number => (bytes + 7) & ~7;

/** All views that a batch is read and written through, made once a batch. */
export class Batch {
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly int16: Int16Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;

  constructor(buffer: ArrayBuffer) {
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.int16 = new Int16Array(buffer);
    this.float32 = new Float32Array(buffer);
    this.float64 = new Float64Array(buffer);
  }
}

/** Space in the answer for a chunk and the silence before it: at most as long as what came. */
export function answerBytes(frameBytes: number, fills: number): number {
  return (1 + fills) * (entryBytes + padded(Math.max(frameBytes, headerBytes)));
}

/** Buffers that come and go, kept for the next turn. */
export class BufferPool {
  #free: ArrayBuffer[] = [];

  take(bytes: number): ArrayBuffer {
    for (let i = this.#free.length - 1; i >= 0; i -= 1) {
      const buffer = this.#free[i]!;
      if (buffer.byteLength < bytes) continue;
      this.#free[i] = this.#free[this.#free.length - 1]!;
      this.#free.pop();
      return buffer;
    }
    let size = smallestBytes;
    while (size < bytes) size *= 2;
    return new ArrayBuffer(size);
  }

  giveBack(buffer: ArrayBuffer): void {
    if (this.#free.length < 8) this.#free.push(buffer);
  }
}
