/**
 * What the sockets’ thread and a worker have in common: a few pieces of shared memory, each with the chunks of a turn, entry
 * behind entry, each at a multiple of 8 bytes. The worker writes its answers over the chunks. Who may touch a piece is told
 * by messages of one number, so nothing is copied, moved or allocated on the way.
 *
 * | at | to the worker                            | from the worker                                       |
 * | -- | ---------------------------------------- | ----------------------------------------------------- |
 * | 0  | u32 session                              | the same                                              |
 * | 4  | u32 bytes of the whole entry             | the same                                              |
 * | 8  | u32 silent chunks before it              | u32 why it was refused, 1 + place in `refusals`, or 0 |
 * | 12 | u32 bytes of the frame, as `slot`        | u32 bytes of each answer’s slot                       |
 * | 16 | f64 received at, ms of the clock         | the same                                              |
 * | 24 | slots: one for each silent chunk, the last for the chunk                                        |
 *
 * A slot begins with 8 bytes, whose last hold the WebSocket’s header on the way back, and goes on with the frame
 * (`audio-frame.ts`).
 */
export const entryBytes = 24;
export const slotHeaderBytes = 8;
/** The largest chunk of two channels with the longest gap before it takes 295 KB. */
const pieceBytes = 512 * 1024;

export const padded = (bytes: number): number => (bytes + 7) & ~7;

/** What a chunk with the silence before it takes. */
export function spaceFor(frameBytes: number, fills: number): number {
  return entryBytes + (1 + fills) * (slotHeaderBytes + padded(frameBytes));
}

export class Batch {
  readonly memory: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly int16: Int16Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;

  constructor(memory = new SharedArrayBuffer(pieceBytes)) {
    this.memory = memory;
    this.bytes = new Uint8Array(memory);
    this.words = new Uint32Array(memory);
    this.int16 = new Int16Array(memory);
    this.float32 = new Float32Array(memory);
    this.float64 = new Float64Array(memory);
  }
}
