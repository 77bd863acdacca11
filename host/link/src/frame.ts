import { cobsBytes, cobsDecodeInPlace, cobsEncodeInto } from './cobs.ts';
import { crc32 } from './crc32.ts';
import { AncError } from './errors.ts';
import { limits } from './generated/protocol.ts';

/** Before COBS: kind u8, message u8, sequence u16, body, CRC-32. */
export interface Frame {
  readonly kind: number;
  readonly message: number;
  readonly sequence: number;
  /** From a decoder only valid during the call. */
  readonly body: Uint8Array;
}

const headerBytes = 4;
const crcBytes = 4;
export const maxBodyBytes = limits.maxFrameBytes - headerBytes - crcBytes;
const maxEncodedBytes = cobsBytes(limits.maxFrameBytes);

const plain = new Uint8Array(limits.maxFrameBytes);

/** The bytes of a frame with its ending zero. Errors: FRAME_INVALID when the body is too long. */
export function encodeFrame(frame: Frame): Uint8Array {
  const { kind, message, sequence, body } = frame;
  if (body.length > maxBodyBytes)
    throw new AncError(
      'FRAME_INVALID',
      `a body has at most ${maxBodyBytes} bytes, not ${body.length}`,
    );
  plain[0] = kind;
  plain[1] = message;
  plain[2] = sequence & 0xff;
  plain[3] = (sequence >> 8) & 0xff;
  plain.set(body, headerBytes);
  let n = headerBytes + body.length;
  const crc = crc32(plain, 0, n);
  for (let shift = 0; shift < 32; shift += 8) plain[n++] = (crc >>> shift) & 0xff;
  const encoded = new Uint8Array(cobsBytes(n) + 1);
  // What is behind the code bytes stays 0: the end of the frame.
  return encoded.subarray(0, cobsEncodeInto(plain, n, encoded) + 1);
}

export type Damage = 'tooLong' | 'cobs' | 'length' | 'crc';

/** Takes bytes in pieces of any size and gives whole, sound frames. What is not is counted and skipped. */
export class FrameDecoder {
  readonly stats = { bytes: 0, frames: 0, damaged: 0 };
  #onFrame: (frame: Frame) => void;
  #onDamaged: (reason: Damage) => void;
  #buffer = new Uint8Array(maxEncodedBytes);
  #n = 0;
  #tooLong = false;

  constructor(onFrame: (frame: Frame) => void, onDamaged: (reason: Damage) => void = () => {}) {
    this.#onFrame = onFrame;
    this.#onDamaged = onDamaged;
  }

  push(chunk: Uint8Array): void {
    this.stats.bytes += chunk.length;
    for (let at = 0; at < chunk.length;) {
      const zero = chunk.indexOf(0, at);
      const end = zero < 0 ? chunk.length : zero;
      this.#collect(chunk, at, end);
      at = end + 1;
      if (zero >= 0) this.#finish();
    }
  }

  /** Forgets a frame that has begun, as at a new connection. */
  reset(): void {
    this.#n = 0;
    this.#tooLong = false;
  }

  #collect(chunk: Uint8Array, from: number, to: number): void {
    const n = Math.min(to - from, this.#buffer.length - this.#n);
    if (n < to - from) this.#tooLong = true;
    // A short loop is faster than `set` with a view for the pieces that links deliver.
    for (let i = 0; i < n; i += 1) this.#buffer[this.#n + i] = chunk[from + i]!;
    this.#n += n;
  }

  #finish(): void {
    const n = this.#n;
    const tooLong = this.#tooLong;
    this.reset();
    if (n === 0) return;
    const damage = tooLong ? 'tooLong' : this.#open(n);
    if (damage === null) return;
    this.stats.damaged += 1;
    this.#onDamaged(damage);
  }

  /** Hands out the frame in the buffer, or says why it is none. */
  #open(encodedBytes: number): Damage | null {
    const bytes = this.#buffer;
    const n = cobsDecodeInPlace(bytes, encodedBytes);
    if (n < 0) return 'cobs';
    if (n < headerBytes + crcBytes || n > limits.maxFrameBytes) return 'length';
    const end = n - crcBytes;
    const sent =
      (bytes[end]! | (bytes[end + 1]! << 8) | (bytes[end + 2]! << 16) | (bytes[end + 3]! << 24)) >>>
      0;
    if (crc32(bytes, 0, end) !== sent) return 'crc';
    this.stats.frames += 1;
    this.#onFrame({
      kind: bytes[0]!,
      message: bytes[1]!,
      sequence: bytes[2]! | (bytes[3]! << 8),
      body: bytes.subarray(headerBytes, end),
    });
    return null;
  }
}
