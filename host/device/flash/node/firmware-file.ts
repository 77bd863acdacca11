import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { AncError } from '@anc/link';
import type { Chip } from '../chips.ts';
import { FlashError } from '../errors.ts';
import { type Firmware, firmwareOf, firmwareOfFile } from '../firmware.ts';
import { chooseBuild, loadParts, type Manifest, parseManifest } from '../manifest.ts';

async function read(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: Error) => {
    throw new AncError('FILE_UNREADABLE', `cannot read ${path}: ${cause.message}`, { cause });
  });
}

/** Parts lie beside their manifest, or below it. */
function beside(manifest: string, path: string): string {
  const plain = normalize(path);
  if (isAbsolute(plain) || plain.startsWith('..') || /^[a-z]+:/i.test(path))
    throw new FlashError('FLASH_MANIFEST_INVALID', `${path} is not in the manifest's folder`);
  return join(dirname(manifest), plain);
}

export interface FirmwareFile {
  /** For a manifest. */
  readonly name: string;
  forChip(chip: Chip, board: string | undefined): Promise<Firmware>;
}

/** A manifest (JSON) or an image. Errors: FILE_UNREADABLE, FLASH_MANIFEST_INVALID, FLASH_IMAGE_INVALID. */
export async function openFirmware(path: string): Promise<FirmwareFile> {
  const bytes = await read(path);
  const text = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  if (!path.endsWith('.json') && !text.startsWith('{')) {
    // Looked at now: a damaged file is said before anything is connected.
    const firmware = await firmwareOfFile(basename(path), bytes);
    return { name: basename(path), forChip: async () => firmware };
  }
  const manifest: Manifest = parseManifest(new TextDecoder().decode(bytes), basename(path));
  return {
    name: manifest.name || basename(path),
    forChip: async (chip, board) => {
      const build = chooseBuild(manifest, chip.family, board);
      const parts = await loadParts(build, (part) => read(beside(path, part)));
      return firmwareOf(parts, build.board ?? null);
    },
  };
}
