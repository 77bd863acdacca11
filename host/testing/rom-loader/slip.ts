const end = 0xc0;
const escape = 0xdb;

export function slipFrame(bytes: Uint8Array): Uint8Array {
  const out: number[] = [end];
  for (const byte of bytes)
    if (byte === end) out.push(escape, 0xdc);
    else if (byte === escape) out.push(escape, 0xdd);
    else out.push(byte);
  out.push(end);
  return Uint8Array.from(out);
}

/** Frames out of a stream of bytes, as the loaders take them: everything before the first end is noise. */
export class SlipReader {
  #frame: number[] | null = null;
  #isEscaped = false;

  push(byte: number): Uint8Array | null {
    if (byte === end) {
      const frame = this.#frame;
      this.#isEscaped = false;
      this.#frame = frame === null || frame.length === 0 ? [] : null;
      return frame && frame.length > 0 ? Uint8Array.from(frame) : null;
    }
    if (this.#frame === null) return null;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      this.#frame.push(byte === 0xdc ? end : byte === 0xdd ? escape : byte);
    } else if (byte === escape) this.#isEscaped = true;
    else this.#frame.push(byte);
    return null;
  }

  reset(): void {
    this.#frame = null;
    this.#isEscaped = false;
  }
}
