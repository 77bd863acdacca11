/** Emulated headsets as they come to a test: with firmware and settings in the flash, or blank. */
import { type ChipOptions, EmulatedChip } from './chip.ts';
import { abTable, appImage, bootloaderImage, partitionTable, settingsAt } from './images.ts';

export interface HeadsetOptions extends Omit<ChipOptions, 'chip' | 'sizeBytes'> {
  readonly chip?: string;
  readonly sizeBytes?: number;
  readonly slotBytes?: number;
  readonly version?: string;
  readonly appBytes?: number;
}

export const settingsBytes = Uint8Array.from(
  { length: settingsAt.size },
  (_, i) => (i * 7 + (i >> 8)) & 0xff,
);

/** With one version in slot 0 and settings that must not be lost. */
export function flashedHeadset(options: HeadsetOptions = {}): EmulatedChip {
  const { chip = 'ESP32-C3', sizeBytes = 0x400000, slotBytes = 0x100000 } = options;
  const headset = new EmulatedChip({ ...options, chip, sizeBytes });
  const { flash, identity } = headset;
  const put = (offset: number, bytes: Uint8Array) => flash.bytes.set(bytes, offset);
  put(identity.bootloaderOffset, bootloaderImage(chip));
  put(0x8000, partitionTable(abTable(slotBytes)));
  put(settingsAt.offset, settingsBytes);
  const { version = '1.0.0', appBytes = 0x8000 } = options;
  put(0x20000, appImage({ chip, version, sizeBytes: appBytes, seed: 11 }));
  headset.reset(options.download ?? false);
  return headset;
}

export function hasItsSettings({ flash }: EmulatedChip): boolean {
  const { offset, size } = settingsAt;
  return Buffer.compare(flash.bytes.subarray(offset, offset + size), settingsBytes) === 0;
}
