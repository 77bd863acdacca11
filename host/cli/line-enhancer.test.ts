/** `anc cancel --line-enhancer`: tones out of one recording by each engine, noise left alone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeWav, LineEnhancer, makeNoise, readWav } from '../../dsp-reference/src/index.ts';
import { coreFile } from '../wasm/src/node.ts';
import { anc, CLI_MISSING } from './testing.ts';

interface Result {
  readonly delaySamples: number;
  readonly stepSize: number;
  readonly reductionLastHalfDb: number;
  readonly periodicDb: number;
  readonly coherenceBoundDb: null;
}

const rate = 48000;
const samples = 3 * rate;
const hums = [100, 300, 1000];
const missing = CLI_MISSING || (coreFile() ? false : 'the WebAssembly core is not built');

/** Level of one frequency over the last second, dB. */
function lineDb(signal: Float64Array, hz: number): number {
  let [re, im] = [0, 0];
  signal.subarray(-rate).forEach((v, n) => {
    const angle = (2 * Math.PI * hz * n) / rate;
    re += v * Math.cos(angle);
    im += v * Math.sin(angle);
  });
  return 20 * Math.log10((2 * Math.hypot(re, im)) / rate);
}

describe.skipIf(missing)('anc cancel --line-enhancer', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'anc-lines-test-'));
  const file = (name: string) => join(folder, name);
  const noise = makeNoise('white', samples, { levelDb: -30, seed: 3 });
  const hum = noise.map((v, n) =>
    hums.reduce((sum, hz, k) => sum + 0.05 * Math.sin((2 * Math.PI * hz * n) / rate + k), v),
  );
  const run = async (name: string, ...more: string[]) => {
    const args = ['cancel', '--line-enhancer', '--primary', file(name), ...more, '--json'];
    const { code, stdout, stderr } = await anc(args);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Result;
  };
  const sound = async (name: string) => (await readWav(file(name))).channels[0]!;

  beforeAll(() => {
    for (const [name, channel] of Object.entries({ hum, noise }))
      writeFileSync(
        file(`${name}.wav`),
        encodeWav({ sampleRateHz: rate, channels: [channel] }, 'pcm24'),
      );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['float64', '512', 0.005],
    ['f32', '512', 0.005],
    ['q31', '512', 0.005],
    ['q15', '512', 0.005],
    ['fdaf', '2048', 0.1],
  ])('%s: tones fall by 25 dB, white noise stays within 0.3 dB', async (engine, taps, step) => {
    const outs = ['--out', file('rest.wav'), '--out-periodic', file('tones.wav')];
    const settings = ['--engine', engine, '--taps', taps];
    const r = await run('hum.wav', ...settings, ...outs);
    expect(r).toMatchObject({ delaySamples: 480, stepSize: step, coherenceBoundDb: null });
    const [rest, tones] = [await sound('rest.wav'), await sound('tones.wav')];
    for (const hz of hums) {
      expect(lineDb(hum, hz) - lineDb(rest, hz)).toBeGreaterThan(25);
      expect(Math.abs(lineDb(hum, hz) - lineDb(tones, hz))).toBeLessThan(0.5);
    }
    const lsb = 2 ** -23;
    const written = await sound('hum.wav');
    const wrong = written.findIndex((v, n) => Math.abs(rest[n]! + tones[n]! - v) > lsb);
    expect(wrong).toBe(-1);
    const silent = await run('noise.wav', ...settings);
    expect(Math.abs(silent.reductionLastHalfDb)).toBeLessThan(0.3);
    expect(silent.periodicDb).toBeLessThan(-12);
  });

  test('float64 writes what the reference computes, to the last bit', async () => {
    const more = ['--taps', '100', '--delay', '37', '--step', '0.01'];
    await run('hum.wav', ...more, '--out', file('exact.wav'));
    const enhancer = new LineEnhancer({ taps: 100, delay: 37, stepSize: 0.01 });
    const wanted = (await sound('hum.wav')).map((v) => enhancer.step(v).broadband);
    const rest = await sound('exact.wav');
    expect(rest.findIndex((v, n) => v !== wanted[n])).toBe(-1);
  });

  test('in plain words', async () => {
    const args = ['cancel', '--line-enhancer', '--primary', file('hum.wav'), '--engine', 'f32'];
    const { stdout } = await anc(args);
    expect(stdout).toMatch(
      /f32, line enhancer, delay 480 samples[\s\S]*periodic part over the primary +-\d/,
    );
    expect(stdout).not.toContain('coherence');
  });
});
