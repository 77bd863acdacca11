/** `anc report` as a user runs it: what is in the zip, and above all what is not. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serialAlias } from '../device/index.ts';
import { VirtualHeadset } from '../testing/virtual-headset.ts';
import { anc, CLI_MISSING } from './testing.ts';

const python = spawnSync('python3', ['-c', 'import zipfile']).status === 0;
const missing = CLI_MISSING || (python ? false : 'python3 is missing, which reads the zip');
if (missing) process.stderr.write(`skipped: tests of anc report, because ${missing}\n`);

const serial = 'HS-2291-C';
const secret = 'correct horse "battery" staple';

describe.skipIf(missing)('anc report', { timeout: 30_000 }, () => {
  const headset = new VirtualHeadset([`--serial-number=${serial}`, '--set=mode=anc']);
  const home = join(headset.folder, 'home', 'maria');
  const file = (name: string) => join(headset.folder, name);
  const run = (...args: string[]) =>
    anc(['report', ...args], {
      env: { HOME: home, UPLOAD_TOKEN: secret, ANC_DEVICE: headset.tcpUri },
    });
  /** As another implementation reads it. */
  const contents = (path: string): Record<string, string> => {
    const program =
      'import json,sys,zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z:\n print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))';
    const { stdout } = spawnSync('python3', ['-c', program, path], {
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    return JSON.parse(stdout) as Record<string, string>;
  };
  const whole = (files: Record<string, string>) => Object.values(files).join('\n');

  beforeAll(async () => {
    mkdirSync(home, { recursive: true });
    await headset.start();
  });
  afterAll(() => headset.remove());

  test('has what helps, and prints what went in', async () => {
    const { code, stdout, stderr } = await run(file('a.zip'), '--seconds', '1.5');
    expect(code, stderr).toBe(0);
    const files = contents(file('a.zip'));
    const names = Object.keys(files);
    expect(names).toEqual([
      'host.json',
      'headsets.json',
      'headset.json',
      'dictionary.json',
      'settings.json',
      'stored.json',
      'link.json',
      'telemetry.jsonl',
      'log.jsonl',
      'frames.txt',
    ]);
    for (const name of names) expect(stdout).toContain(name);
    expect(JSON.parse(files['host.json']!)).toMatchObject({
      node: process.versions.node,
      environment: expect.arrayContaining(['ANC_DEVICE']) as string[],
    });
    expect(JSON.parse(files['headset.json']!)).toMatchObject({
      uri: 'tcp:…',
      board: 'virtual-lowlatency',
      serialNumber: serialAlias(serial),
    });
    expect(JSON.parse(files['settings.json']!)).toMatchObject({ parameters: { taps: 1024 } });
    const { parameters } = JSON.parse(files['dictionary.json']!) as { parameters: unknown[] };
    expect(parameters.length).toBeGreaterThan(10);
    expect(JSON.parse(files['link.json']!)).toMatchObject({ headset: { rxDamaged: 0 } });
    expect(files['telemetry.jsonl']!.trim().split('\n').length).toBeGreaterThan(10);
    const parsed = await anc(['parse'], { input: files['frames.txt']! });
    expect(parsed.stdout).toMatch(/event telemetry #\d+ .*mode="anc"/);
  });

  test('has no serial number, not even in hex, no secret, no home folder, no name of the machine', async () => {
    const own = join(home, 'engine.wav');
    const uri = `sim:?serial-number=${serial}&store=${encodeURIComponent(own)}`;
    const { code, stderr } = await run(file('b.zip'), '--seconds', '0.5', '-d', uri);
    expect(code, stderr).toBe(0);
    const text = whole(contents(file('b.zip')));
    expect(text).toContain('store=~%2Fengine.wav');
    expect(text).not.toContain(serial);
    expect(text).not.toContain(Buffer.from(serial).toString('hex'));
    expect(text).not.toContain('maria');
    expect(text).not.toContain('battery');
    expect(text).not.toMatch(new RegExp(`\\b${hostname()}\\b`));
  });

  test('--serial tells it, in words and in frames', async () => {
    expect((await run(file('c.zip'), '--seconds', '0.2', '--serial')).code).toBe(0);
    const files = contents(file('c.zip'));
    expect(JSON.parse(files['headset.json']!)).toMatchObject({ serialNumber: serial });
    expect(files['frames.txt']).toContain(Buffer.from(serial).toString('hex'));
  });

  test('a capture of before goes in, without the serial number', async () => {
    await anc(['monitor', '--seconds', '0.5', '--capture', file('frames.txt')], {
      env: { ANC_DEVICE: headset.tcpUri },
    });
    const args = [file('d.zip'), '--seconds', '0.2', '--add-capture', file('frames.txt'), '--json'];
    const { code, stdout } = await run(...args);
    expect(code).toBe(0);
    const { files } = JSON.parse(stdout) as { files: { name: string }[] };
    expect(files.at(-1)!.name).toBe('capture.txt');
    const text = contents(file('d.zip'))['capture.txt']!;
    expect(text).not.toContain(Buffer.from(serial).toString('hex'));
    expect((await anc(['parse'], { input: text })).stdout).toContain('event telemetry');
  });

  test('without a headset it says why, and has the rest', async () => {
    const { code, stderr } = await run(file('e.zip'), '-d', 'tcp://127.0.0.1:1');
    expect([code, stderr]).toEqual([0, expect.stringContaining('no headset was asked')]);
    const files = contents(file('e.zip'));
    expect(Object.keys(files)).toEqual(['host.json', 'headsets.json', 'error.json']);
    expect(JSON.parse(files['error.json']!)).toMatchObject({ code: 'DEVICE_NOT_FOUND' });
  });

  test.each([
    ['seconds', ['--seconds', 'many'], 'USAGE'],
    ['a timeout', ['--timeout', '-1'], 'USAGE'],
    ['a capture that is not there', ['--add-capture', '/none'], 'FILE_UNREADABLE'],
    ['a capture that is none', ['--add-capture', import.meta.filename], 'CAPTURE_INVALID'],
    ['a file that cannot be', ['/dev/null/x.zip', '--seconds', '0.1'], 'FILE_UNWRITABLE'],
  ])('bad input: %s', async (_, args, code) => {
    const path = args[0]!.startsWith('/') ? [] : [file('bad.zip')];
    const { code: exit, stderr } = await run(...path, ...args);
    expect([exit, /error\[([A-Z_]+)\]/.exec(stderr)?.[1]]).toEqual([2, code]);
    expect(existsSync(file('bad.zip'))).toBe(false);
  });
});
