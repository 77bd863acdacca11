/**
 * Firmware images as a host reads them before it sends one: the portable format (docs/update.md, core/device/image.h)
 * and applications of ESP-IDF (esp_app_format.h, esp_app_desc.h).
 */
import { createHash } from 'node:crypto';
import { AncError, crc32 } from '@anc/link';
import { appDescriptionOf, boardOfApp } from '../flash/image.ts';

export interface UpdateImage {
  readonly bytes: Uint8Array;
  /** Of all the bytes. */
  readonly sha256: Uint8Array;
  /** Family, as headsets name it. */
  readonly chip: string;
  /** Empty: the image does not say, or runs on any board of the chip. */
  readonly board: string;
  readonly version: string;
}

export interface PortableImage {
  readonly chip: string;
  readonly board?: string;
  readonly version: string;
  readonly payload: Uint8Array;
}

const headerBytes = 128;
const portableMagic = 'ANCI';
const at = { size: 8, crc: 12, chip: 16, board: 32, version: 64, hash: 96 };
const maxTextBytes = 31;

const espMagic = 0xe9;
const espHeaderBytes = 24;
/** esp_chip_id_t */
const espChips: Readonly<Record<number, string>> = {
  0: 'esp32',
  2: 'esp32s2',
  5: 'esp32c3',
  9: 'esp32s3',
  12: 'esp32c2',
  13: 'esp32c6',
  16: 'esp32h2',
  18: 'esp32p4',
};

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textAt(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.subarray(offset, offset + length))
    .toString('utf8')
    .split('\0')[0]!;
}

function crcOfHeader(header: Uint8Array): number {
  const copy = Uint8Array.from(header.subarray(0, headerBytes)); // slice of a Buffer copies nothing
  copy.fill(0, at.crc, at.crc + 4);
  return crc32(copy);
}

function invalid(what: string): AncError {
  return new AncError('UPDATE_IMAGE_INVALID', what);
}

/** Errors: UPDATE_IMAGE_INVALID when a text is too long for its field. */
export function makeImage({ chip, board = '', version, payload }: PortableImage): Uint8Array {
  const bytes = new Uint8Array(headerBytes + payload.length);
  const header = view(bytes);
  const put = (text: string, offset: number, length: number) => {
    const encoded = new TextEncoder().encode(text);
    if (encoded.length >= length)
      throw invalid(`'${text}' has ${encoded.length} bytes, its field holds ${length - 1}`);
    bytes.set(encoded, offset);
  };
  bytes.set(new TextEncoder().encode(portableMagic));
  header.setUint16(4, 1, true);
  header.setUint16(6, headerBytes, true);
  header.setUint32(at.size, payload.length, true);
  put(chip, at.chip, 16);
  put(board, at.board, maxTextBytes + 1);
  put(version, at.version, maxTextBytes + 1);
  bytes.set(sha256(payload), at.hash);
  header.setUint32(at.crc, crcOfHeader(bytes), true);
  bytes.set(payload, headerBytes);
  return bytes;
}

function readPortable(bytes: Uint8Array): UpdateImage {
  if (bytes.length < headerBytes)
    throw invalid(`the file ends after ${bytes.length} bytes, within its header`);
  const header = view(bytes);
  if (header.getUint32(at.crc, true) !== crcOfHeader(bytes))
    throw invalid('the header is damaged: its CRC-32 differs');
  const format = header.getUint16(4, true);
  if (format !== 1) throw invalid(`the image has format ${format}, this tool knows format 1`);
  const size = header.getUint32(at.size, true);
  if (bytes.length !== headerBytes + size)
    throw invalid(`the header tells ${headerBytes + size} bytes, the file has ${bytes.length}`);
  if (!same(sha256(bytes.subarray(headerBytes)), bytes.subarray(at.hash, at.hash + 32)))
    throw invalid('the contents are damaged: their SHA-256 differs from that in the header');
  return {
    bytes,
    sha256: sha256(bytes),
    chip: textAt(bytes, at.chip, 16),
    board: textAt(bytes, at.board, maxTextBytes + 1),
    version: textAt(bytes, at.version, maxTextBytes + 1),
  };
}

/** Where the segments and the check sum behind them end. */
function espEnd(bytes: Uint8Array): number {
  const data = view(bytes);
  let end = espHeaderBytes;
  for (let segment = 0; segment < bytes[1]!; segment += 1) {
    if (end + 8 > bytes.length)
      throw invalid(`the file ends after ${bytes.length} bytes, within segment ${segment}`);
    end += 8 + data.getUint32(end + 4, true);
  }
  return Math.floor(end / 16) * 16 + 16;
}

function readEsp(bytes: Uint8Array): UpdateImage {
  if (bytes.length < espHeaderBytes + 8 + 256)
    throw invalid(`the file ends after ${bytes.length} bytes, within its header`);
  const chipId = view(bytes).getUint16(12, true);
  const application = appDescriptionOf(bytes);
  if (!application)
    throw invalid(
      'this is no application: it has no description at byte 32 (a boot loader, or a merged image?)',
    );
  const end = espEnd(bytes);
  if (bytes[23] !== 1)
    throw invalid('there is no SHA-256 behind the segments, so nothing tells whether it is whole');
  const length = end + 32;
  if (bytes.length < length)
    throw invalid(`the segments need ${length} bytes, the file has ${bytes.length}`);
  if (!same(sha256(bytes.subarray(0, end)), bytes.subarray(end, length)))
    throw invalid('the contents are damaged: their SHA-256 differs from the one behind them');
  return {
    bytes,
    sha256: sha256(bytes),
    chip: espChips[chipId] ?? `chip id ${chipId}`,
    board: boardOfApp(application) ?? '',
    version: application.version,
  };
}

/** Errors: UPDATE_IMAGE_INVALID. */
export function readImage(bytes: Uint8Array): UpdateImage {
  if (bytes.length === 0) throw invalid('the file is empty');
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') === portableMagic)
    return readPortable(bytes);
  if (bytes[0] === espMagic) return readEsp(bytes);
  const begins = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  throw invalid(`the file begins with ${begins}: neither "ANCI" nor 0xe9 of an ESP32 application`);
}
