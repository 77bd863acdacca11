import { AncError } from '../../../host/link/src/index.ts';
import {
  type FirmwareSource,
  isManifest,
  openFirmware,
} from '../../../host/device/flash/firmware-source.ts';
import type { FirmwareList } from '../../../host/server/panel-protocol.ts';

const base = 'api/v1/firmware';

/** What the server offers, and what its boards' files say for a chip that does not answer. */
export async function listFirmware(): Promise<FirmwareList> {
  const response = await fetch(base);
  return response.ok ? ((await response.json()) as FirmwareList) : { firmware: [], recovery: {} };
}

async function load(path: string): Promise<Uint8Array> {
  const url = `${base}/files/${path.split('/').map(encodeURIComponent).join('/')}`;
  const response = await fetch(url);
  if (!response.ok)
    throw new AncError('FILE_UNREADABLE', `the server has no ${path} (${response.status})`, {
      hint: 'Look into the folder that `anc serve --firmware` was given.',
    });
  return new Uint8Array(await response.arrayBuffer());
}

export async function firmwareOfServer(path: string): Promise<FirmwareSource> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return openFirmware(path, await load(path), (part) => load(folder + part));
}

/** Dropped or chosen: a manifest with its files, or one image. */
export async function firmwareOfFiles(files: readonly File[]): Promise<FirmwareSource> {
  const read = async (file: File) => new Uint8Array(await file.arrayBuffer());
  const contents = await Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: await read(file) })),
  );
  const first = contents.find(({ name, bytes }) => isManifest(name, bytes)) ?? contents[0];
  if (!first) throw new AncError('FILE_UNREADABLE', 'no file was given');
  return openFirmware(first.name, first.bytes, async (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const found = contents.find((one) => one.name === name);
    if (found) return found.bytes;
    throw new AncError('FILE_UNREADABLE', `${first.name} needs ${path}, which was not given`, {
      hint: 'Choose the manifest and all its files together.',
    });
  });
}
