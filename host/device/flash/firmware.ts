/** What is to be flashed, in whatever form it came: an application alone, parts of a manifest, or all of them merged in one file. */
import { type Chip, chips, defaultTableOffset } from './chips.ts';
import { FlashError } from './errors.ts';
import { type AppDescription, appDescriptionOf, boardOfApp, parseImage } from './image.ts';
import type { Part } from './manifest.ts';
import {
  otaDataOf,
  type Partition,
  parsePartitions,
  settingsOf,
  tableBytes,
} from './partitions.ts';

export interface Table {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly partitions: readonly Partition[];
}

export interface Firmware {
  readonly chip: Chip;
  /** Null when neither manifest nor application say for which board it is. */
  readonly board: string | null;
  readonly app: { readonly bytes: Uint8Array; readonly description: AppDescription };
  readonly bootloader: Uint8Array | null;
  readonly table: Table | null;
  /** Contents of other data partitions, by label. */
  readonly data: readonly { readonly label: string; readonly bytes: Uint8Array }[];
}

/** Bytes from `offset` on when a part has them. */
function at(parts: readonly Part[], offset: number, length: number): Uint8Array | null {
  const part = parts.find((p) => p.offset <= offset && offset < p.offset + p.bytes.length);
  return part?.bytes.subarray(offset - part.offset, offset - part.offset + length) ?? null;
}

/** Without what erased flash looks like. */
function trimmed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0xff) end -= 1;
  return bytes.subarray(0, end);
}

function tableOf(parts: readonly Part[]): Table | null {
  // A part of its own may be anywhere; in a merged file it is where it usually is.
  for (const offset of [defaultTableOffset, ...parts.map((part) => part.offset)]) {
    const bytes = at(parts, offset, tableBytes);
    const partitions = bytes && parsePartitions(bytes);
    if (partitions) return { offset, bytes: trimmed(bytes), partitions };
  }
  return null;
}

/** Errors: FLASH_IMAGE_INVALID, FLASH_MANIFEST_INVALID. */
export async function firmwareOf(
  parts: readonly Part[],
  board: string | null = null,
): Promise<Firmware> {
  const table = tableOf(parts);
  const apps = table
    ? table.partitions
        .filter(({ type }) => type === 0)
        .flatMap(({ offset, size, label }) => {
          const bytes = at(parts, offset, size);
          return bytes && appDescriptionOf(bytes) ? [{ name: label, bytes }] : [];
        })
    : parts.filter(({ bytes }) => appDescriptionOf(bytes));
  const [app] = apps;
  // An application without its description is only found by trying: what is wrong with the file is said then.
  const { bytes, name } = app ?? parts.at(-1)!;
  const image = await parseImage(bytes, name);
  if (!image.app)
    throw new FlashError('FLASH_IMAGE_INVALID', `${name} is an image, but no application`);
  const { chip } = image;
  const loader = table && at(parts, chip.bootloaderOffset, table.offset - chip.bootloaderOffset);
  if (loader) {
    const { chip: other } = await parseImage(loader, 'the boot loader');
    if (other !== chip)
      throw new FlashError(
        'FLASH_IMAGE_INVALID',
        `the boot loader is for ${other.family}, the application for ${chip.family}`,
      );
  }
  const own = boardOfApp(image.app);
  if (board && own && board !== own)
    throw new FlashError(
      'FLASH_MANIFEST_INVALID',
      `the manifest says that ${name} is for ${board}, the application that it is for ${own}`,
    );
  const partitions = table?.partitions ?? [];
  const special = [...settingsOf(partitions), otaDataOf(partitions)];
  const data = partitions
    .filter((partition) => partition.type === 1 && !special.includes(partition))
    .flatMap(({ label, offset, size }) => {
      const contents = trimmed(at(parts, offset, size) ?? new Uint8Array());
      return contents.length > 0 ? [{ label, bytes: contents }] : [];
    });
  return {
    chip,
    board: board ?? own,
    app: { bytes: bytes.subarray(0, image.length), description: image.app },
    bootloader: loader ? trimmed(loader) : null,
    table,
    data,
  };
}

/** One file: an application, or everything merged for the start of the flash. Errors: FLASH_IMAGE_INVALID. */
export async function firmwareOfFile(name: string, bytes: Uint8Array): Promise<Firmware> {
  if (appDescriptionOf(bytes)) return firmwareOf([{ name, offset: 0, bytes }]);
  // Merged files begin at 0, or at the boot loader where `esptool merge-bin --target-offset` was used.
  const offsets = [0, ...chips.map((chip) => chip.bootloaderOffset)];
  for (const offset of new Set(offsets))
    if (tableOf([{ name, offset, bytes }])?.offset === defaultTableOffset)
      return firmwareOf([{ name, offset, bytes }]);
  return firmwareOf([{ name, offset: 0, bytes }]);
}
