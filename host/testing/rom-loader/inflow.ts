/** Data on its way into the flash, plain or deflated. */
import { constants, inflateSync } from 'node:zlib';
import type { NorFlash } from './nor-flash.ts';

/** The stub writes when its output buffer is full. */
const bufferBytes = 0x8000;
const sector = 0x1000;

export class Inflow {
  remaining: number;
  failed = false;
  #offset: number;
  readonly #flash: NorFlash;
  readonly #erasesAhead: boolean;
  #packed = Buffer.alloc(0);
  #taken = 0;
  #erasedTo: number;

  /** `erasesAhead`: the stub erases as it goes, a ROM has erased before. */
  constructor(flash: NorFlash, offset: number, total: number, erasesAhead: boolean) {
    this.#flash = flash;
    this.#offset = offset;
    this.#erasedTo = offset - (offset % sector);
    this.remaining = total;
    this.#erasesAhead = erasesAhead;
  }

  plain(bytes: Uint8Array): void {
    const data = bytes.subarray(0, this.remaining);
    if (data.length === 0) return;
    if (this.#erasesAhead) this.#eraseTo(this.#offset + data.length);
    this.#flash.program(this.#offset, data);
    this.#offset += data.length;
    this.remaining -= data.length;
  }

  deflated(bytes: Uint8Array): void {
    this.#packed = Buffer.concat([this.#packed, bytes]);
    let all: Buffer;
    try {
      all = inflateSync(this.#packed, { finishFlush: constants.Z_SYNC_FLUSH });
    } catch {
      this.failed = true;
      return;
    }
    const fresh = all.subarray(this.#taken);
    const isEnd = fresh.length >= this.remaining;
    const usable = isEnd ? fresh.length : fresh.length - (fresh.length % bufferBytes);
    for (let at = 0; at < usable; at += bufferBytes)
      this.plain(fresh.subarray(at, Math.min(usable, at + bufferBytes)));
    this.#taken += usable;
  }

  /** Whole sectors, each once. */
  #eraseTo(end: number): void {
    if (end <= this.#erasedTo) return;
    this.#flash.erase(this.#erasedTo, end - this.#erasedTo);
    this.#erasedTo = Math.ceil(end / sector) * sector;
  }
}
