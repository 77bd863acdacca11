/** `anc tune` as a user runs it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualHeadset } from '../testing/virtual-headset.ts';
import { anc, CLI_MISSING, startAnc } from './testing.ts';

describe.skipIf(CLI_MISSING)('anc tune', { timeout: 90_000 }, () => {
  const headset = new VirtualHeadset(['--speed=5', '--secondary-model=none', '--set=taps=512']);
  const file = join(headset.folder, 'tuning.json');
  const on = (...args: string[]) => anc(['tune', ...args, '--device', headset.tcpUri]);

  beforeAll(() => headset.start());
  afterAll(() => headset.remove());

  test('Ctrl-C while it learns: said, and the headset is as before', async () => {
    const args = ['tune', '--yes', '--seconds', '1', '--file', file, '--device', headset.tcpUri];
    const child = startAnc(args);
    let stderr = '';
    let isEnding = false;
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (isEnding || !stderr.includes('settings for the goal')) return;
      isEnding = child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    expect(stderr).toContain('nothing was stored; the headset is in mode off again, taps');
    expect(existsSync(file)).toBe(false);
    const taps = await anc(['params', 'get', 'taps', '--json', '--device', headset.tcpUri]);
    expect(JSON.parse(taps.stdout)).toMatchObject({ value: 512, stored: 1024 });
  });

  test('unattended: every step is told, and the tuning can be loaded', async () => {
    const args = ['--yes', '--json', '--turns', '2', '--turn-seconds', '3', '--seconds', '2'];
    const { code, stdout, stderr } = await on(...args, '--name', 'mine', '--file', file);
    expect(code, stderr).toBe(0);
    const found = JSON.parse(stdout) as {
      verification: { band50To1000: { attenuationDb: number } };
    };
    expect(found).toMatchObject({
      path: { fit: 'tight', polarity: 'normal' },
      derived: { goal: 'low-end' },
      kept: { name: 'mine', file, stored: { taps: 1024 } },
    });
    expect(found.verification.band50To1000.attenuationDb).toBeGreaterThan(12);
    for (const step of ['wiring', 'paths', 'can reach', 'settings', 'learned', 'turns', 'stored'])
      expect(stderr).toContain(step);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ name: 'mine', anc: 1 });
    const loaded = await on('--load', file);
    expect(loaded.stdout).toContain("'mine': the model and 15 parameters are set");
  });

  test.each([
    [['--goal', 'loud', '--yes'], 'USAGE', 2],
    [['--turns', '1', '--yes'], 'USAGE', 2],
    [['--name', '../x', '--yes'], 'USAGE', 2],
    [[], 'USAGE', 2], // nobody to ask
    [['--load', '/nowhere/x.json'], 'FILE_UNREADABLE', 2],
    [['--load', import.meta.filename], 'FILE_INVALID', 2],
  ] as const)('%j: %s', async (args, error, exit) => {
    const { code, stderr } = await on(...args);
    expect(stderr).toContain(`error[${error}]`);
    expect(stderr).toContain('hint: ');
    expect(code).toBe(exit);
  });

  test('a refusal has its reason, a hint and its own exit code', async () => {
    await headset.kill();
    await headset.start(['--fault=err-silent']);
    const { code, stderr } = await on('--yes', '--json');
    expect(code, stderr).toBe(5);
    expect(stderr).toContain('"code":"TUNE_ERROR_SILENT"');
    expect(stderr).toContain('nothing was stored');
  });
});
