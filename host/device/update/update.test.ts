/** Updates of a virtual headset: the program in the slot is really another one, and really starts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AncError } from '@anc/link';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  crashingImage,
  sickImage,
  smallImage,
  wholeProgram,
} from '../../testing/firmware-images.ts';
import { VIRTUAL_MISSING, VirtualHeadset } from '../../testing/virtual-headset.ts';
import { Device } from '../device.ts';
import { readSettings } from '../settings-backup.ts';
import { makeImage, readImage, type UpdateImage } from './image.ts';
import { rollBack, updateFirmware, type UpdateProgress, updateStatus } from './update.ts';

if (VIRTUAL_MISSING) process.stderr.write(`skipped: updates, because ${VIRTUAL_MISSING}\n`);

describe.skipIf(VIRTUAL_MISSING)('updates over the link', { timeout: 30_000 }, () => {
  const headset = new VirtualHeadset();
  const slots = join(headset.folder, 'slots');
  const backup = join(headset.folder, 'backup.json');

  const use = async <T>(work: (device: Device) => Promise<T>): Promise<T> => {
    const device = await Device.connect(headset.tcpUri);
    try {
      return await work(device);
    } finally {
      await device.close();
    }
  };
  const version = () => use((device) => Promise.resolve(device.info.firmwareVersion));
  const stored = () => use(async (device) => (await readSettings(device, 'stored')).parameters);
  const update = (image: UpdateImage, onProgress?: (progress: UpdateProgress) => void) =>
    updateFirmware(headset.tcpUri, image, {
      backup,
      force: true,
      ...(onProgress ? { onProgress } : {}),
    });
  const refused = (image: UpdateImage) =>
    update(image).then(
      () => 'taken',
      (error: AncError) => error.code,
    );

  beforeAll(async () => {
    await headset.start([`--slots=${slots}`, '--trial-ms=4000']);
    await use(async (device) => {
      await device.setParameter('taps', 256);
      await device.storeParameters();
    });
  });
  afterAll(() => headset.remove());

  test('the first firmware is the program itself, as an image that the host reads', async () => {
    const first = readImage(readFileSync(join(slots, 'a.img')));
    expect(first).toMatchObject({ chip: 'virtual', version: '0.1.0' });
    expect(await use(updateStatus)).toMatchObject({
      phase: 'idle',
      runningState: 'good',
      runningVersion: '0.1.0',
      otherState: 'empty',
    });
  });

  test('new firmware runs, with the settings, and the old one is kept', async () => {
    const steps: string[] = [];
    const updated = await update(wholeProgram('0.2.0'), ({ step }) => {
      if (steps.at(-1) !== step) steps.push(step);
    });
    expect(steps.filter((step) => step !== 'trial')).toEqual([
      'backup',
      'send',
      'verify',
      'restart',
    ]);
    expect(updated).toMatchObject({ from: '0.1.0', to: '0.2.0', sent: true, differences: [] });
    expect(await use(updateStatus)).toMatchObject({
      runningState: 'good',
      runningVersion: '0.2.0',
      otherState: 'good',
      otherVersion: '0.1.0',
    });
    expect(await stored()).toMatchObject({ taps: 256 });
    expect(JSON.parse(readFileSync(backup, 'utf8'))).toMatchObject({
      firmwareVersion: '0.1.0',
      parameters: { taps: 256 },
    });
  });

  test('what runs already is not sent again', async () => {
    const updated = await updateFirmware(headset.tcpUri, wholeProgram('0.2.0'), { backup });
    expect(updated).toMatchObject({ sent: false, backup: null });
  });

  test('audio goes on while an image arrives', async () => {
    await use(async (device) => {
      const indices: number[] = [];
      device.on('telemetry', ({ sampleIndex }) => indices.push(Number(sampleIndex)));
      const image = smallImage('0.2.1', 100_000);
      const { bytes, sha256, chip, board } = image;
      await device.request('updateBegin', { totalBytes: bytes.length, sha256, chip, board });
      const startMs = performance.now();
      for (let offset = 0; offset < bytes.length; offset += 960) {
        await device.request('updateChunk', { offset, data: bytes.subarray(offset, offset + 960) });
        if (offset % 9600 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const seconds = (performance.now() - startMs) / 1000;
      const played = (indices.at(-1)! - indices[0]!) / 48000;
      expect(indices.length).toBeGreaterThan(5);
      expect(played).toBeGreaterThan(0.5 * seconds);
    });
  });

  test('firmware that crashes at its start is rolled back', async () => {
    expect(await refused(crashingImage('0.3.0'))).toBe('UPDATE_ROLLED_BACK');
    expect(await use(updateStatus)).toMatchObject({
      runningVersion: '0.2.0',
      runningState: 'good',
      otherVersion: '0.3.0',
      otherState: 'rejected',
    });
    expect(await stored()).toMatchObject({ taps: 256 });
  });

  test('firmware that never becomes healthy rolls itself back', async () => {
    const error = await update(sickImage('0.4.0')).catch((caught: AncError) => caught);
    expect(error).toMatchObject({ code: 'UPDATE_ROLLED_BACK' });
    expect((error as AncError).message).toContain('firmware 0.4.0');
    expect(await version()).toBe('0.2.0');
    expect(await stored()).toMatchObject({ taps: 256 });
  });

  test('the user goes back, over a link that a restart does not end', async () => {
    await updateFirmware(headset.ptyUri, smallImage('0.5.0'), { backup });
    const back = await rollBack(headset.ptyUri, { backup });
    expect(back).toMatchObject({ from: '0.5.0', to: '0.2.0', differences: [] });
    await expect(rollBack(headset.tcpUri, { backup })).rejects.toMatchObject({
      code: 'UPDATE_NO_OTHER',
    });
  });

  const payload = Buffer.from('#!/bin/sh\n');
  const imageFor = (chip: string, board: string) =>
    readImage(makeImage({ chip, board, version: '9', payload }));

  test.each([
    ['another chip', () => imageFor('esp32', ''), 'UPDATE_WRONG_CHIP'],
    ['another board', () => imageFor('virtual', 'virtual-i2s'), 'UPDATE_WRONG_BOARD'],
    ['a slot larger than there is', () => smallImage('9', 17 << 20), 'UPDATE_TOO_LARGE'],
  ])('an image for %s is refused', async (_, image, code) => {
    expect(await refused(image())).toBe(code);
    expect(await version()).toBe('0.2.0');
  });

  test('the headset looks for itself, whatever the host says', async () => {
    const lie = (real: UpdateImage) => ({ ...real, chip: 'virtual', board: '' });
    expect(await refused(lie(imageFor('esp32', '')))).toBe('UPDATE_WRONG_CHIP');
    expect(await refused(lie(imageFor('virtual', 'virtual-i2s')))).toBe('UPDATE_WRONG_BOARD');
    const good = smallImage('9');
    expect(await refused({ ...good, sha256: new Uint8Array(32) })).toBe('UPDATE_FAILED');
    const bytes = Uint8Array.from(good.bytes);
    bytes[0] = 0;
    const { sha256 } = { sha256: new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)) };
    expect(await refused({ ...good, bytes, sha256 })).toBe('UPDATE_IMAGE_INVALID');
    expect(await version()).toBe('0.2.0');
  });

  test('a headset without slots says so', async () => {
    const plain = new VirtualHeadset();
    await plain.start();
    const attempt = updateFirmware(plain.tcpUri, smallImage('9'), { backup });
    await expect(attempt).rejects.toMatchObject({ code: 'UPDATE_UNSUPPORTED' });
    await plain.remove();
  });
});
