import { rename, rm, writeFile } from 'node:fs/promises';
import { AncError } from '@anc/link';

/** Writes under another name first: whoever looks finds the old file or the whole new one. @throws AncError FILE_UNWRITABLE */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.${process.pid}.part`;
  try {
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw new AncError(
      'FILE_UNWRITABLE',
      `${path} cannot be written: ${(cause as Error).message}`,
      {
        cause,
        hint: 'Look at the folder, its permissions and the free space.',
      },
    );
  }
}
