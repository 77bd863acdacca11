import { readFile } from 'node:fs/promises';
import { DspError } from '../errors.ts';
import { parseWav, type WavFile } from './wav.ts';

/** @throws DspError WAV_UNREADABLE and those of parseWav */
export async function readWav(path: string): Promise<WavFile> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new DspError('WAV_UNREADABLE', `${path} cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: 'Give a WAV file.',
    });
  });
  return parseWav(bytes, path);
}
