import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AncError } from '@anc/link';
import { crc32 } from '@anc/link';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VIRTUAL_MISSING, VirtualHeadset } from '../testing/virtual-headset.ts';
import { Device, type DeviceState } from './device.ts';

if (VIRTUAL_MISSING) process.stderr.write(`skipped: device tests, because ${VIRTUAL_MISSING}\n`);

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: AncError) => error.code,
  );

describe.skipIf(VIRTUAL_MISSING)('a device', { timeout: 20_000 }, () => {
  const headset = new VirtualHeadset();
  const opened: Device[] = [];
  const connect = async (uri: string, reconnect = false) => {
    const device = await Device.connect(uri, {
      reconnect,
      cacheDir: join(headset.folder, 'cache'),
    });
    opened.push(device);
    return device;
  };

  beforeAll(() => headset.start());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((device) => device.close()));
  });
  afterAll(() => headset.remove());

  describe.each(['tcp', 'pty'] as const)('over %s', (kind) => {
    const uri = () => (kind === 'tcp' ? headset.tcpUri : headset.ptyUri);

    test('tells what it is and has its dictionary', async () => {
      const device = await connect(uri());
      expect(device.info).toMatchObject({
        board: 'virtual-lowlatency',
        sampleRateHz: 48000,
        addedLatencySamples: 5,
      });
      expect(device.dictionary.byName('stepSize').unit).toBe('1');
    });

    test('sets, stores, reverts and resets', async () => {
      const device = await connect(uri());
      expect(await device.setParameter('taps', 250)).toBe(256);
      expect(await device.getParameter('taps')).toMatchObject({ value: 256, default: 1024 });
      await device.storeParameters();
      expect((await device.getParameter('taps')).stored).toBe(256);
      await device.setParameter('taps', '64');
      await device.revertParameters(['taps']);
      expect((await device.getParameter('taps')).value).toBe(256);
      await device.resetParameters();
      expect((await device.getParameter('taps')).value).toBe(1024);
      await device.storeParameters();
    });

    test('streams all four channels without a lost frame, sample after sample', async () => {
      const device = await connect(uri());
      let next = -1;
      let frames = 0;
      let gaps = 0;
      device.on('signals', ({ sampleIndex, samples }) => {
        if (next >= 0 && sampleIndex !== next) gaps += 1;
        next = sampleIndex + samples.length / 12;
        frames += 1;
      });
      await device.setSignalChannels(15);
      await wait(2000);
      expect(frames).toBeGreaterThan(900);
      expect(gaps).toBe(0);
      expect(device.linkStats.lost).toEqual({
        telemetry: 0,
        signals: 0,
        log: 0,
        identification: 0,
      });
      expect(device.linkStats.damaged).toBe(0);
    });

    test('turns a second host away in words', async () => {
      const first = await connect(uri());
      expect(await codeOf(connect(uri()))).toBe('DEVICE_BUSY');
      expect((await first.getParameter('taps')).name).toBe('taps');
    });

    test('finds the headset again after a restart', async () => {
      const device = await connect(uri(), true);
      const states: DeviceState[] = [];
      device.on('state', (state) => states.push(state));
      let telemetry = 0;
      device.on('telemetry', () => (telemetry += 1));
      await device.reboot();
      await expect.poll(() => states, { timeout: 5000 }).toEqual(['reconnecting', 'connected']);
      expect(device.info.resetReason).toBe('software');
      telemetry = 0;
      await expect.poll(() => telemetry, { timeout: 3000 }).toBeGreaterThan(5);
      expect(device.linkStats.reconnects).toBe(1);
    });
  });

  test('reads and writes blocks', async () => {
    const device = await connect(headset.tcpUri);
    const model = await device.readBlock('secondaryModel');
    expect(model.length).toBe(6 + 2 * 512);
    await device.writeBlock('secondaryModel', model);
    expect(crc32(await device.readBlock('secondaryModel'))).toBe(crc32(model));
    expect(await codeOf(device.writeBlock('secondaryModel', model.subarray(0, 9)))).toBe(
      'DEVICE_OUT_OF_RANGE',
    );
    expect(await device.readWeights()).toHaveLength(1024);
    await device.setParameter('filterForm', 'multirate');
    expect(await device.readBlock('weights')).toHaveLength(4 * 180);
    expect(await device.readWeights()).toHaveLength(1024);
    await device.resetParameters(['filterForm']);
  });

  test('is said to be gone within a second of its death, and found again with what it stored', async () => {
    const device = await connect(headset.tcpUri, true);
    await device.setParameter('rollbackMax', 7);
    await device.storeParameters();
    const states: string[] = [];
    device.on('state', (state, reason) => states.push(reason ? `${state} ${reason.code}` : state));
    const start = performance.now();
    await headset.kill();
    await expect.poll(() => device.state).toBe('reconnecting');
    expect(performance.now() - start).toBeLessThan(1000);
    expect(await codeOf(device.getParameter('taps'))).toBe('DEVICE_DISCONNECTED');
    await headset.start();
    await expect.poll(() => device.state, { timeout: 8000 }).toBe('connected');
    expect(states[0]).toMatch(/^reconnecting TRANSPORT_CLOSED/);
    expect((await device.getParameter('rollbackMax')).value).toBe(7);
  });

  test('killed while it stores, it has the old settings or the new ones, never others', async () => {
    // old ones that no round below sets, whatever was stored before
    const first = await connect(headset.tcpUri);
    await first.setParameter('taps', 512);
    await first.setParameter('rollbackMax', 3);
    await first.storeParameters();
    await first.close();
    for (let round = 0; round < 12; round += 1) {
      const device = await connect(headset.tcpUri);
      await device.setParameter('taps', 64 + 16 * round);
      await device.setParameter('rollbackMax', 4 + round);
      const storing = codeOf(device.storeParameters());
      await wait(round / 4);
      await headset.kill();
      await storing;
      await device.close();
      await headset.start();
      const again = await connect(headset.tcpUri);
      const list = Object.fromEntries(
        (await again.listParameters()).map(({ name, value }) => [name, value]),
      );
      expect(again.info.storeValid).toBe(true);
      const isOldOrNew =
        list['rollbackMax'] === 4 + round
          ? list['taps'] === 64 + 16 * round
          : list['taps'] !== 64 + 16 * round;
      expect(isOldOrNew).toBe(true);
      await again.close();
    }
    expect(readFileSync(headset.store).length).toBeGreaterThan(50);
  });

  test.each([
    ['tcp://127.0.0.1:1', 'DEVICE_NOT_FOUND'],
    ['pty:/dev/pts/none', 'DEVICE_NOT_FOUND'],
    ['serial:///dev/ttyNONE', 'DEVICE_NOT_FOUND'],
    ['tcp://127.0.0.1', 'DEVICE_URI_INVALID'],
    ['tcp://127.0.0.1:99999', 'DEVICE_URI_INVALID'],
    ['usb:1', 'DEVICE_URI_INVALID'],
    ['sim:?noise=nothing.wav', 'WAV_UNREADABLE'],
    ['sim:?what=1', 'OPTION_INVALID'],
  ])('%s: %s', async (uri, code) => {
    expect(await codeOf(connect(uri))).toBe(code);
  });
});

