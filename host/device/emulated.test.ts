/** The firmware on emulated chips, as any headset; and that no chip outlives who started it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AncError } from '@anc/link';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { startAnc } from '../cli/testing.ts';
import { EMULATED_MISSING } from '../testing/emulated-headset.ts';
import { emulatedIsas } from '../transports/index.ts';
import { Device, type DeviceState } from './device.ts';

if (EMULATED_MISSING)
  process.stderr.write(`skipped: emulated chips, because ${EMULATED_MISSING}\n`);

const folder = mkdtempSync(join(tmpdir(), 'anc-emulated-'));
const file = (name: string) => join(folder, name);
const opened: Device[] = [];
const pidOf = ({ description }: Device) => Number(/process (\d+)/.exec(description)![1]);
/** One that has ended and that nobody has asked about is a zombie. */
const isRunning = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: AncError) => error.code,
  );
async function connect(uri: string, reconnect = false): Promise<Device> {
  const device = await Device.connect(uri, { reconnect, cacheDir: file('cache') });
  opened.push(device);
  return device;
}

/** Until what the canceller takes away is that much. */
async function attenuates(device: Device, db: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = device.on('telemetry', ({ disturbanceMeanSquare, errorMeanSquare }) => {
      const ratio = Number(disturbanceMeanSquare) / Number(errorMeanSquare);
      if (!(10 * Math.log10(ratio) > db)) return;
      end();
      resolve();
    });
  });
}

afterEach(() => Promise.all(opened.splice(0).map((device) => device.close())));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(EMULATED_MISSING).each(emulatedIsas)('%s', { timeout: 40_000 }, (isa) => {
  const uri = `qemu:${isa}?flash=${file(isa)}&noise=engine&serial-number=E+7`;

  test('is a headset of that board, and cancels', async () => {
    const device = await connect(uri);
    expect(device.info).toMatchObject({
      board: `qemu-${isa}`,
      serialNumber: 'E 7',
      resetReason: 'powerOn',
      sampleRateHz: 48000,
    });
    expect((await device.getParameter('taps')).value).toBe(256);
    await device.setMode('anc');
    await attenuates(device, 6);
  });

  test('keeps what it stored over a restart and without power', async () => {
    const device = await connect(uri, true);
    const states: string[] = [];
    device.on('state', (state, reason) => states.push(reason ? `${state} ${reason.code}` : state));
    let telemetry = 0;
    device.on('telemetry', () => (telemetry += 1));
    await device.setParameter('rollbackMax', 7);
    await device.setParameter('startMode', 'transparency');
    await device.storeParameters();
    await device.setParameter('rollbackMax', 9);
    const pid = pidOf(device);
    await device.reboot();
    await expect
      .poll(() => states, { timeout: 10_000 })
      .toEqual(['reconnecting TRANSPORT_CLOSED', 'connected']);
    expect([device.info.resetReason, pidOf(device)]).toEqual(['software', pid]);
    expect((await device.getParameter('rollbackMax')).value).toBe(7);
    expect((await device.getParameter('mode')).value).toBe('transparency');
    telemetry = 0;
    await expect.poll(() => telemetry, { timeout: 5000 }).toBeGreaterThan(5);

    const start = performance.now();
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => states.at(-1)).toBe('reconnecting TRANSPORT_CLOSED');
    expect(performance.now() - start).toBeLessThan(1000);
    await expect.poll<DeviceState>(() => device.state, { timeout: 10_000 }).toBe('connected');
    expect(device.info.resetReason).toBe('powerOn');
    expect((await device.getParameter('rollbackMax')).value).toBe(7);
    expect((await device.getParameter('taps')).value).toBe(256);

    await device.close();
    process.kill(pidOf(device), 'SIGKILL');
    await expect.poll(() => isRunning(pidOf(device))).toBe(false);
    const safe = await connect(`${uri}&safe-mode`);
    expect(safe.info.safeMode).toBe(true);
    expect((await safe.getParameter('rollbackMax')).value).toBe(3);
    expect((await safe.getParameter('taps')).value).toBe(256);
  });
});

