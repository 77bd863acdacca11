/** The partition table as ESP-IDF writes it: 32-byte entries, then one with the MD5 of those before it. */
import { hexOf, isSame, textOf, viewOf } from './bytes.ts';
import { md5 } from './md5.ts';

export const tableBytes = 0xc00;
const entryBytes = 32;

export interface Partition {
  readonly label: string;
  readonly type: number;
  readonly subtype: number;
  readonly offset: number;
  readonly size: number;
}

/** Null when these bytes hold none, or a damaged one. */
export function parsePartitions(bytes: Uint8Array): Partition[] | null {
  const found: Partition[] = [];
  for (let at = 0; at + entryBytes <= Math.min(bytes.length, tableBytes); at += entryBytes) {
    const entry = bytes.subarray(at, at + entryBytes);
    const view = viewOf(entry);
    const magic = view.getUint16(0, true);
    if (magic === 0xebeb && found.length > 0)
      return hexOf(entry.subarray(16)) === md5(bytes.subarray(0, at)) ? found : null;
    // Tables without an MD5 end with erased flash.
    if (magic === 0xffff) return found.length > 0 ? found : null;
    if (magic !== 0x50aa) return null;
    found.push({
      type: entry[2]!,
      subtype: entry[3]!,
      offset: view.getUint32(4, true),
      size: view.getUint32(8, true),
      label: textOf(entry.subarray(12, 28)),
    });
  }
  return found.length > 0 ? found : null;
}

export function isSameTable(a: readonly Partition[], b: readonly Partition[]): boolean {
  const text = (table: readonly Partition[]) => new TextEncoder().encode(JSON.stringify(table));
  return isSame(text(a), text(b));
}

/** OTA slots in the order of their numbers. */
export function otaSlots(table: readonly Partition[]): Partition[] {
  return table
    .filter(({ type, subtype }) => type === 0 && subtype >= 0x10 && subtype < 0x20)
    .sort((a, b) => a.subtype - b.subtype);
}

export function factorySlot(table: readonly Partition[]): Partition | undefined {
  return table.find(({ type, subtype }) => type === 0 && subtype === 0);
}

export function otaDataOf(table: readonly Partition[]): Partition | undefined {
  return table.find(({ type, subtype }) => type === 1 && subtype === 0);
}

/** Where a headset keeps what its owner has set: NVS, its keys, and the log-structured store of ports without NVS. */
export function settingsOf(table: readonly Partition[]): Partition[] {
  return table.filter(
    ({ type, subtype, label }) =>
      type === 1 && (subtype === 2 || subtype === 4 || label === 'settings'),
  );
}
