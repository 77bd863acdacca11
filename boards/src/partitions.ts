import type { RealBoard } from './board.ts';

export interface Partition {
  readonly name: string;
  readonly type: 'app' | 'data';
  readonly subtype: string;
  readonly offset: number;
  readonly size: number;
}

const sector = 0x1000;
/** Firmware is mapped into the address space in pages of this size. */
const appAlignment = 0x10000;
/** ESP-IDF's default place of the table, one sector; what lies before is the boot loader's. */
export const tableOffset = 0x8000;

function up(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/**
 * The flash from the table on: system settings, which slot runs, the headset's settings, the two
 * firmware slots, and at the end the core dump, where there is room.
 */
export function partitionsOf(board: RealBoard): readonly Partition[] {
  const { nvsKb, settingsKb, otaKb, coredumpKb } = board.partitions;
  let next = tableOffset + sector;
  const place = (
    name: string,
    type: Partition['type'],
    subtype: string,
    sizeKb: number,
    step = sector,
  ): Partition => {
    const offset = up(next, step);
    next = offset + sizeKb * 1024;
    return { name, type, subtype, offset, size: sizeKb * 1024 };
  };
  return [
    place('nvs', 'data', 'nvs', nvsKb),
    place('otadata', 'data', 'ota', 8),
    place('anc', 'data', 'nvs', settingsKb),
    place('ota_0', 'app', 'ota_0', otaKb, appAlignment),
    place('ota_1', 'app', 'ota_1', otaKb, appAlignment),
    ...(coredumpKb > 0 ? [place('coredump', 'data', 'coredump', coredumpKb)] : []),
  ];
}

export function flashEnd(partitions: readonly Partition[]): number {
  const last = partitions.at(-1);
  return last ? last.offset + last.size : tableOffset;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

export function emitPartitions(board: RealBoard): string {
  const rows = partitionsOf(board).map(
    ({ name, type, subtype, offset, size }) =>
      `${name}, ${type}, ${subtype}, ${hex(offset)}, ${hex(size)},`,
  );
  return `# Generated from boards/${board.id}/ by \`npm run generate\`. Do not edit.
# Name, Type, SubType, Offset, Size, Flags
${rows.join('\n')}
`;
}
