import { join } from 'node:path';
import { AncError, type TelemetryEvent } from '@anc/link';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VIRTUAL_MISSING, VirtualHeadset } from '../testing/virtual-headset.ts';
import { Device } from './device.ts';
import type { IdentifyProgress } from './identify.ts';

if (VIRTUAL_MISSING) process.stderr.write(`skipped: identification, because ${VIRTUAL_MISSING}\n`);

/** The next telemetry but one: the first may still hold what was before. */
async function telemetry(device: Device): Promise<TelemetryEvent> {
  let count = 0;
  return new Promise((resolve) => {
    const end = device.on('telemetry', (event) => {
      if (++count < 3) return;
      end();
      resolve(event);
    });
  });
}

describe.skipIf(VIRTUAL_MISSING)('identification', { timeout: 20_000 }, () => {
  let headset: VirtualHeadset;
  const start = async (...options: string[]) => {
    headset = new VirtualHeadset([
      '--secondary-model=none',
      '--level-db=-40',
      '--speed=4',
      ...options,
    ]);
    await headset.start();
    return connect();
  };
  const connect = () => Device.connect(headset.tcpUri, { cacheDir: join(headset.folder, 'cache') });

  let device: Device | null = null;
  beforeEach(() => {
    device = null;
  });
  afterEach(async () => {
    await device?.close();
    await headset.remove();
  });

  test('finds the model, tells its progress, and goes back to the mode', async () => {
    device = await start('--set=mode=transparency');
    const seen: IdentifyProgress[] = [];
    const found = await device.identify({ seconds: 1, excitation: 'mls' }, (p) => seen.push(p));
    expect(found.erleDb).toBeGreaterThan(15);
    expect(found.octaves.map(({ centreHz }) => centreHz)).toContain(1000);
    expect(
      found.octaves.find(({ centreHz }) => centreHz === 1000)!.signalToErrorDb,
    ).toBeGreaterThan(10);
    expect(Math.abs(found.delaySamples - 8)).toBeLessThanOrEqual(2);
    expect(found.suggested.stepSize).toBeGreaterThan(0.003);
    expect(found.suggested.stepSize).toBeLessThan(0.007);

    const phases = seen.map(({ phase }) => phase).filter((p, i, all) => p !== all[i - 1]);
    const order: IdentifyProgress['phase'][] = [
      'settle',
      'listen',
      'ramp',
      'measure',
      'solve',
      'judge',
      'done',
    ];
    expect(phases).toEqual(order.filter((phase) => phases.includes(phase)));
    expect(phases).toEqual(expect.arrayContaining(['ramp', 'measure', 'done']));
    const drives = seen.map(({ driveDb }) => driveDb);
    expect(drives).toEqual([...drives].sort((a, b) => a - b));

    expect((await device.readBlock('secondaryModel')).length).toBe(6 + 2 * 512);
    expect((await device.readBlock('feedbackPath')).length).toBeGreaterThan(6);
    expect((await device.getParameter('mode')).value).toBe('transparency');
    expect((await telemetry(device)).outputMeanSquare).toBeGreaterThan(0);
    await expect(device.writeBlock('feedbackPath', new Uint8Array(8))).rejects.toMatchObject({
      code: 'DEVICE_READ_ONLY',
    });
  });

  test('refuses a dead microphone, and keeps what it had', async () => {
    device = await start('--fault=err-silent');
    await expect(device.identify({ seconds: 1 })).rejects.toMatchObject({
      code: 'DEVICE_IDENTIFICATION_REFUSED',
      hint: expect.stringContaining('wiring') as string,
    });
    expect(await device.readBlock('secondaryModel')).toHaveLength(0);
  });

  test('a signal aborts it: the headset is silent', async () => {
    device = await start();
    const interrupt = new AbortController();
    const reason = new AncError('INTERRUPTED', 'interrupted');
    const running = device.identify(
      { seconds: 10 },
      ({ phase }) => phase === 'measure' && interrupt.abort(reason),
      interrupt.signal,
    );
    await expect(running).rejects.toBe(reason);
    expect(await device.request('getIdentification')).toMatchObject({
      phase: 'done',
      reason: 'aborted',
    });
    expect((await telemetry(device)).outputMeanSquare).toBe(0);
  });

  test('only one at a time; a host that goes away ends it', async () => {
    device = await start();
    const first = device.identify({ seconds: 10 }).catch((error: AncError) => error.code);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(device.identify()).rejects.toMatchObject({ code: 'DEVICE_BUSY' });
    await device.close();
    expect(await first).toMatch(/LINK_CLOSED|DEVICE_DISCONNECTED/);
    device = await connect();
    expect(await device.request('getIdentification')).toMatchObject({ reason: 'hostGone' });
    expect((await telemetry(device)).outputMeanSquare).toBe(0);
  });
});
