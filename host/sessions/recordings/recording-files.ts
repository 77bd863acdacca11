import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AncError } from '@anc/link';
import { WavCheck } from './wav-check.ts';

export interface FileOptions {
  readonly folder: string;
  /** of one recording */
  readonly maxBytes: number;
  /** left free for the database beside the recordings */
  readonly minFreeBytes: number;
  /** makes the file that the bytes go into; tests give one that is full */
  readonly create?: (path: string) => Promise<FileHandle>;
}

/** Whole, checked and on the disk, but not yet a recording: `keep` makes it one, `drop` forgets it. */
export interface ReceivedFile {
  readonly fileKey: string;
  readonly bytes: number;
  /** hex */
  readonly sha256: string;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly durationSeconds: number;
  keep(): Promise<void>;
  drop(): Promise<void>;
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const fileKeyPattern = /^[0-9a-f]{2}\/[0-9a-f-]{36}\.wav$/;

/**
 * Recordings as files. Names are ours alone: two letters of a random id as folder, the id as file, so nothing that a user
 * writes is ever part of a path. Bytes go to `incoming/` first and move when they are whole.
 */
export class RecordingFiles {
  readonly folder: string;
  readonly maxBytes: number;
  #minFreeBytes: number;
  #create: (path: string) => Promise<FileHandle>;

  private constructor({ folder, maxBytes, minFreeBytes, create }: FileOptions) {
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.#minFreeBytes = minFreeBytes;
    this.#create = create ?? ((path) => open(path, 'wx', 0o600));
  }

  /** Makes the folder, and removes what an earlier server was still receiving when it ended. */
  static async open(options: FileOptions): Promise<RecordingFiles> {
    const files = new RecordingFiles(options);
    await mkdir(files.#incoming, { recursive: true, mode: 0o700 });
    for (const name of await readdir(files.#incoming))
      await rm(join(files.#incoming, name), { force: true });
    return files;
  }

  /**
   * @throws AncError RECORDING_TOO_LARGE, STORAGE_FULL, WAV_INVALID, WAV_UNSUPPORTED, WAV_TRUNCATED. Nothing is left then.
   */
  async receive(source: AsyncIterable<Buffer>): Promise<ReceivedFile> {
    await this.#requireSpace();
    const id = randomUUID();
    const part = join(this.#incoming, `${id}.part`);
    try {
      const written = await this.#write(part, source);
      const fileKey = `${id.slice(0, 2)}/${id}.wav`;
      const keep = async () => {
        const path = this.pathOf(fileKey);
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await rename(part, path);
        await syncFolder(dirname(path));
      };
      return { ...written, fileKey, keep, drop: () => this.#forget(part, fileKey) };
    } catch (error) {
      await rm(part, { force: true });
      throw fullCodes.has((error as NodeJS.ErrnoException).code ?? '') ? full(error) : error;
    }
  }

  /** @throws AncError INTERNAL when the key is none of ours: it came from the database */
  pathOf(fileKey: string): string {
    if (!fileKeyPattern.test(fileKey))
      throw new AncError('INTERNAL', `'${fileKey}' is no name of a recording's file`);
    return join(this.folder, fileKey);
  }

  /** Keys of files that lie here for longer than `olderThanMs`. */
  async *stored(olderThanMs: number): AsyncGenerator<string> {
    for (const prefix of await readdir(this.folder)) {
      if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
      for (const name of await readdir(join(this.folder, prefix))) {
        const fileKey = `${prefix}/${name}`;
        if (!fileKeyPattern.test(fileKey)) continue;
        const { mtimeMs } = await stat(this.pathOf(fileKey));
        if (mtimeMs < Date.now() - olderThanMs) yield fileKey;
      }
    }
  }

  async remove(fileKey: string): Promise<void> {
    await rm(this.pathOf(fileKey), { force: true });
  }

  get #incoming(): string {
    return join(this.folder, 'incoming');
  }

  async #forget(part: string, fileKey: string): Promise<void> {
    await rm(part, { force: true });
    await this.remove(fileKey);
  }

  async #requireSpace(): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder);
    if (bavail * bsize < this.#minFreeBytes) throw full(undefined);
  }

  async #write(path: string, source: AsyncIterable<Buffer>) {
    const hash = createHash('sha256');
    const check = new WavCheck();
    let bytes = 0;
    const file = await this.#create(path);
    try {
      for await (const chunk of source) {
        bytes += chunk.length;
        if (bytes > this.maxBytes) throw tooLarge(this.maxBytes);
        check.add(chunk);
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      const format = check.end();
      // What is acknowledged must survive the machine.
      await file.sync();
      return { bytes, sha256: hash.digest('hex'), ...format };
    } finally {
      await file.close();
    }
  }
}

/** The new name must survive the machine as well as the bytes. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function tooLarge(maxBytes: number): AncError {
  return new AncError('RECORDING_TOO_LARGE', `a recording may have ${maxBytes} bytes`, {
    hint: 'Send a shorter recording, or in 16 bits.',
  });
}

function full(cause: unknown): AncError {
  return new AncError('STORAGE_FULL', 'the server has no room for the recording', {
    cause,
    hint: 'Nothing was kept. Delete recordings, or ask the operator.',
  });
}
