/** `anc profile` as a user runs it, on a virtual headset. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { presetNames, boardsFolder } from '../../boards/src/index.ts';
import { VirtualHeadset } from '../testing/virtual-headset.ts';
import { anc, CLI_MISSING } from './testing.ts';

if (CLI_MISSING) process.stderr.write(`skipped: tests of profiles, because ${CLI_MISSING}\n`);

describe.skipIf(CLI_MISSING)('anc profile', { timeout: 30_000 }, () => {
  const headset = new VirtualHeadset();
  const folder = join(headset.folder, 'profiles');
  const env = { ANC_PROFILES: folder, XDG_STATE_HOME: join(headset.folder, 'state') };
  const file = (name: string) => join(folder, `${name}.json`);
  const run = (...args: string[]) => anc(args, { env: { ...env, ANC_DEVICE: headset.tcpUri } });
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args, '--json');
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const set = async (name: string, value: string) =>
    expect((await run('params', 'set', name, value)).code).toBe(0);
  const valueOf = async (name: string) => json('params', 'get', name);
  const backups = () => readdirSync(join(headset.folder, 'state/anc/backups')).sort();
  const failure = async (...args: string[]) => {
    const { code, stderr } = await run(...args);
    return [code, /error\[([A-Z_]+)\]/.exec(stderr)?.[1]];
  };

  beforeAll(async () => {
    mkdirSync(folder);
    await headset.start();
  });
  afterAll(() => headset.remove());

  test('save writes what version control likes; the same settings give the same text', async () => {
    await set('taps', '512');
    await run('profile', 'save', 'flight', '--note', 'long haul', '--secondary-model');
    const text = readFileSync(file('flight'), 'utf8');
    const profile = JSON.parse(text) as Record<string, unknown>;
    expect(Object.keys(profile).slice(0, 8)).toEqual([
      'anc',
      'name',
      'note',
      'date',
      'board',
      'serialNumber',
      'firmwareVersion',
      'dictionary',
    ]);
    expect(profile).toMatchObject({ anc: 1, name: 'flight', board: 'virtual-lowlatency' });
    expect(profile['dictionary']).toMatch(/^[0-9a-f]{8}$/);
    const names = Object.keys(profile['parameters'] as object);
    expect(names).toEqual(names.toSorted());
    expect(text).toMatch(/^ {4}"taps": 512,$/m);
    expect(names).not.toContain('mode');
    await run('profile', 'save', 'again', '--note', 'long haul', '--secondary-model');
    const undated = (name: string) =>
      readFileSync(file(name), 'utf8').replace(/^ {2}"(name|date)".*\n/gm, '');
    expect(undated('again')).toBe(undated('flight'));
    await run('profile', 'remove', 'again');
  });

  test('diff against the headset, what it stored, the defaults, another profile', async () => {
    await set('taps', '256');
    const rows = async (...args: string[]) =>
      (await json('profile', 'diff', ...args))['differences'];
    expect(await rows('flight')).toEqual([{ name: 'taps', from: 512, to: 256 }]);
    expect(await rows('flight', 'stored')).toEqual([{ name: 'taps', from: 512, to: 1024 }]);
    expect(await rows('default', 'device')).toEqual([{ name: 'taps', from: 1024, to: 256 }]);
    await run('profile', 'save', 'desk');
    expect(await rows('desk', 'flight')).toEqual([{ name: 'taps', from: 256, to: 512 }]);
    expect((await run('profile', 'diff', 'desk', 'desk')).stdout).toContain('nothing differs');
    expect((await run('profile', 'diff', 'flight')).stdout).toMatch(/taps +512 +256/);
  });

  test('restore sets and does not store; what ran before is kept', async () => {
    await set('taps', '64');
    const { stdout, stderr } = await run('profile', 'restore', 'flight');
    expect(stdout).toMatch(/taps: 64 → 512[\s\S]*params store/);
    expect(await valueOf('taps')).toMatchObject({ value: 512, stored: 1024 });
    const backup = /backup: (.*)/.exec(stderr)![1]!;
    expect(JSON.parse(readFileSync(backup, 'utf8'))).toMatchObject({ parameters: { taps: 64 } });
    await run('profile', 'restore', backup);
    expect(await valueOf('taps')).toMatchObject({ value: 64 });
  });

  test('restore --store stores, after a backup of what was stored', async () => {
    const before = backups().length;
    const restored = await json('profile', 'restore', 'flight', '--store');
    expect(restored).toMatchObject({ stored: expect.any(Number) as number, failed: [] });
    expect(await valueOf('taps')).toMatchObject({ value: 512, stored: 512 });
    expect(backups().length).toBe(before + 2);
    const [, stored] = restored['backups'] as string[];
    expect(JSON.parse(readFileSync(stored!, 'utf8'))).toMatchObject({ parameters: { taps: 1024 } });
  });

  test('params store makes its backup, too', async () => {
    await set('taps', '128');
    const { backup } = await json('params', 'store');
    expect(JSON.parse(readFileSync(backup as string, 'utf8'))).toMatchObject({
      parameters: { taps: 512 },
    });
  });

  test('no backup, no store', async () => {
    await set('taps', '96');
    const blocked = join(headset.folder, 'blocked');
    writeFileSync(blocked, '');
    const { code, stderr } = await anc(['params', 'store'], {
      env: { ...env, ANC_DEVICE: headset.tcpUri, XDG_STATE_HOME: blocked },
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining('FILE_UNWRITABLE')]);
    expect(await valueOf('taps')).toMatchObject({ value: 96, stored: 128 });
  });

  test('restore reports each parameter that it cannot set, and sets the rest', async () => {
    const parameters = {
      flux: 3,
      leakage: 99,
      rollbackMax: 7,
      startMode: 'loud',
      stepSize: 0.00017,
      taps: 320,
    };
    writeFileSync(
      file('mixed'),
      JSON.stringify({ anc: 1, board: 'other', parameters, secondaryModel: ['AAEC'] }),
    );
    const { code, stdout, stderr } = await run('profile', 'restore', 'mixed', '--json');
    expect(code).toBe(2);
    const { failed, changes, otherBoard } = JSON.parse(stdout) as {
      failed: { name: string; code: string }[];
      changes: { name: string }[];
      otherBoard: string;
    };
    expect(failed.map((one) => [one.name, one.code])).toEqual([
      ['flux', 'UNKNOWN_PARAMETER'],
      ['leakage', 'PARAMETER_OUT_OF_RANGE'],
      ['startMode', 'PARAMETER_TYPE'],
      ['stepSize', 'PARAMETER_NOT_TAKEN'],
      ['secondaryModel', 'DEVICE_OUT_OF_RANGE'],
    ]);
    expect(changes.map(({ name }) => name)).toEqual(['taps', 'stepSize', 'rollbackMax']);
    expect(otherBoard).toBe('other');
    expect(stderr).toContain('PROFILE_PARTIAL');
    expect(await valueOf('taps')).toMatchObject({ value: 320 });
    expect(await valueOf('rollbackMax')).toMatchObject({ value: 7 });
  });

  test('--dry-run changes nothing and names the same refusals of the table', async () => {
    const before = backups().length;
    await set('taps', '64');
    const { code, stdout } = await run('profile', 'restore', 'mixed', '--dry-run');
    expect(code).toBe(2);
    expect(stdout).toMatch(/taps: 64 → 320[\s\S]*not set: leakage[\s\S]*nothing was set/);
    expect(await valueOf('taps')).toMatchObject({ value: 64 });
    expect(backups().length).toBe(before);
  });

  test('every preset of this board is taken whole', async () => {
    const own = presetNames(boardsFolder()).filter(({ board }) => board === 'virtual-lowlatency');
    for (const { board, name } of own)
      expect(await json('profile', 'restore', `preset:${board}/${name}`)).toMatchObject({
        failed: [],
        otherBoard: null,
      });
  });

  test('list, show, rename, remove', async () => {
    writeFileSync(file('torn'), '{"anc":1');
    const { stdout } = await run('profile', 'list');
    expect(stdout).toMatch(/flight +virtual-lowlatency +\d{4}-\d\d-\d\d +long haul/);
    expect(stdout).toMatch(/torn +not readable: .*is no JSON/);
    expect(stdout).toContain('preset:virtual-i2s/low-end');
    expect((await run('profile', 'show', 'flight')).stdout).toMatch(/taps +512[\s\S]*with a model/);
    await run('profile', 'rename', 'flight', 'Zürich 2');
    expect(await json('profile', 'show', 'Zürich 2')).toMatchObject({ name: 'Zürich 2' });
    await run('profile', 'remove', 'Zürich 2');
    expect(readdirSync(folder).sort()).toEqual(['desk', 'mixed', 'torn'].map((n) => `${n}.json`));
  });

  test('the shells complete it', async () => {
    const { stdout } = await run('completion', 'bash');
    expect(stdout).toMatch(/'profile'\) words='save list show diff restore rename remove/);
    expect(stdout).toMatch(/'profile restore'\) words='[^']*--store/);
  });

  test.each([
    ['an unknown name', ['show', 'nothing'], 'PROFILE_UNKNOWN'],
    ['an unknown preset', ['show', 'preset:virtual-i2s/loud'], 'PROFILE_UNKNOWN'],
    ['a name that leaves the folder', ['remove', '../x'], 'PROFILE_NAME'],
    ['a name with the extension', ['save', 'x.json'], 'PROFILE_NAME'],
    ['a name of the headset itself', ['save', 'stored'], 'PROFILE_NAME'],
    ['a name that is taken', ['save', 'desk'], 'PROFILE_EXISTS'],
    ['a rename onto another', ['rename', 'desk', 'mixed'], 'PROFILE_EXISTS'],
    ['a torn file', ['restore', 'torn'], 'FILE_INVALID'],
    ['store and dry-run', ['restore', 'desk', '--store', '--dry-run'], 'USAGE'],
    ['no file', ['diff', './none.json'], 'FILE_UNREADABLE'],
  ])('%s', async (_, args, code) => {
    expect(await failure('profile', ...args)).toEqual([2, code]);
  });

  test.each([
    ['[]', 'has no "anc": 1'],
    ['{"anc":2,"parameters":{}}', 'has the form 2, this tool knows 1'],
    ['{"anc":1,"parameters":[]}', 'has no "parameters"'],
    ['{"anc":1,"parameters":{"taps":{"a":1}}}', 'has {"a":1} for taps'],
    ['{"anc":1,"parameters":{},"note":7}', 'has 7 as its note'],
    ['{"anc":1,"parameters":{},"secondaryModel":"AA"}', 'no list of lines'],
  ])('the file %s', async (text, words) => {
    writeFileSync(file('bad'), text);
    const { code, stderr } = await run('profile', 'restore', 'bad');
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});
