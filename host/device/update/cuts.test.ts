/** Cables pulled and power lost at every step of an update: the headset ends with the old or the new firmware, and its settings. */
import { join } from 'node:path';
import type { AncError } from '@anc/link';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CuttingProxy } from '../../testing/cutting-proxy.ts';
import { smallImage } from '../../testing/firmware-images.ts';
import { VIRTUAL_MISSING, VirtualHeadset } from '../../testing/virtual-headset.ts';
import { Device } from '../device.ts';
import { readSettings } from '../settings-backup.ts';
import { updateFirmware, type UpdateProgress } from './update.ts';

if (VIRTUAL_MISSING) process.stderr.write(`skipped: cut updates, because ${VIRTUAL_MISSING}\n`);

describe.skipIf(VIRTUAL_MISSING)('an update that is cut', { timeout: 60_000 }, () => {
  const headset = new VirtualHeadset();
  const options = [`--slots=${join(headset.folder, 'slots')}`, '--trial-ms=6000'];
  const backup = join(headset.folder, 'backup.json');
  let proxy: CuttingProxy;
  let next = 1;

  const state = async () => {
    const device = await Device.connect(headset.tcpUri);
    try {
      const { parameters } = await readSettings(device, 'stored');
      return { version: device.info.firmwareVersion, taps: parameters['taps'] };
    } finally {
      await device.close();
    }
  };

  beforeAll(async () => {
    await headset.start(options);
    const device = await Device.connect(headset.tcpUri);
    await device.setParameter('taps', 256);
    await device.storeParameters();
    await device.close();
  });
  beforeEach(async () => {
    proxy = await CuttingProxy.start(() => Number(headset.tcp.split(':')[1]));
  });
  afterEach(() => proxy.close());
  afterAll(() => headset.remove());

  test('goes on by itself when the cable is pulled at every chunk and every step', async () => {
    const image = smallImage(`1.0.${next++}`, 12_000);
    const offsets: number[] = [];
    const reached = new Set<string>();
    // hello, begin, a chunk or another request, then the end: no connection lives longer before the restart
    let pulled = 0;
    proxy.cuts = (_, frames) => {
      if (frames <= 5 || reached.has('restart')) return false;
      pulled += 1;
      return true;
    };
    const updated = await updateFirmware(proxy.uri, image, {
      backup,
      onProgress: (now: UpdateProgress) => {
        reached.add(now.step);
        if (now.step === 'send') offsets.push(now.bytes);
      },
    });
    expect(updated).toMatchObject({ to: image.version, differences: [] });
    expect(pulled).toBeGreaterThan(4);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b)); // never back: what arrived is held
    expect(await state()).toEqual({ version: image.version, taps: 256 });
  });

  test.each(['send', 'verify', 'restart', 'trial'] as const)(
    'ends whole when the headset loses power in step %s',
    async (step) => {
      const before = await state();
      const image = smallImage(`1.0.${next++}`, 200_000);
      let cut: Promise<unknown> | null = null;
      const attempt = updateFirmware(headset.tcpUri, image, {
        backup,
        onProgress: (now) => {
          if (now.step !== step || cut || (now.step === 'send' && now.bytes < 100_000)) return;
          cut = headset.kill().then(() => headset.start(options));
        },
      });
      const outcome = await attempt.catch((error: AncError) => error);
      await cut;
      expect(cut).not.toBeNull();
      const after = await state();
      expect(after.taps).toBe(256);
      if (outcome instanceof Error) {
        expect((outcome as AncError).code).toMatch(/^UPDATE_(ROLLED_BACK|NOT_STARTED)$/);
        expect(after.version).toBe(before.version);
        // and the user's next attempt works
        await updateFirmware(headset.tcpUri, image, { backup });
      }
      expect(await state()).toEqual({ version: image.version, taps: 256 });
    },
  );
});
