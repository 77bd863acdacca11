import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import type { Database } from '../storage/index.ts';
import { RecordingFiles } from './recording-files.ts';
import { RecordingsStore } from './recordings-store.ts';

/** Left for the database and the logs, which may be on the same disk. */
const minFreeBytes = 256_000_000;

export async function openRecordings(
  database: Database,
  { dataFolder, limits }: Pick<Config, 'dataFolder' | 'limits'>,
): Promise<RecordingsStore> {
  const files = await RecordingFiles.open({
    folder: join(dataFolder, 'recordings'),
    maxBytes: limits.recordingBytes,
    minFreeBytes,
  });
  return new RecordingsStore(database, files, limits.recordingsPerUserBytes);
}
