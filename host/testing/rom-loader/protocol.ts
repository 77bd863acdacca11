/** Commands and codes of the serial protocol: Espressif's "Serial Protocol" page, and the sources of the stub for its own. */
export const op = {
  flashBegin: 0x02,
  flashData: 0x03,
  flashEnd: 0x04,
  memBegin: 0x05,
  memEnd: 0x06,
  memData: 0x07,
  sync: 0x08,
  writeReg: 0x09,
  readReg: 0x0a,
  spiSetParams: 0x0b,
  spiAttach: 0x0d,
  readFlashSlow: 0x0e,
  changeBaudrate: 0x0f,
  deflBegin: 0x10,
  deflData: 0x11,
  deflEnd: 0x12,
  md5: 0x13,
  securityInfo: 0x14,
  eraseFlash: 0xd0,
  eraseRegion: 0xd1,
  readFlash: 0xd2,
  runUserCode: 0xd3,
} as const;

export const romError = {
  invalidFormat: 0x05,
  failed: 0x06,
  checksum: 0x07,
  deflate: 0x0b,
} as const;

export const stubError = {
  badLength: 0xc0,
  badChecksum: 0xc1,
  badBlockSize: 0xc2,
  notInFlashMode: 0xc6,
  inflate: 0xc7,
  notEnoughData: 0xc8,
  tooMuchData: 0xc9,
  notImplemented: 0xff,
} as const;

export interface Command {
  readonly op: number;
  readonly checksum: number;
  readonly data: Uint8Array;
  /** The data as little-endian words; 0 beyond its end. */
  word(index: number): number;
}

/** Null for what is no request, as when bytes were lost. */
export function parseCommand(frame: Uint8Array): Command | null {
  if (frame.length < 8 || frame[0] !== 0) return null;
  const view = new DataView(frame.buffer, frame.byteOffset);
  const data = frame.subarray(8);
  if (view.getUint16(2, true) !== data.length) return null;
  return {
    op: frame[1]!,
    checksum: view.getUint32(4, true),
    data,
    word: (i) => (4 * i + 4 <= data.length ? view.getUint32(8 + 4 * i, true) : 0),
  };
}

export function dataChecksum(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum ^ byte, 0xef);
}

/** A response: what the loader says of itself is in the number of status bytes, 4 from a ROM and 2 from the stub. */
export function response(
  op: number,
  value: number,
  body: Uint8Array,
  status: readonly number[],
): Uint8Array {
  const bytes = new Uint8Array(8 + body.length + status.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 1;
  bytes[1] = op;
  view.setUint16(2, body.length + status.length, true);
  view.setUint32(4, value, true);
  bytes.set(body, 8);
  bytes.set(status, 8 + body.length);
  return bytes;
}
