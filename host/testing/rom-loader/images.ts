/** Images as ESP-IDF's tools make them, with random contents: boot loader, partition table, application. */
import { createHash } from 'node:crypto';
import { identityOf } from './identities.ts';

export interface AppOptions {
  readonly chip: string;
  readonly version: string;
  readonly project?: string;
  /** Of the one segment. */
  readonly sizeBytes?: number;
  readonly seed?: number;
}

/** Half of it compresses, as code does. */
function contents(sizeBytes: number, seed: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < sizeBytes; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = i & 64 ? state >>> 24 : (state >>> 30) | 0x40;
  }
  return bytes;
}

function image(chip: string, segments: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(24);
  header[0] = 0xe9;
  header[1] = segments.length;
  header[2] = 2; // DIO
  header[3] = 0x20; // 4 MB, 40 MHz
  header.writeUInt32LE(0x42000020, 4);
  header[8] = 0xee; // no write-protect pin
  header.writeUInt16LE(identityOf(chip).imageId, 12);
  header.writeUInt16LE(0xffff, 17); // any revision of the chip
  header[23] = 1;
  const parts: Buffer[] = [header];
  let sum = 0xef;
  segments.forEach((segment, i) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(0x3c000020 + 0x10000 * i, 0);
    head.writeUInt32LE(segment.length, 4);
    parts.push(head, segment);
    for (const byte of segment) sum ^= byte;
  });
  const length = parts.reduce((total, part) => total + part.length, 0);
  const padding = Buffer.alloc(16 - (length % 16));
  padding[padding.length - 1] = sum;
  const whole = Buffer.concat([...parts, padding]);
  return Buffer.concat([whole, createHash('sha256').update(whole).digest()]);
}

export function appImage(options: AppOptions): Buffer {
  const {
    chip,
    version,
    project = 'anc-virtual-lowlatency',
    sizeBytes = 0x8000,
    seed = 1,
  } = options;
  const description = Buffer.alloc(256);
  description.writeUInt32LE(0xabcd5432, 0);
  description.write(version, 16, 31, 'latin1');
  description.write(project, 48, 31, 'latin1');
  description.write('12:00:00', 80);
  description.write('Jan  1 2026', 96);
  description.write('v5.5', 112);
  const size = (sizeBytes + 3) & ~3;
  return image(chip, [
    Buffer.concat([description, contents(size - 256, seed)]),
    contents(0x400, 7),
  ]);
}

export function bootloaderImage(chip: string, seed = 99): Buffer {
  return image(chip, [contents(0x3000, seed)]);
}

export interface TableRow {
  readonly label: string;
  readonly type: number;
  readonly subtype: number;
  readonly offset: number;
  readonly size: number;
}

export function partitionTable(rows: readonly TableRow[]): Buffer {
  const entries = rows.map(({ label, type, subtype, offset, size }) => {
    const entry = Buffer.alloc(32);
    entry.writeUInt16BE(0xaa50, 0);
    entry[2] = type;
    entry[3] = subtype;
    entry.writeUInt32LE(offset, 4);
    entry.writeUInt32LE(size, 8);
    entry.write(label, 12, 16, 'latin1');
    return entry;
  });
  const body = Buffer.concat(entries);
  const sum = Buffer.alloc(32, 0xff);
  sum.writeUInt16BE(0xebeb, 0);
  createHash('md5').update(body).digest().copy(sum, 16);
  const table = Buffer.alloc(0xc00, 0xff);
  Buffer.concat([body, sum]).copy(table);
  return table;
}

export const settingsAt = { offset: 0x9000, size: 0x4000 } as const;

/** Two slots of `slotBytes` behind 0x20000. */
export function abTable(slotBytes = 0x100000): TableRow[] {
  return [
    { label: 'nvs', type: 1, subtype: 2, ...settingsAt },
    { label: 'otadata', type: 1, subtype: 0, offset: 0xd000, size: 0x2000 },
    { label: 'phy_init', type: 1, subtype: 1, offset: 0xf000, size: 0x1000 },
    { label: 'ota_0', type: 0, subtype: 0x10, offset: 0x20000, size: slotBytes },
    { label: 'ota_1', type: 0, subtype: 0x11, offset: 0x20000 + slotBytes, size: slotBytes },
  ];
}
