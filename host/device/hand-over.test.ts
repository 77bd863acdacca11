import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VIRTUAL_MISSING, VirtualHeadset } from '../testing/virtual-headset.ts';
import { Device } from './device.ts';

describe.skipIf(VIRTUAL_MISSING)('one host after the other', { timeout: 30_000 }, () => {
  const headset = new VirtualHeadset();
  beforeAll(() => headset.start());
  afterAll(() => headset.remove());

  test('finds the headset free at once, whichever link the last one used', async () => {
    for (let round = 0; round < 40; round += 1) {
      for (const uri of [headset.ptyUri, headset.tcpUri]) {
        const device = await Device.connect(uri, { reconnect: false, cacheDir: headset.folder });
        expect(device.state).toBe('connected');
        await device.close();
      }
    }
  });
});
