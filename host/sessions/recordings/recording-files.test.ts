import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type WavShape, wavBytes } from '../testing/wav-bytes.ts';
import { RecordingFiles } from './recording-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anc-recordings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const openFiles = (more: { create?: (path: string) => Promise<FileHandle>; max?: number } = {}) =>
  RecordingFiles.open({
    folder,
    maxBytes: more.max ?? 1_000_000,
    minFreeBytes: 0,
    ...(more.create ? { create: more.create } : {}),
  });

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const left = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'incoming');

test.each([1, 7, 44, 4096])('takes a file that comes in pieces of %i bytes', async (size) => {
  const files = await openFiles();
  const bytes = wavBytes({ channels: 2, frames: 960, label: 'from an editor' });
  const { keep, fileKey, ...facts } = await files.receive(pieces(bytes, size));
  expect(facts).toMatchObject({
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    channels: 2,
    sampleRateHz: 48_000,
    durationSeconds: 0.02,
  });
  await keep();
  expect(fileKey).toMatch(/^[0-9a-f]{2}\/[0-9a-f-]{36}\.wav$/);
  expect(readFileSync(join(folder, fileKey))).toEqual(bytes);
  expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
});

test.each<[string, WavShape | Buffer, string]>([
  ['no sound', Buffer.from('<html>not a recording</html>'), 'WAV_INVALID'],
  ['nothing', Buffer.alloc(0), 'WAV_INVALID'],
  ['a head alone', wavBytes().subarray(0, 30), 'WAV_INVALID'],
  ['a head without end', Buffer.concat([wavBytes({ label: 'x'.repeat(70_000) })]), 'WAV_INVALID'],
  ['sound cut off', { claimedBytes: 100_000 }, 'WAV_TRUNCATED'],
  ['8 bits', { bits: 8 }, 'WAV_UNSUPPORTED'],
  ['a compressed format', { formatTag: 85 }, 'WAV_UNSUPPORTED'],
  ['no channel', { channels: 0 }, 'WAV_INVALID'],
  ['too many channels', { channels: 64 }, 'WAV_INVALID'],
  ['an odd rate', { sampleRateHz: 7 }, 'WAV_INVALID'],
  ['too much', { frames: 600_000 }, 'RECORDING_TOO_LARGE'],
])('refuses %s and leaves nothing', async (_name, sent, code) => {
  const files = await openFiles();
  const bytes = Buffer.isBuffer(sent) ? sent : wavBytes(sent);
  await expect(files.receive(pieces(bytes, 65_536))).rejects.toMatchObject({ code });
  expect(left()).toEqual([]);
});

test('a streamed head of unknown length takes what comes', async () => {
  const files = await openFiles();
  const bytes = wavBytes({ frames: 4800, claimedBytes: 0xffffffff });
  expect(await files.receive(pieces(bytes, 512))).toMatchObject({ durationSeconds: 0.1 });
});

test('a disk that is full while the bytes come leaves nothing half-written', async () => {
  // The device answers every write with ENOSPC, as a full file system does.
  const files = await openFiles({ create: () => open('/dev/full', 'w') });
  await expect(files.receive(pieces(wavBytes(), 1024))).rejects.toMatchObject({
    code: 'STORAGE_FULL',
    message: 'the server has no room for the recording',
  });
  expect(left()).toEqual([]);
});

test('a disk that is nearly full is not filled up', async () => {
  const files = await RecordingFiles.open({ folder, maxBytes: 1e6, minFreeBytes: 2 ** 60 });
  await expect(files.receive(pieces(wavBytes(), 1024))).rejects.toMatchObject({
    code: 'STORAGE_FULL',
  });
  expect(left()).toEqual([]);
});

test('a sender that goes away leaves nothing', async () => {
  const files = await openFiles();
  async function* broken(): AsyncGenerator<Buffer> {
    yield wavBytes().subarray(0, 1000);
    throw new Error('aborted');
  }
  await expect(files.receive(broken())).rejects.toThrow('aborted');
  expect(left()).toEqual([]);
});

test('what an earlier server was receiving is removed at the start; recordings stay', async () => {
  const first = await openFiles();
  const { keep, fileKey } = await first.receive(pieces(wavBytes(), 1024));
  await keep();
  writeFileSync(join(folder, 'incoming', 'left.part'), 'half');
  await openFiles();
  expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  expect(existsSync(join(folder, fileKey))).toBe(true);
});

test.each(['../../etc/passwd', '/etc/passwd', 'ab/../../x.wav', 'ab/x.wav', ''])(
  'a key that is none of ours reaches no file: %s',
  async (fileKey) => {
    const files = await openFiles();
    expect(() => files.pathOf(fileKey)).toThrow('is no name of a recording');
  },
);
