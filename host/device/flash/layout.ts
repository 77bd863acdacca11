/** What a headset's flash holds now. */
import { type Chip, defaultTableOffset, sectorBytes } from './chips.ts';
import type { Loader } from './loader.ts';
import { appDescriptionOf, type AppDescription } from './image.ts';
import { readSelection, type Selection } from './otadata.ts';
import {
  factorySlot,
  otaDataOf,
  otaSlots,
  type Partition,
  parsePartitions,
  tableBytes,
} from './partitions.ts';

export interface Layout {
  readonly partitions: readonly Partition[];
  readonly slots: readonly Partition[];
  readonly selection: Selection | null;
  /** What starts now; null when nothing would. */
  readonly running: Partition | null;
  readonly app: AppDescription | null;
}

const descriptionBytes = 288;

async function descriptionAt(loader: Loader, slot: Partition): Promise<AppDescription | null> {
  return appDescriptionOf(await loader.read(slot.offset, descriptionBytes));
}

/** Null when there is no boot loader or no partition table: nothing there can start. */
export async function readLayout(
  loader: Loader,
  chip: Chip,
  tableOffset = defaultTableOffset,
): Promise<Layout | null> {
  const header = await loader.read(chip.bootloaderOffset, 16);
  const partitions = parsePartitions(await loader.read(tableOffset, tableBytes));
  if (header[0] !== 0xe9 || !partitions) return null;
  const slots = otaSlots(partitions);
  const otaData = otaDataOf(partitions);
  const selection = otaData
    ? readSelection(await loader.read(otaData.offset, 2 * sectorBytes), slots.length)
    : null;
  const factory = factorySlot(partitions);
  const first = selection?.slot == null ? (factory ?? slots[0]) : slots[selection.slot];
  // The boot loader takes the next one when the selected slot holds no image.
  for (const slot of [first, factory, ...slots]) {
    const app = slot && (await descriptionAt(loader, slot));
    if (slot && app) return { partitions, slots, selection, running: slot, app };
  }
  return { partitions, slots, selection, running: null, app: null };
}
