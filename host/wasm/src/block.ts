import { CoreError } from './errors.ts';
import type { CoreExports } from './exports.ts';

const alignment = 16;

type Samples = Int32Array | Float32Array;
type SamplesConstructor<T extends Samples> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
};

/** A typed array in the module's memory, made anew when the memory has grown and the old one is detached. */
export class View<T extends Samples> {
  readonly pointer: number;
  #exports: CoreExports;
  #type: SamplesConstructor<T>;
  #length: number;
  #array: T | null = null;

  constructor(exports: CoreExports, type: SamplesConstructor<T>, pointer: number, length: number) {
    this.#exports = exports;
    this.#type = type;
    this.pointer = pointer;
    this.#length = length;
  }

  get array(): T {
    const { buffer } = this.#exports.memory;
    if (this.#array?.buffer !== buffer)
      this.#array = new this.#type(buffer, this.pointer, this.#length);
    return this.#array;
  }
}

/** One session's memory: the kernel's state, then its buffers. */
export class Block {
  readonly exports: CoreExports;
  readonly bytes: number;
  readonly #size: number;
  #pointer: number;
  #next: number;

  /** @throws CoreError CORE_OUT_OF_MEMORY */
  constructor(exports: CoreExports, stateBytes: number, bufferBytes: readonly number[]) {
    this.exports = exports;
    this.#size = [stateBytes, ...bufferBytes].reduce((sum, bytes) => sum + aligned(bytes), 0);
    this.bytes = exports.memory_block_bytes(this.#size);
    // Above 2 GiB the signed result of the call would be negative.
    this.#pointer = exports.memory_take(this.#size) >>> 0;
    if (this.#pointer === 0) {
      const used = exports.memory.buffer.byteLength / 2 ** 20;
      throw new CoreError(
        'CORE_OUT_OF_MEMORY',
        `No ${this.#size} bytes for a session; the memory has ${used.toFixed(0)} MiB.`,
        { hint: 'Dispose of sessions that are no longer needed, or load the core once more.' },
      );
    }
    this.#next = this.#pointer + aligned(stateBytes);
  }

  /** The kernel's state. @throws CoreError CORE_DISPOSED */
  get pointer(): number {
    if (this.#pointer === 0)
      throw new CoreError('CORE_DISPOSED', 'This session has been disposed of.', {
        hint: 'Create another one.',
      });
    return this.#pointer;
  }

  /** The next buffer, in the order of the constructor's sizes. */
  buffer<T extends Samples>(type: SamplesConstructor<T>, length: number): View<T> {
    const pointer = this.#next;
    this.#next += aligned(length * type.BYTES_PER_ELEMENT);
    return new View(this.exports, type, pointer, length);
  }

  /** A part of the state. */
  viewAt<T extends Samples>(type: SamplesConstructor<T>, pointer: number, length: number): View<T> {
    return new View(this.exports, type, pointer >>> 0, length);
  }

  /** Gives the memory back; its views then belong to whoever gets it next. Again is fine. */
  dispose(): void {
    if (this.#pointer === 0) return;
    this.exports.memory_give_back(this.#pointer, this.#size);
    this.#pointer = 0;
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
