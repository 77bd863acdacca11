/** The ESP32 chips that headset boards have. Values: esptool's target files, ESP-IDF's Kconfig of the bootloader. */
export interface Chip {
  /** As manifests and esptool write it. */
  readonly family: string;
  /** In the header of its images and in its security information. */
  readonly imageId: number;
  /** Where the ROM looks for the second-stage bootloader. */
  readonly bootloaderOffset: number;
}

export const chips: readonly Chip[] = [
  { family: 'ESP32', imageId: 0, bootloaderOffset: 0x1000 },
  { family: 'ESP32-S3', imageId: 9, bootloaderOffset: 0 },
  { family: 'ESP32-C3', imageId: 5, bootloaderOffset: 0 },
  { family: 'ESP32-C6', imageId: 13, bootloaderOffset: 0 },
  { family: 'ESP32-P4', imageId: 18, bootloaderOffset: 0x2000 },
];

export function chipOfFamily(family: string): Chip | undefined {
  const plain = (name: string) => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  return chips.find((chip) => plain(chip.family) === plain(family));
}

export function chipOfImage(imageId: number): Chip | undefined {
  return chips.find((chip) => chip.imageId === imageId);
}

export const sectorBytes = 0x1000;
/** CONFIG_PARTITION_TABLE_OFFSET of ESP-IDF, unless a manifest says otherwise. */
export const defaultTableOffset = 0x8000;