describe.skipIf(VIRTUAL_MISSING)('on a bad cable', { timeout: 20_000 }, () => {
  test('every damaged frame is counted and nothing else breaks', async () => {
    const headset = await new VirtualHeadset(['--fault', 'corrupt=0.01@1']).start();
    try {
      const device = await Device.connect(headset.tcpUri, {
        reconnect: false,
        timeoutMs: 15_000,
        cacheDir: headset.folder,
      });
      await wait(1200);
      let answered = 0;
      let lost = 0;
      for (let token = 1; token <= 300; token += 1) {
        const outcome = await device
          .request('ping', { token }, { timeoutMs: 30 })
          .catch(() => null);
        if (!outcome) lost += 1;
        else {
          // What does arrive is right.
          expect(outcome.token).toBe(token);
          answered += 1;
        }
      }
      expect(device.state).toBe('connected');
      expect(answered).toBeGreaterThan(100);
      expect(lost).toBeGreaterThan(5);
      expect(device.linkStats.damaged).toBeGreaterThan(0);
      const counters = await retry(() => device.readLinkStats());
      // A lost answer means a frame damaged on its way there or back, or a zero in it that was damaged.
      expect(counters.rxDamaged + device.linkStats.damaged).toBeGreaterThanOrEqual(lost * 0.8);
      await retry(() => device.setParameter('taps', 128));
      expect((await retry(() => device.getParameter('taps'))).value).toBe(128);
      await device.close();
    } finally {
      await headset.remove();
    }
  });
});

async function retry<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === 50) throw error;
    }
  }
}
