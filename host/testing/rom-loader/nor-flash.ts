/** A SPI NOR flash: erasing sets bits, programming clears them; the contents are in memory or in a file. */
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';

export interface FlashOptions {
  readonly sizeBytes: number;
  /** Made when it is not there; every change is written at once. */
  readonly path?: string;
  /** The write-protect pin is held: status bits stay, erasing and programming do nothing. */
  readonly isProtected?: boolean;
}

const sector = 0x1000;
const winbond = 0xef;

export class NorFlash {
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
  readonly isProtected: boolean;
  /** Bytes programmed since the start. */
  programmed = 0;
  readonly #file: number | null;

  constructor({ sizeBytes, path, isProtected = false }: FlashOptions) {
    this.sizeBytes = sizeBytes;
    this.isProtected = isProtected;
    this.bytes = new Uint8Array(sizeBytes).fill(0xff);
    if (path) {
      if (existsSync(path)) this.bytes.set(readFileSync(path).subarray(0, sizeBytes));
      writeFileSync(path, this.bytes);
    }
    this.#file = path ? openSync(path, 'r+') : null;
  }

  /** Manufacturer in the low byte, then memory type, then the size as a power of two. */
  get jedecId(): number {
    return winbond | (0x40 << 8) | (Math.log2(this.sizeBytes) << 16);
  }

  /** Status register 1: BP0 to BP2. */
  get status(): number {
    return this.isProtected ? 0x1c : 0;
  }

  /** The JESD216 header with one parameter table that says the density. */
  get sfdp(): Uint8Array {
    const table = new Uint8Array(256).fill(0xff);
    const view = new DataView(table.buffer);
    view.setUint32(0, 0x50444653, true);
    view.setUint32(4, 0xff000106, true);
    view.setUint32(8, 0x10010600, true);
    view.setUint32(12, 0xff000080, true);
    view.setUint32(0x80, 0xfff920e5, true);
    view.setUint32(0x84, 8 * this.sizeBytes - 1, true);
    return table;
  }

  erase(offset: number, size: number): void {
    const from = offset - (offset % sector);
    const to = Math.min(this.sizeBytes, Math.ceil((offset + size) / sector) * sector);
    if (this.isProtected || from >= to) return;
    this.bytes.fill(0xff, from, to);
    this.#save(from, to);
  }

  /** Beyond the end the address wraps, as on a chip that ignores the upper bits. */
  program(offset: number, data: Uint8Array): void {
    if (this.isProtected) return;
    const from = offset % this.sizeBytes;
    const length = Math.min(data.length, this.sizeBytes - from);
    for (let i = 0; i < length; i += 1) this.bytes[from + i]! &= data[i]!;
    this.programmed += length;
    this.#save(from, from + length);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }

  #save(from: number, to: number): void {
    if (this.#file !== null) writeSync(this.#file, this.bytes, from, to - from, from);
  }
}
