/** Zip files of some texts: PKWARE APPNOTE 6.3.10, deflated, names in UTF-8, below 4 GiB. */
import { deflateRawSync } from 'node:zlib';
import { crc32 } from '@anc/link';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const utf8Names = 0x0800;
const deflated = 8;
/** 2.0: the first version with deflate. */
const versionNeeded = 20;

/** MS-DOS: two seconds a step, years from 1980, in local time there; UTC here, so that no time zone is told. */
function dosTime(date: Date): { time: number; day: number } {
  const time =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  const year = Math.max(0, date.getUTCFullYear() - 1980);
  return { time, day: (year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate() };
}

function record(fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const out = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) at = out.writeUIntLE(value, at, bytes);
  return out;
}

export function zip(entries: readonly ZipEntry[], date: Date): Uint8Array {
  const { time, day } = dosTime(date);
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const data = deflateRawSync(bytes);
    const nameBytes = Buffer.from(name);
    // What the local header and the directory have in common.
    const common = record([
      [2, versionNeeded],
      [2, utf8Names],
      [2, deflated],
      [2, time],
      [2, day],
      [4, crc32(bytes)],
      [4, data.length],
      [4, bytes.length],
      [2, nameBytes.length],
      [2, 0],
    ]);
    const local = [record([[4, 0x04034b50]]), common, nameBytes, data];
    // No comment, first disk, no attributes.
    const rest = [
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, offset],
    ] as const;
    directory.push(
      record([
        [4, 0x02014b50],
        [2, versionNeeded],
      ]),
      common,
      record(rest),
      nameBytes,
    );
    parts.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, entries.length],
    [2, entries.length],
    [4, size],
    [4, offset],
    [2, 0],
  ]);
  return Buffer.concat([...parts, ...directory, end]);
}
