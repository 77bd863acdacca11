/** `anc update` and `anc recover` as a user runs them, and as a machine kills them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device } from '../device/index.ts';
import { CuttingProxy } from '../testing/cutting-proxy.ts';
import { crashingImage, smallImage } from '../testing/firmware-images.ts';
import { VirtualHeadset } from '../testing/virtual-headset.ts';
import { anc, CLI_MISSING, startAnc } from './testing.ts';

if (CLI_MISSING) process.stderr.write(`skipped: anc update, because ${CLI_MISSING}\n`);

describe.skipIf(CLI_MISSING)('anc update and recover', { timeout: 60_000 }, () => {
  const headset = new VirtualHeadset();
  const env = { XDG_STATE_HOME: join(headset.folder, 'state') };
  const file = (name: string) => join(headset.folder, name);
  const on = (...args: string[]) => anc([...args, '--device', headset.tcpUri], { env });
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await on(...args, '--json');
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const settings = async () => {
    const device = await Device.connect(headset.tcpUri);
    const { value, stored } = await device.getParameter('taps');
    await device.close();
    return { taps: value, stored, version: device.info.firmwareVersion };
  };
  const image = (name: string, bytes: Uint8Array) => {
    writeFileSync(file(name), bytes);
    return file(name);
  };

  beforeAll(async () => {
    await headset.start([`--slots=${file('slots')}`, '--trial-ms=6000']);
    const device = await Device.connect(headset.tcpUri);
    await device.setParameter('taps', 256);
    await device.storeParameters();
    await device.close();
  });
  afterAll(() => headset.remove());

  test('says what changes, and keeps the settings', async () => {
    const wanted = image('v2.img', smallImage('0.2.0').bytes);
    const { code, stdout, stderr } = await on('update', wanted);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /firmware 0\.1\.0 → 0\.2\.0\nthe stored settings are the same\nsettings before: /,
    );
    const kept = /settings before: (.*)/.exec(stdout)![1]!;
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toMatchObject({ parameters: { taps: 256 } });
    expect((await on('update', wanted)).stdout).toContain('0.2.0 runs already');
    expect((await on('update', '--status')).stdout).toMatch(
      /running +0\.2\.0, good\nother slot +0\.1\.0, good/,
    );
    expect(await json('update', '--status')).toMatchObject({ phase: 'idle', chip: 'virtual' });
    expect(await json('update', '--confirm')).toMatchObject({ confirmed: '0.2.0' });
    expect(await json('update', '--roll-back')).toMatchObject({ from: '0.2.0', to: '0.1.0' });
  });

  test('goes on after it was killed at each 64 KiB', async () => {
    const wanted = image('v3.img', smallImage('0.3.0', 300_000).bytes);
    const proxy = await CuttingProxy.start(() => Number(headset.tcp.split(':')[1]));
    const through = [`--device=${proxy.uri}`];
    let heldBefore = 0;
    for (let killed = 1; killed <= 4; killed += 1) {
      const child = startAnc(['update', wanted, ...through], env);
      const ended = new Promise((resolve) => child.once('close', resolve));
      proxy.cuts = () => {
        if (proxy.bytes >= killed * 65_536) child.kill('SIGKILL');
        return false;
      };
      await ended;
      const status = await json('update', '--status');
      expect(status).toMatchObject({
        phase: 'receiving',
        runningVersion: '0.1.0',
        runningState: 'good',
      });
      expect(status['heldBytes']).toBeGreaterThan(heldBefore + 32_768);
      heldBefore = status['heldBytes'] as number;
    }
    proxy.cuts = () => false;
    const { code, stdout, stderr } = await anc(['update', wanted, ...through], { env });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`going on at byte ${heldBefore} of`);
    expect(stdout).toContain('firmware 0.1.0 → 0.3.0\nthe stored settings are the same');
    await proxy.close();
  });

  test('Ctrl-C leaves the running firmware as it is and says how to go on', async () => {
    const wanted = image('v4.img', smallImage('0.4.0', 2_000_000).bytes);
    const child = startAnc(['update', wanted, '--device', headset.tcpUri], env);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes('settings kept')) setTimeout(() => child.kill('SIGINT'), 50);
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    expect(stderr).toContain('the running firmware is untouched');
    expect(stderr).toContain('goes on where this one stopped');
    expect(await settings()).toMatchObject({ version: '0.3.0' });
  });

  test('wrong input: a code, what was wrong, a hint', async () => {
    const good = smallImage('9.9.9', 5000).bytes;
    const cases: [string[], string, number][] = [
      [['update', file('absent.img')], 'FILE_UNREADABLE', 2],
      [['update', image('text.img', Buffer.from('hello'))], 'UPDATE_IMAGE_INVALID', 2],
      [['update', image('cut.img', good.subarray(0, 4000))], 'UPDATE_IMAGE_INVALID', 2],
      [['update'], 'USAGE', 2],
      [['update', file('v2.img'), '--status'], 'USAGE', 2],
      [['update', image('crash.img', crashingImage('9.9.9').bytes)], 'UPDATE_ROLLED_BACK', 1],
      [['update', '--roll-back'], 'UPDATE_NO_OTHER', 5],
      [['recover', '--restore', file('text.img')], 'FILE_INVALID', 2],
    ];
    await anc([
      'image',
      'make',
      file('text.img'),
      file('esp.img'),
      '--chip',
      'esp32',
      '--firmware-version',
      '1',
    ]);
    cases.push([['update', file('esp.img')], 'UPDATE_WRONG_CHIP', 2]);
    await anc([
      'image',
      'make',
      file('text.img'),
      file('i2s.img'),
      '--board',
      'virtual-i2s',
      '--firmware-version',
      '1',
    ]);
    cases.push([['update', file('i2s.img')], 'UPDATE_WRONG_BOARD', 2]);
    for (const [args, expected, exit] of cases) {
      const { code, stderr } = await on(...args);
      expect([args, code, stderr]).toEqual([
        args,
        exit,
        expect.stringContaining(`error[${expected}]`),
      ]);
      expect(stderr).toContain('hint: ');
    }
    expect(await settings()).toEqual({ taps: 256, stored: 256, version: '0.3.0' });
  });

  test('image: what is made is what is shown', async () => {
    const { code, stdout } = await anc(['image', 'show', file('i2s.img')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/version +1\nchip +virtual\nboard +virtual-i2s\n/);
  });

  test('recover: out of safe mode, by the defaults or a backup', async () => {
    await on('params', 'export', file('settings.json'));
    await headset.kill();
    await headset.start([`--slots=${file('slots')}`, '--safe-mode']);
    const { stdout } = await on('recover');
    expect(stdout).toMatch(/in safe mode: it runs with the defaults\n.*--reset/);
    expect(await settings()).toMatchObject({ taps: 1024 });
    await headset.kill();
    await headset.start([`--slots=${file('slots')}`]);
    expect(await settings()).toMatchObject({ taps: 256 }); // what is stored was left alone
    expect((await on('recover')).stdout).toContain('answers as it should');
    expect((await on('recover', '--reset')).stdout).toContain('parameters stored: the defaults');
    expect(await settings()).toMatchObject({ taps: 1024, stored: 1024 });
    expect((await on('recover', '--restore', file('settings.json'))).code).toBe(0);
    expect(await settings()).toMatchObject({ taps: 256, stored: 256 });
  });

  test('recover: when nothing answers', async () => {
    const { code, stderr } = await anc([
      'recover',
      '--device',
      'tcp://127.0.0.1:9',
      '--timeout',
      '300',
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('error[RECOVER_NO_ANSWER]');
    expect(stderr).toMatch(
      /virtual-i2s:\n +without its settings \(safe mode\):\n +1\. .*--safe-mode/,
    );
    expect(stderr).toMatch(
      /esp32-lyrat:[^:]*settings[^]*for new firmware \(`anc flash`\):\n +1\. /,
    );
    expect(stderr).toContain('hint: ');
    const one = await anc(['recover', '--device', 'tcp://127.0.0.1:9', '--board', 'esp32-lyrat']);
    expect(one.stderr).toContain('Hold Boot');
    expect(one.stderr).not.toContain('virtual');
    const unknown = await anc(['recover', '--device', 'tcp://127.0.0.1:9', '--board', 'toaster']);
    expect(unknown.stderr).toContain('error[BOARD_UNKNOWN]');
    expect(existsSync(file('settings.json'))).toBe(true);
  });
});
