/** The part of the Protocol Buffers wire format that bodies use. */
import { AncError } from './errors.ts';

const initialBytes = 256;

/** Grows as needed. Values of 0, false and '' are written: leaving them out is up to the caller. */
export class WireWriter {
  #bytes = new Uint8Array(initialBytes);
  #n = 0;

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#n);
  }

  #room(n: number): void {
    if (this.#n + n <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#n + n, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#n));
    this.#bytes = larger;
  }

  /** Whole numbers 0..2^53-1. */
  varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#n++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#n++] = rest;
  }

  key(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  bytes(field: number, bytes: Uint8Array): void {
    this.key(field, wireTypes.delimited);
    this.varint(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#n);
    this.#n += bytes.length;
  }
}

export const wireTypes = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

/** -1 → 1, 1 → 2: small magnitudes stay short. */
export function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

/** Takes the low 32 bits. */
export function unzigzag(value: number): number {
  const low = (value % 4294967296) >>> 0;
  return (low >>> 1) ^ -(low & 1);
}

/** Reads what a body holds and never beyond it. Errors: BODY_INVALID. */
export class WireReader {
  #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Values beyond 2^53 lose their lowest bits: no field of this protocol gets there. */
  varint(): number {
    let value = 0;
    for (let index = 0; index < 10; index += 1) {
      if (this.#at >= this.#bytes.length) throw this.#invalid('ends within a number');
      const byte = this.#bytes[this.#at++]!;
      if (index === 9 && byte > 1) break;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw this.#invalid('holds a number of more than 64 bits');
  }

  key(): { field: number; wireType: number } {
    const key = this.varint();
    const field = Math.floor(key / 8);
    if (field === 0 || key >= 4294967296) throw this.#invalid(`has field number ${field}`);
    return { field, wireType: key % 8 };
  }

  /** A view, not a copy. */
  delimited(): Uint8Array {
    const n = this.varint();
    return this.#take(n);
  }

  skip(wireType: number): void {
    if (wireType === wireTypes.varint) this.varint();
    else if (wireType === wireTypes.fixed64) this.#take(8);
    else if (wireType === wireTypes.fixed32) this.#take(4);
    else if (wireType === wireTypes.delimited) this.delimited();
    else throw this.#invalid(`has wire type ${wireType}`);
  }

  #take(n: number): Uint8Array {
    const left = this.#bytes.length - this.#at;
    if (n > left) throw this.#invalid(`claims ${n} bytes where ${left} are left`);
    this.#at += n;
    return this.#bytes.subarray(this.#at - n, this.#at);
  }

  #invalid(what: string): AncError {
    return new AncError(
      'BODY_INVALID',
      `body of ${this.#bytes.length} bytes ${what} (at ${this.#at})`,
    );
  }
}
