import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VIRTUAL_MISSING, VirtualHeadset } from '../testing/virtual-headset.ts';
import { Device } from './device.ts';
import { discover } from './discover.ts';
import { watchUsb } from './usb-hotplug.ts';

describe.skipIf(VIRTUAL_MISSING)('discovery', { timeout: 10_000 }, () => {
  const runtime = mkdtempSync(join(tmpdir(), 'anc-discover-'));
  const before = process.env['XDG_RUNTIME_DIR'];
  const pty = join(runtime, 'anc', 'one.pty');
  const headset = new VirtualHeadset();
  const statusOf = async (uri: string) =>
    (await discover()).find((found) => found.uri === uri)?.status;

  beforeAll(async () => {
    mkdirSync(join(runtime, 'anc'));
    process.env['XDG_RUNTIME_DIR'] = runtime;
    await headset.start([`--pty=${pty}`]);
  });
  afterAll(async () => {
    if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = before;
    await headset.remove();
    rmSync(runtime, { recursive: true });
  });

  test('tells free from busy', async () => {
    expect(await statusOf(`pty:${pty}`)).toBe('free');
    const device = await Device.connect(`pty:${pty}`, { reconnect: false, cacheDir: runtime });
    expect(await statusOf(`pty:${pty}`)).toBe('busy');
    // Looking does not disturb the host that has it.
    expect((await device.getParameter('taps')).name).toBe('taps');
    await device.close();
    await expect.poll(() => statusOf(`pty:${pty}`)).toBe('free');
  });

  test('skips links that lead nowhere', async () => {
    symlinkSync('/dev/pts/none', join(runtime, 'anc', 'dead.pty'));
    expect((await discover()).map(({ uri }) => uri)).not.toContain(
      `pty:${join(runtime, 'anc', 'dead.pty')}`,
    );
  });
});

test('watching for USB devices works, or is quietly nothing', async () => {
  const end = await watchUsb(() => {});
  expect(end).toBeTypeOf('function');
  end();
});
