/** `anc identify` as a user runs it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualHeadset } from '../testing/virtual-headset.ts';
import { anc, CLI_MISSING, startAnc } from './testing.ts';

describe.skipIf(CLI_MISSING)('anc identify', { timeout: 30_000 }, () => {
  const headset = new VirtualHeadset([
    '--secondary-model=none',
    '--level-db=-40',
    '--speed=4',
    '--set=mode=anc',
  ]);
  const on = (...args: string[]) => anc([...args, '--device', headset.tcpUri]);

  beforeAll(() => headset.start());
  afterAll(() => headset.remove());

  test('Ctrl-C ends it: the headset is silent and has no model', async () => {
    const child = startAnc(['identify', '--seconds', '10', '--device', headset.tcpUri]);
    await new Promise((resolve) => child.stderr.once('data', resolve));
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    const script = 'getIdentification\n';
    const shell = await anc(['shell', '--json', '--device', headset.tcpUri], { input: script });
    expect(shell.stdout).toContain('"aborted"');
    expect((await on('mode')).stdout.trim()).toBe('anc');
  });

  test('says what it found, and sets the step only when asked', async () => {
    const { code, stdout, stderr } = await on('identify', '--seconds', '1');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/ERLE \d\d\.\d dB[\s\S]*delay \d+ samples[\s\S]*1000[\s\S]*suggested/);
    expect((await on('params', 'get', 'stepSize', '--json')).stdout).toContain('"value":0.004');
    const json = await on('identify', '--seconds', '1', '--excitation', 'mls', '--apply', '--json');
    const found = JSON.parse(json.stdout) as { erleDb: number; applied: { stepSize: number } };
    expect(found.erleDb).toBeGreaterThan(15);
    const taken = await on('params', 'get', 'stepSize', '--json');
    expect(JSON.parse(taken.stdout)).toMatchObject({ value: found.applied.stepSize });
  });

  test.each([
    ['--seconds', '11', 'USAGE', 2],
    ['--max-drive-db', '0', 'USAGE', 2],
    ['--excitation', 'loud', 'USAGE', 2],
    ['--max-drive-db', '-60', 'DEVICE_IDENTIFICATION_REFUSED', 5],
  ])('%s %s: %s', async (option, value, error, exit) => {
    const { code, stderr } = await on('identify', '--seconds', '1', option, value);
    expect(stderr).toContain(`error[${error}]`);
    expect(stderr).toContain('hint: ');
    expect(code).toBe(exit);
  });
});
