/** In which order a firmware is written, so that a cut leaves something that starts. */
import { hexNumber } from './bytes.ts';
import { sectorBytes } from './chips.ts';
import { type DeviceState, FlashError } from './errors.ts';
import type { Firmware } from './firmware.ts';
import type { Layout } from './layout.ts';
import { selectionSector } from './otadata.ts';
import {
  factorySlot,
  isSameTable,
  otaDataOf,
  otaSlots,
  type Partition,
  settingsOf,
} from './partitions.ts';

export interface Write {
  readonly what: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** What the headset has while this is under way, and after it. */
  readonly during: DeviceState;
  readonly after: DeviceState;
  /** Makes the new firmware the one that starts. */
  readonly switches?: true;
}

export interface Plan {
  readonly kind: 'update' | 'full';
  readonly slot: Partition;
  readonly settings: readonly Partition[];
  /** In the order of writing; all before the first that switches are verified once more before it. */
  readonly writes: readonly Write[];
}

function overlaps(a: Partition, b: Partition): boolean {
  return a.offset < b.offset + b.size && b.offset < a.offset + a.size;
}

function checkFits(firmware: Firmware, slot: Partition, flashBytes: number): void {
  const { length } = firmware.app.bytes;
  if (length > slot.size)
    throw new FlashError(
      'FLASH_TOO_SMALL',
      `the firmware has ${length} bytes, slot ${slot.label} of the headset ${slot.size}`,
    );
  const partitions = firmware.table?.partitions ?? [slot];
  const end = Math.max(...partitions.map(({ offset, size }) => offset + size));
  if (end > flashBytes)
    throw new FlashError(
      'FLASH_TOO_SMALL',
      `the firmware's partitions reach to ${hexNumber(end)}, the flash ends at ${hexNumber(flashBytes)}`,
    );
}

function dataWrites(
  firmware: Firmware,
  partitions: readonly Partition[],
  state: DeviceState,
): Write[] {
  return firmware.data.flatMap(({ label, bytes }) => {
    const partition = partitions.find((p) => p.label === label && p.type === 1);
    if (!partition || bytes.length > partition.size) return [];
    return [{ what: label, offset: partition.offset, bytes, during: state, after: state }];
  });
}

/** Beside what runs: the idle slot, then the switch. */
function updateWrites(firmware: Firmware, layout: Layout): { slot: Partition; writes: Write[] } {
  const { slots, running, partitions, selection } = layout;
  const otaData = otaDataOf(partitions);
  const active = running ? slots.indexOf(running) : -1;
  const index = active < 0 ? 0 : (active + 1) % slots.length;
  const slot = slots[index];
  if (!slot || !otaData || !selection || slot === running)
    throw new FlashError(
      'FLASH_LAYOUT_DIFFERS',
      'the headset has one slot for firmware: what runs would have to be overwritten',
    );
  const state: DeviceState = running ? 'old' : 'unbootable';
  return {
    slot,
    writes: [
      {
        what: slot.label,
        offset: slot.offset,
        bytes: firmware.app.bytes,
        during: state,
        after: state,
      },
      ...dataWrites(firmware, partitions, state),
      {
        what: 'otadata',
        offset: otaData.offset + selection.idleCopy * sectorBytes,
        bytes: selectionSector(index, slots.length, selection.highest),
        during: running ? 'either' : 'unbootable',
        after: 'new',
        switches: true,
      },
    ],
  };
}

/** The boot loader and the table: the only writes that a cut can spoil. The last of all. */
function baseWrites(firmware: Firmware, bootloader: Uint8Array, after: DeviceState): Write[] {
  const { table, chip } = firmware;
  return [
    {
      what: 'partition table',
      offset: table!.offset,
      bytes: table!.bytes,
      during: 'unbootable',
      after: 'unbootable',
      switches: true,
    },
    {
      what: 'boot loader',
      offset: chip.bootloaderOffset,
      bytes: bootloader,
      during: 'unbootable',
      after,
      switches: true,
    },
  ];
}

function fullPlan(firmware: Firmware, layout: Layout | null, flashBytes: number): Plan {
  const { table, bootloader } = firmware;
  if (!table || !bootloader)
    throw new FlashError(
      'FLASH_NOTHING_THERE',
      layout
        ? '--full needs a boot loader and a partition table, and this firmware has none'
        : 'the headset has no boot loader or no partition table, and this firmware brings none',
    );
  const settings = settingsOf(table.partitions);
  if (layout && isSameTable(layout.partitions, table.partitions) && layout.slots.length > 1) {
    const { slot, writes } = updateWrites(firmware, layout);
    checkFits(firmware, slot, flashBytes);
    const all = [...writes, ...baseWrites(firmware, bootloader, 'new')];
    return { kind: 'full', slot, settings, writes: all };
  }
  const running = layout?.running ?? null;
  const candidates = [factorySlot(table.partitions), otaSlots(table.partitions)[0]];
  const slot = candidates.find((candidate) => candidate !== undefined);
  if (!slot)
    throw new FlashError('FLASH_IMAGE_INVALID', 'the partition table has no slot for firmware');
  checkFits(firmware, slot, flashBytes);
  const kept: DeviceState = running && !overlaps(slot, running) ? 'old' : 'unbootable';
  const otaData = otaDataOf(table.partitions);
  return {
    kind: 'full',
    slot,
    settings,
    writes: [
      {
        what: slot.label,
        offset: slot.offset,
        bytes: firmware.app.bytes,
        during: kept,
        after: kept,
      },
      ...dataWrites(firmware, table.partitions, 'unbootable'),
      // Erased: the first slot starts, and nothing is left of what was selected before.
      ...(otaData
        ? [
            {
              what: 'otadata',
              offset: otaData.offset,
              bytes: new Uint8Array(2 * sectorBytes).fill(0xff),
              during: 'unbootable' as const,
              after: 'unbootable' as const,
              switches: true as const,
            },
          ]
        : []),
      ...baseWrites(firmware, bootloader, 'new'),
    ],
  };
}

export interface PlanOptions {
  readonly full: boolean;
  readonly eraseSettings: boolean;
}

/** Errors: FLASH_TOO_SMALL, FLASH_LAYOUT_DIFFERS, FLASH_NOTHING_THERE. */
export function makePlan(
  firmware: Firmware,
  layout: Layout | null,
  flashBytes: number,
  { full, eraseSettings }: PlanOptions,
): Plan {
  if (layout && firmware.table && !isSameTable(layout.partitions, firmware.table.partitions)) {
    if (!full)
      throw new FlashError(
        'FLASH_LAYOUT_DIFFERS',
        'the firmware has another partition table than the headset',
      );
    const places = (table: readonly Partition[]) =>
      JSON.stringify(settingsOf(table).map(({ offset, size }) => [offset, size]));
    if (!eraseSettings && places(layout.partitions) !== places(firmware.table.partitions))
      throw new FlashError(
        'FLASH_LAYOUT_DIFFERS',
        'the settings are elsewhere in the new partition table and would be lost',
        {
          hint: 'Export them (`anc params export FILE`), flash with --full --erase-settings, and import them again.',
        },
      );
  }
  if (full || !layout) return fullPlan(firmware, layout, flashBytes);
  const { slot, writes } = updateWrites(firmware, layout);
  checkFits(firmware, slot, flashBytes);
  return { kind: 'update', slot, settings: settingsOf(layout.partitions), writes };
}
