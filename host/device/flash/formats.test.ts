/** The formats by themselves, against other implementations: Node's hashes, and the emulated chip's own reading. */
import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { EmulatedChip } from '../../testing/rom-loader/chip.ts';
import { flashedHeadset } from '../../testing/rom-loader/headsets.ts';
import { abTable, appImage, partitionTable } from '../../testing/rom-loader/images.ts';
import { parseImage } from './image.ts';
import { chooseBuild, parseManifest } from './manifest.ts';
import { md5 } from './md5.ts';
import { readSelection, selectionSector } from './otadata.ts';
import { parsePartitions } from './partitions.ts';
import { Rate } from './rate.ts';

test('MD5 is MD5, at every length around its blocks', () => {
  for (const length of [...Array(200).keys(), 65_536, 70_001]) {
    const bytes = randomBytes(length);
    expect(md5(bytes)).toBe(createHash('md5').update(bytes).digest('hex'));
  }
});

test('the chip starts what each selection says, for many in a row, and the idle copy is the older one', () => {
  const headset = flashedHeadset();
  const { bytes } = headset.flash;
  const image = appImage({ chip: 'ESP32-C3', version: '2.0.0' });
  bytes.set(image, 0x120000);
  for (let i = 1; i < 20; i += 1) {
    const slot = (i * 7) % 3 === 0 ? 0 : 1;
    const { idleCopy, highest } = readSelection(bytes.subarray(0xd000, 0xf000), 2);
    bytes.set(selectionSector(slot, 2, highest), 0xd000 + 0x1000 * idleCopy);
    expect(readSelection(bytes.subarray(0xd000, 0xf000), 2)).toMatchObject({ slot });
    headset.reset(false);
    expect(headset.started).toMatchObject({ slot: `ota_${slot}` });
  }
});

test('a selection that was rejected or damaged does not count', () => {
  const data = new Uint8Array(0x2000).fill(0xff);
  expect(readSelection(data, 2)).toEqual({ slot: null, idleCopy: 0, highest: 0 });
  data.set(selectionSector(0, 2, 0), 0);
  data.set(selectionSector(1, 2, 1), 0x1000);
  expect(readSelection(data, 2)).toMatchObject({ slot: 1, idleCopy: 0, highest: 2 });
  data[0x1000 + 24] = 4; // aborted
  expect(readSelection(data, 2)).toMatchObject({ slot: 0, idleCopy: 1, highest: 2 });
  data[0]! ^= 2;
  expect(readSelection(data, 2)).toMatchObject({ slot: null });
});

test('a partition table with any bit wrong is none', () => {
  const table = partitionTable(abTable());
  expect(parsePartitions(table)?.map(({ label }) => label)).toEqual(
    abTable().map(({ label }) => label),
  );
  // Five entries and their MD5; the 14 bytes between its mark and itself say nothing.
  for (let at = 0; at < 6 * 32; at += 1) {
    if (at >= 5 * 32 + 2 && at < 5 * 32 + 16) continue;
    const damaged = Uint8Array.from(table);
    damaged[at]! ^= 0x40;
    expect(parsePartitions(damaged), `byte ${at}`).toBeNull();
  }
  expect(parsePartitions(new Uint8Array(0xc00).fill(0xff))).toBeNull();
  expect(parsePartitions(new Uint8Array(0))).toBeNull();
});

test('an image with any byte wrong is refused', async () => {
  const image = appImage({ chip: 'ESP32-C3', version: '1.0.0', sizeBytes: 0x400 });
  await expect(parseImage(image, 'it')).resolves.toMatchObject({ length: image.length });
  for (let at = 0; at < image.length; at += 1) {
    const damaged = Uint8Array.from(image);
    damaged[at]! ^= 0x81;
    await expect(parseImage(damaged, 'it'), `byte ${at}`).rejects.toMatchObject({
      code: 'FLASH_IMAGE_INVALID',
    });
  }
});

test('manifests: what is wrong is named', () => {
  const part = { path: 'a.bin', offset: 0 };
  const invalid = (manifest: unknown, words: RegExp) =>
    expect(() => parseManifest(JSON.stringify(manifest), 'm.json')).toThrow(words);
  invalid({}, /has no list of builds/);
  invalid({ builds: [{}] }, /no chipFamily in build 1/);
  invalid({ builds: [{ chipFamily: 'ESP32', parts: [] }] }, /no parts in build 1/);
  const withPart = (change: object) => ({
    builds: [{ chipFamily: 'ESP32', parts: [{ ...part, ...change }] }],
  });
  invalid(withPart({ path: 7 }), /no path in part 1/);
  invalid(withPart({ offset: -1 }), /the offset -1/);
  invalid(withPart({ offset: 0.5 }), /the offset 0.5/);
  invalid(withPart({ sha256: 'x' }), /no SHA-256/);
  const boards = ['one', 'two'].map((board) => ({ chipFamily: 'ESP32-C3', board, parts: [part] }));
  const several = parseManifest(JSON.stringify({ name: 'N', builds: boards }), 'm.json');
  expect(chooseBuild(several, 'ESP32-C3', 'two').board).toBe('two');
  const code = (family: string, board?: string) => {
    try {
      return chooseBuild(several, family, board).board;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code('ESP32-C3')).toBe('FLASH_BOARD_OPEN');
  expect(code('ESP32-C3', 'three')).toBe('FLASH_BOARD_WRONG');
  expect(code('ESP32-S3', 'one')).toBe('FLASH_CHIP_WRONG');
});

test('the time left follows from the time taken', () => {
  let nowMs = 0;
  const rate = new Rate(1000, () => nowMs);
  expect(rate.secondsLeft(0)).toBeNull();
  nowMs = 2000;
  expect(rate.secondsLeft(250)).toBe(6);
  expect(rate.secondsLeft(1000)).toBe(0);
});

test('a file holds the flash over the life of the emulated chip', async () => {
  const { mkdtempSync, readFileSync, rmSync } = await import('node:fs');
  const { join } = await import('node:path');
  const folder = mkdtempSync(join((await import('node:os')).tmpdir(), 'anc-nor-'));
  const path = join(folder, 'flash.bin');
  const first = new EmulatedChip({ chip: 'ESP32-C3', sizeBytes: 0x100000, path });
  first.flash.program(0x1000, Uint8Array.of(1, 2, 3));
  first.flash.program(0x1000, Uint8Array.of(0xf0, 0xff, 0xff));
  first.close();
  expect([...readFileSync(path).subarray(0x1000, 0x1004)]).toEqual([0, 2, 3, 0xff]);
  const second = new EmulatedChip({ chip: 'ESP32-C3', sizeBytes: 0x100000, path });
  expect(second.flash.bytes[0x1001]).toBe(2);
  second.flash.erase(0x1001, 1);
  expect(second.flash.bytes[0x1001]).toBe(0xff);
  second.close();
  rmSync(folder, { recursive: true });
});
