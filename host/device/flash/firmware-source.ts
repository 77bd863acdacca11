/** Firmware as a user names it, a manifest or an image, wherever its files come from. */
import type { Chip } from './chips.ts';
import { FlashError } from './errors.ts';
import { type Firmware, firmwareOf, firmwareOfFile } from './firmware.ts';
import { chooseBuild, loadParts, type Manifest, parseManifest } from './manifest.ts';

export interface FirmwareSource {
  readonly name: string;
  /** Null for an image. */
  readonly manifest: Manifest | null;
  forChip(chip: Chip, board: string | undefined): Promise<Firmware>;
}

export function isManifest(name: string, bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  return name.endsWith('.json') || start.startsWith('{');
}

/** Paths of parts lie beside their manifest, or below it. Errors: FLASH_MANIFEST_INVALID. */
export function partPath(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '.' && segment !== '');
  if (/^[/\\]|^[a-z]+:/i.test(path) || segments.includes('..') || path.includes('\\'))
    throw new FlashError('FLASH_MANIFEST_INVALID', `${path} is not in the manifest's folder`);
  return segments.join('/');
}

/** Errors: FLASH_MANIFEST_INVALID, FLASH_IMAGE_INVALID, those of `readPart`. */
export async function openFirmware(
  name: string,
  bytes: Uint8Array,
  readPart: (path: string) => Promise<Uint8Array>,
): Promise<FirmwareSource> {
  if (!isManifest(name, bytes)) {
    // Looked at now: a damaged file is said before anything is connected.
    const firmware = await firmwareOfFile(name, bytes);
    return { name, manifest: null, forChip: async () => firmware };
  }
  const manifest = parseManifest(new TextDecoder().decode(bytes), name);
  return {
    name: manifest.name || name,
    manifest,
    forChip: async (chip, board) => {
      const build = chooseBuild(manifest, chip.family, board);
      const parts = await loadParts(build, (path) => readPart(partPath(path)));
      return firmwareOf(parts, build.board ?? null);
    },
  };
}
