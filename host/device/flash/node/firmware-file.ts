import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AncError } from '@anc/link';
import { type FirmwareSource, openFirmware } from '../firmware-source.ts';

async function read(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: Error) => {
    throw new AncError('FILE_UNREADABLE', `cannot read ${path}: ${cause.message}`, { cause });
  });
}

/** A manifest (JSON) or an image. Errors: FILE_UNREADABLE, FLASH_MANIFEST_INVALID, FLASH_IMAGE_INVALID. */
export async function openFirmwareFile(path: string): Promise<FirmwareSource> {
  return openFirmware(basename(path), await read(path), (part) => read(join(dirname(path), part)));
}
