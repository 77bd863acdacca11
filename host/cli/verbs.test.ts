/** Every verb once, as a user runs it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualHeadset } from '../testing/virtual-headset.ts';
import { anc, CLI_MISSING, startAnc } from './testing.ts';

if (CLI_MISSING)
  process.stderr.write(`skipped: tests of the anc command, because ${CLI_MISSING}\n`);

describe.skipIf(CLI_MISSING)('anc', { timeout: 30_000 }, () => {
  const headset = new VirtualHeadset(['--set', 'mode=anc']);
  const on = (...args: string[]) => anc([...args, '--device', headset.tcpUri]);
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await on(...args, '--json');
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const file = (name: string) => join(headset.folder, name);

  beforeAll(() => headset.start());
  afterAll(() => headset.remove());

  test('info', async () => {
    expect((await on('info')).stdout).toMatch(/virtual-lowlatency[\s\S]*round trip/);
    expect(await json('info')).toMatchObject({ sampleRateHz: 48000, addedLatencySamples: 5 });
  });

  test('latency: the loop of the board and the way to the ear', async () => {
    const found = await json('latency');
    expect(found).toMatchObject({ addedLatencySamples: 5 });
    expect(found.delaySamples).toBeGreaterThanOrEqual(5 + 3);
    expect(found.delaySamples).toBeLessThanOrEqual(5 + 9);
    expect(await json('mode')).toMatchObject({ mode: 'anc' });
  });

  test('takes the headset from ANC_DEVICE', async () => {
    const { code, stdout } = await anc(['mode'], { env: { ANC_DEVICE: headset.tcpUri } });
    expect([code, stdout.trim()]).toEqual([0, 'anc']);
  });

  test('params: set, list, store, revert, reset', async () => {
    expect((await on('params', 'set', 'taps', '500')).stderr).toContain('rounded to the step: 496');
    const list = await on('params', 'list');
    expect(list.stdout).toMatch(/\* taps\s+496/);
    expect((await on('params', 'get', 'stepSize')).stdout).toContain('Normalised step size');
    expect(await json('params', 'store')).toMatchObject({ stored: expect.any(Number) as number });
    await on('params', 'set', 'taps', '64');
    await on('params', 'revert', 'taps');
    expect(await json('params', 'get', 'taps')).toMatchObject({
      value: 496,
      stored: 496,
      default: 1024,
    });
    await on('params', 'reset');
    expect(await json('params', 'get', 'taps')).toMatchObject({ value: 1024 });
  });

  test('params: export, and import after showing what differs', async () => {
    expect((await on('params', 'export', file('backup.json'))).code).toBe(0);
    await on('params', 'set', 'rollbackMax', '9');
    expect((await on('params', 'import', file('backup.json'), '--dry-run')).stdout).toContain(
      'rollbackMax: 9 → 3',
    );
    expect(await json('params', 'get', 'rollbackMax')).toMatchObject({ value: 9 });
    await on('params', 'import', file('backup.json'));
    expect(await json('params', 'get', 'rollbackMax')).toMatchObject({ value: 3 });
  });

  test('mode', async () => {
    expect(await json('mode', 'transparency')).toEqual({ mode: 'transparency' });
    expect(await json('mode', 'anc')).toEqual({ mode: 'anc' });
  });

  test('monitor writes telemetry, and a capture that parse can read', async () => {
    const capture = file('capture.txt');
    const { code, stdout } = await on('monitor', '--seconds', '1', '--json', '--capture', capture);
    expect(code).toBe(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as { event: string });
    expect(events.filter(({ event }) => event === 'telemetry').length).toBeGreaterThan(10);
    const parsed = await anc(['parse', capture]);
    expect(parsed.stdout).toMatch(/> +[\d.]+ ms {2}request hello #1/);
    expect(parsed.stdout).toMatch(/event telemetry #0 .*mode="anc"/);
    const hex = /^> [\d.]+ ([0-9a-f]+)$/m.exec(readFileSync(capture, 'utf8'))![1]!;
    expect((await anc(['parse'], { input: hex })).stdout).toContain('request hello #1');
  });

  test('monitor in plain words', async () => {
    const { stdout } = await on('monitor', '--seconds', '2.2');
    expect(stdout).toMatch(/anc {2}reference +-\d+\.\d dBFS .*attenuation -?\d+\.\d dB/);
  });

  test('shell speaks the protocol from a pipe', async () => {
    const input = 'ping token=7\nsetParameter id=10 value=128\nhelp\n';
    const { code, stdout } = await anc(['shell', '--device', headset.tcpUri], { input });
    expect(code).toBe(0);
    expect(stdout).toMatch(/response ping .*token=7[\s\S]*setParameter .*value=128/);
    const bad = await anc(['shell', '--device', headset.tcpUri], {
      input: 'ping token=8\nfoo\nping bar=1\n',
    });
    expect(bad.code).toBe(2);
    expect(bad.stderr).toMatch(/UNKNOWN_MESSAGE[\s\S]*UNKNOWN_FIELD/);
  });

  test('devices', async () => {
    const { code, stdout } = await anc(['devices', '--json']);
    expect(code).toBe(0);
    expect(Array.isArray(JSON.parse(stdout))).toBe(true);
  });

  test('simulate: an identified path, and every algorithm with its paper', async () => {
    const run = await anc(['simulate', '--seconds', '3', '--identify', 'mls', '--json']);
    const { setup, identification, band50To1000 } = JSON.parse(run.stdout) as {
      setup: { secondaryModel: string; algorithm: string };
      identification: { erleDb: number };
      band50To1000: { activeDb: number };
    };
    expect(setup).toMatchObject({ secondaryModel: 'identified', algorithm: 'normal-equations' });
    expect(identification.erleDb).toBeGreaterThan(20);
    expect(band50To1000.activeDb).toBeGreaterThan(10);
    const list = await anc(['simulate', '--algorithm', 'help']);
    expect(list.stdout).toMatch(/preconditioned[\s\S]*Elliott and Rafaely/);
  });

  test('simulate: table, JSON, sounds and report', async () => {
    const args = [
      'simulate',
      '--seconds',
      '3',
      '--wav',
      file('sounds'),
      '--html',
      file('report.html'),
    ];
    const { code, stdout, stderr } = await anc([...args, '--json']);
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout) as { band50To1000: { activeDb: number } };
    expect(report.band50To1000.activeDb).toBeGreaterThan(2);
    for (const name of ['reference', 'error-on', 'error-off', 'anti-noise'])
      expect(existsSync(file(`sounds/${name}.wav`))).toBe(true);
    expect(readFileSync(file('report.html'), 'utf8')).toContain('<svg');
    const table = await anc([
      'simulate',
      '--seconds',
      '2',
      '--engine',
      'float64',
      '--set',
      'taps=128',
    ]);
    expect(table.stdout).toMatch(/third octaves[\s\S]*1000/);
  });

  test('simulate --engine f32: the C core, as the float64 form', async () => {
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await anc(['simulate', '--seconds', '2', '--json', ...args]);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as {
        setup: { algorithm: string; arithmetic: string };
        band50To1000: { activeDb: number };
      };
    };
    const algorithm = ['--algorithm', 'modified-fxlms', '--set', 'taps=256'];
    const [core, reference] = [
      await run(...algorithm, '--engine', 'f32'),
      await run(...algorithm, '--engine', 'float64'),
    ];
    expect(core.setup).toMatchObject({ algorithm: 'modified-fxlms', arithmetic: 'f32' });
    expect(core.band50To1000.activeDb).toBeGreaterThan(3);
    expect(core.band50To1000.activeDb).toBeCloseTo(reference.band50To1000.activeDb, 2);
    expect(core.band50To1000.activeDb).not.toBe(reference.band50To1000.activeDb);
    const silent = await run(...algorithm, '--engine', 'f32', '--set', 'mode=off');
    expect(silent.band50To1000.activeDb).toBe(0);
  });

  test('bound: what no controller can beat, and why', async () => {
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await anc(['bound', '--seconds', '3', '--json', ...args]);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as { band50To1000Db: number; limit: string };
    };
    const [fast, slow] = [await run('--latency', '0'), await run('--latency', '48')];
    expect(fast.band50To1000Db).toBeGreaterThan(slow.band50To1000Db + 3);
    expect(slow.limit).toMatch(/^Latency limits it/);
    expect((await anc(['bound', '--latency', '-1'])).code).toBe(2);
  });

  test.each([
    ['limits.svg', /^<svg xmlns[\s\S]*lateness alone/],
    ['limits.html', /^<!doctype html>[\s\S]*limits? it[\s\S]*<svg [\s\S]*Third octaves/],
  ])('bound plots into %s, and with bars into the terminal', async (name, content) => {
    const plot = join(headset.folder, name);
    const args = ['bound', '--seconds', '1', '--taps', '128', '--plot', plot];
    const { code, stdout, stderr } = await anc(args);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`plot: ${plot}`);
    expect(stdout).toMatch(/third +passive +bound +coherence +lateness[\s\S]* {3} +\|█/);
    expect(stdout).toMatch(/limits? it[^\n]*\n$/);
    expect(readFileSync(plot, 'utf8')).toMatch(content);
  });

  test('sim runs a headset in the foreground', async () => {
    const { code, stdout } = await anc(['sim', '--seconds', '0.5', '--speed', 'max']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
      event: 'done',
      seconds: 0.5,
    });
  });

  test('completion is a script that the shell accepts', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout } = await anc(['completion', shell]);
      expect(stdout).toContain('params');
      if (shell === 'bash') expect(spawnSync('bash', ['-n'], { input: stdout }).status).toBe(0);
    }
  });

  test('serve: panel, metrics, health; ends politely', async () => {
    const child = startAnc(['serve', '--device', 'sim:?set=mode=anc', '--port', '0', '--json']);
    const url = await new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) =>
        resolve((JSON.parse(chunk.toString()) as { url: string }).url),
      ),
    );
    const health = async () => (await fetch(`${url}api/v1/health/ready`)).status;
    await expect.poll(health, { timeout: 10_000 }).toBe(200);
    expect(await (await fetch(url)).text()).toContain('<anc-panel>');
    const metrics = async () => (await fetch(`${url}metrics`)).text();
    await expect
      .poll(metrics, { timeout: 10_000 })
      .toMatch(/anc_cancellation_db\{band="50-1000"\} \d/);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
