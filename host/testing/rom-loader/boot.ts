/**
 * What a chip does with its flash at reset: the ROM looks for the boot loader, that one for a partition table, a selected
 * slot and a whole image. Written against ESP-IDF's bootloader_support, apart from the host's own reading of the formats.
 */
import { createHash } from 'node:crypto';
import type { Identity } from './identities.ts';
import type { NorFlash } from './nor-flash.ts';

export type BootResult =
  | {
      readonly starts: true;
      readonly slot: string;
      readonly version: string;
      readonly project: string;
      readonly settings: { readonly offset: number; readonly size: number } | null;
      readonly log: string;
    }
  | { readonly starts: false; readonly log: string };

interface Entry {
  readonly type: number;
  readonly subtype: number;
  readonly offset: number;
  readonly size: number;
  readonly label: string;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').replace(/\0.*$/s, '');

/** Why an image is refused; null when it is whole. */
function imageFault(bytes: Buffer, imageId: number): string | null {
  if (bytes[0] !== 0xe9) return `invalid magic byte 0x${bytes[0]!.toString(16)}`;
  if (bytes.readUInt16LE(12) !== imageId)
    return `mismatch chip ID, expected ${imageId}, found ${bytes.readUInt16LE(12)}`;
  const count = bytes[1]!;
  if (count === 0 || count > 16) return `segment count ${count} is invalid`;
  let at = 24;
  let sum = 0xef;
  for (let i = 0; i < count; i += 1) {
    const length = at + 8 <= bytes.length ? bytes.readUInt32LE(at + 4) : bytes.length;
    if (length % 4 !== 0 || at + 8 + length > bytes.length) return `segment ${i} is invalid`;
    for (const byte of bytes.subarray(at + 8, at + 8 + length)) sum ^= byte;
    at += 8 + length;
  }
  const end = at + 16 - (at % 16);
  if (bytes[end - 1] !== (sum & 0xff)) return 'Checksum failed';
  if (bytes[23] !== 1) return null;
  const digest = createHash('sha256').update(bytes.subarray(0, end)).digest();
  return digest.equals(bytes.subarray(end, end + 32)) ? null : 'Image hash failed';
}

function tableAt(bytes: Buffer): Entry[] | null {
  const entries: Entry[] = [];
  for (let at = 0; at < 0xc00; at += 32) {
    const magic = bytes.readUInt16BE(at);
    if (magic === 0xebeb) {
      const sum = createHash('md5').update(bytes.subarray(0, at)).digest();
      return sum.equals(bytes.subarray(at + 16, at + 32)) && entries.length > 0 ? entries : null;
    }
    if (magic === 0xffff) return entries.length > 0 ? entries : null;
    if (magic !== 0xaa50) return null;
    entries.push({
      type: bytes[at + 2]!,
      subtype: bytes[at + 3]!,
      offset: bytes.readUInt32LE(at + 4),
      size: bytes.readUInt32LE(at + 8),
      label: text(bytes.subarray(at + 12, at + 28)),
    });
  }
  return null;
}

/** binascii.crc32(sequence, 0xffffffff), bit by bit. */
function sequenceSum(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function selectedSlot(data: Buffer, slots: number): number | null {
  let best = 0;
  for (const at of [0, 0x1000]) {
    const sequence = data.readUInt32LE(at);
    const state = data.readUInt32LE(at + 24);
    const isWhole = data.readUInt32LE(at + 28) === sequenceSum(data.subarray(at, at + 4));
    // 3 and 4: found not to work.
    if (isWhole && sequence !== 0xffffffff && state !== 3 && state !== 4)
      best = Math.max(best, sequence);
  }
  return best === 0 ? null : (best - 1) % slots;
}

export function boot(flash: NorFlash, identity: Identity, tableOffset = 0x8000): BootResult {
  const bytes = Buffer.from(flash.bytes.buffer, flash.bytes.byteOffset, flash.bytes.length);
  const log: string[] = [];
  const fail = (line: string): BootResult => ({ starts: false, log: [...log, line].join('\r\n') });
  const loader = bytes.subarray(identity.bootloaderOffset, tableOffset);
  if (loader[0] !== 0xe9) return fail(`invalid header: 0x${loader.readUInt32LE(0).toString(16)}`);
  const loaderFault = imageFault(loader, identity.imageId);
  if (loaderFault) return fail(`boot loader: ${loaderFault}`);
  const table = tableAt(bytes.subarray(tableOffset, tableOffset + 0x1000));
  if (!table) return fail('E (50) boot: Failed to verify partition table');
  const ota = table
    .filter(({ type, subtype }) => type === 0 && (subtype & 0xf0) === 0x10)
    .sort((a, b) => a.subtype - b.subtype);
  const factory = table.find(({ type, subtype }) => type === 0 && subtype === 0);
  const data = table.find(({ type, subtype }) => type === 1 && subtype === 0);
  const chosen =
    data && ota.length > 0
      ? selectedSlot(bytes.subarray(data.offset, data.offset + 0x2000), ota.length)
      : null;
  const first = chosen === null ? (factory ?? ota[0]) : ota[chosen]!;
  // bootloader_utility_load_boot_image: the chosen one, those before it, the factory app, those behind it.
  const others = ota.filter((slot) => slot !== first);
  for (const slot of [first, factory, ...others]) {
    if (!slot) continue;
    const image = bytes.subarray(slot.offset, slot.offset + slot.size);
    const fault = imageFault(image, identity.imageId);
    if (fault) {
      log.push(`E (90) esp_image: ${slot.label}: ${fault}`);
      continue;
    }
    log.push(`I (90) boot: Loaded app from partition at offset 0x${slot.offset.toString(16)}`);
    const settings = table.find(
      ({ type, subtype, label }) => type === 1 && (subtype === 2 || label === 'settings'),
    );
    return {
      starts: true,
      slot: slot.label,
      version: text(image.subarray(48, 80)),
      project: text(image.subarray(80, 112)),
      settings: settings ? { offset: settings.offset, size: settings.size } : null,
      log: log.join('\r\n'),
    };
  }
  return fail('E (100) boot: No bootable app partitions in the partition table');
}
