/** Application and boot loader images: esptool's "Firmware Image Format", ESP-IDF's esp_app_format.h and esp_app_desc.h. */
import { isSame, sha256, textOf, viewOf } from './bytes.ts';
import { type Chip, chipOfImage } from './chips.ts';
import { FlashError } from './errors.ts';

const headerBytes = 24;
const imageMagic = 0xe9;
const appMagic = 0xabcd5432;
const maxSegments = 16;
const appDescriptionAt = headerBytes + 8;

export interface AppDescription {
  readonly version: string;
  readonly projectName: string;
  readonly idfVersion: string;
}

export interface EspImage {
  readonly chip: Chip;
  /** Up to and with the appended hash. */
  readonly length: number;
  /** Null for a boot loader, which has none. */
  readonly app: AppDescription | null;
}

export function appDescriptionOf(bytes: Uint8Array): AppDescription | null {
  if (bytes.length < appDescriptionAt + 256 || bytes[0] !== imageMagic) return null;
  if (viewOf(bytes).getUint32(appDescriptionAt, true) !== appMagic) return null;
  const text = (at: number, length: number) =>
    textOf(bytes.subarray(appDescriptionAt + at, appDescriptionAt + at + length));
  return { version: text(16, 32), projectName: text(48, 32), idfVersion: text(112, 32) };
}

/** The board that a build was made for: its project is called `anc-BOARD`. */
export function boardOfApp(app: AppDescription | null): string | null {
  return /^anc-(.+)$/.exec(app?.projectName ?? '')?.[1] ?? null;
}

/** Throws FLASH_IMAGE_INVALID unless everything that the chip will check is right; `what` names it in messages. */
export async function parseImage(bytes: Uint8Array, what: string): Promise<EspImage> {
  const invalid = (why: string) => new FlashError('FLASH_IMAGE_INVALID', `${what} ${why}`);
  if (bytes.length < headerBytes) throw invalid(`has ${bytes.length} bytes: too few for an image`);
  if (bytes[0] !== imageMagic)
    throw invalid(`begins with 0x${bytes[0]!.toString(16)}, not with 0xe9 like an ESP32 image`);
  const view = viewOf(bytes);
  const segments = bytes[1]!;
  if (segments < 1 || segments > maxSegments) throw invalid(`says it has ${segments} segments`);
  if (bytes[23]! > 1) throw invalid(`says ${bytes[23]} where 1 or 0 stand for a hash or none`);
  const imageId = view.getUint16(12, true);
  const chip = chipOfImage(imageId);
  if (!chip) throw invalid(`is for chip number ${imageId}, which no headset has`);
  let at = headerBytes;
  let checksum = 0xef;
  for (let i = 0; i < segments; i += 1) {
    const size = at + 8 <= bytes.length ? view.getUint32(at + 4, true) : 0;
    if (at + 8 + size > bytes.length)
      throw invalid(`ends within segment ${i + 1} of ${segments}: it is truncated`);
    for (let j = at + 8; j < at + 8 + size; j += 1) checksum ^= bytes[j]!;
    at += 8 + size;
  }
  // The checksum is the last byte of a block of 16.
  const end = (at | 15) + 1;
  const hasHash = bytes[23] === 1;
  const length = end + (hasHash ? 32 : 0);
  if (length > bytes.length) throw invalid('ends before its checksum: it is truncated');
  if (bytes[end - 1] !== checksum) throw invalid('is damaged: its checksum is wrong');
  if (hasHash && !isSame(await sha256(bytes.subarray(0, end)), bytes.subarray(end, length)))
    throw invalid('is damaged: its SHA-256 is wrong');
  return { chip, length, app: appDescriptionOf(bytes) };
}