describe.skipIf(EMULATED_MISSING)('an emulated chip', { timeout: 40_000 }, () => {
  test('learns by the normal equations, follows its path and answers meanwhile', async () => {
    const device = await connect(
      'qemu:rv32imafc?set=mode=anc&set=taps=64&set=algorithm=normalEquations',
    );
    await device.setParameter('followPath', true);
    await attenuates(device, 3);
    expect(device.state).toBe('connected');
    expect(device.linkStats.lost.telemetry).toBe(0);
  });

  test('finds its own path', async () => {
    const device = await connect('qemu:rv32imafc?secondary-model=none');
    expect(await device.readBlock('secondaryModel')).toHaveLength(0);
    const { erleDb } = await device.identify();
    expect(erleDb).toBeGreaterThan(15);
    expect((await device.readBlock('secondaryModel')).length).toBeGreaterThan(100);
  });

  test('streams its signals, sample after sample', async () => {
    const device = await connect('qemu:rv32imc');
    let next = -1;
    let gaps = 0;
    let samples = 0;
    device.on('signals', (event) => {
      const n = event.samples.length / 12;
      if (next >= 0 && event.sampleIndex !== next) gaps += 1;
      next = event.sampleIndex + n;
      samples += n;
    });
    await device.setSignalChannels(15);
    await expect.poll(() => samples, { timeout: 10_000 }).toBeGreaterThan(48_000);
    expect(gaps).toBe(0);
    expect(device.linkStats.lost.signals).toBe(0);
  });

  test.each([
    ['qemu:rv32gc', 'DEVICE_URI_INVALID'],
    ['qemu:rv32imc?noise=rain', 'NOISE_INVALID'],
    ['qemu:rv32imc?paths=builtin:open', 'PATH_INVALID'],
    ['qemu:rv32imc?set=taps=5', 'OPTION_INVALID'],
    ['qemu:rv32imc?latency=-1', 'OPTION_INVALID'],
    ['qemu:rv32imc?level-db=3', 'OPTION_INVALID'],
    ['qemu:rv32imc?fault=sign-flip', 'OPTION_INVALID'],
    ['qemu:rv32imc?tcp=70000', 'OPTION_INVALID'],
    [`qemu:rv32imc?serial-number=${'x'.repeat(5000)}`, 'OPTION_INVALID'],
    ['qemu:rv32imc?flash=/nowhere/flash', 'FLASH_INVALID'],
  ])('refuses %s', async (uri, code) => {
    expect(await codeOf(connect(uri))).toBe(code);
  });

  test('leaves a file alone that is no flash', async () => {
    writeFileSync(file('short'), 'not a flash');
    expect(await codeOf(connect(`qemu:rv32imc?flash=${file('short')}`))).toBe('FLASH_INVALID');
    expect(readFileSync(file('short'), 'utf8')).toBe('not a flash');
  });

  test('has its flash for itself, which takes little room', async () => {
    await connect(`qemu:rv32imc?flash=${file('one')}&seed=1`);
    const second = connect(`qemu:rv32imc?flash=${file('one')}&seed=2`);
    expect(await codeOf(second)).toBe('DEVICE_BUSY');
    expect(statSync(file('one')).blocks * 512).toBeLessThan(2 << 20);
  });

  test('says that QEMU is missing', async () => {
    process.env['ANC_QEMU'] = 'qemu-of-nobody';
    expect(await codeOf(connect('qemu:rv32imc?seed=3'))).toBe('QEMU_NOT_FOUND');
    delete process.env['ANC_QEMU'];
  });

  test('does not outlive a host that is killed', async () => {
    const host = startAnc(['monitor', '--device', 'qemu:rv32imc', '--json']);
    await new Promise((resolve) => host.stdout.once('data', resolve));
    const children = readFileSync(`/proc/${host.pid}/task/${host.pid}/children`, 'utf8');
    const pids = children.trim().split(/\s+/).map(Number);
    expect(pids.map(isRunning)).toEqual([true]);
    host.kill('SIGKILL');
    await expect.poll(() => pids.some(isRunning), { timeout: 5000 }).toBe(false);
  });
});
