/** `anc cancel` on generated recordings: what each engine reaches, what is written, what is refused. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  encodeWav,
  Nlms,
  noiseSource,
  readWav,
  type WavFormat,
} from '../../dsp-reference/src/index.ts';
import { NlmsQ15Model, NlmsQ31Model } from '../../dsp-reference/src/model/nlms.ts';
import { scalarRatio } from '../../dsp-reference/src/model/scalar.ts';
import { convolve } from '../../dsp-reference/src/plant/convolve.ts';
import { coreFile } from '../wasm/src/node.ts';
import { anc, CLI_MISSING, startAnc } from './testing.ts';

interface Result {
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly ioBits: number;
  readonly reductionDb: number;
  readonly reductionLastHalfDb: number;
  readonly coherenceBoundDb: number;
  readonly outputPeakDb: number;
  readonly clippedSamples: number;
  readonly xRealTime: number;
}

const rate = 48000;
const missing = CLI_MISSING || (coreFile() ? false : 'the WebAssembly core is not built');

function white(seed: number, samples: number, gain = 1): Float64Array {
  const source = noiseSource('white', seed);
  return Float64Array.from({ length: samples }, () => gain * source());
}

/** Reference of −20 dBFS, a primary of the same level through 256 taps, and a floor 60 dB below it. */
function makePair(seconds: number, floorDb = -60): { x: Float64Array; d: Float64Array } {
  const n = Math.round(seconds * rate);
  const x = white(1, n, 0.1);
  const own = white(2, n, 0.1 * 10 ** (floorDb / 20));
  const h = white(3, 256).map((v, i) => v * Math.exp(-i / 50));
  const size = Math.hypot(...h);
  const d = convolve(
    x,
    h.map((v) => v / size),
  ).map((v, i) => v + own[i]!);
  return { x, d };
}

describe.skipIf(missing)('anc cancel', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'anc-cancel-test-'));
  const file = (name: string) => join(folder, name);
  const write = (name: string, channels: readonly Float64Array[], format: WavFormat, hz = rate) =>
    writeFileSync(file(name), encodeWav({ sampleRateHz: hz, channels }, format));
  const args = (format: string, ...more: string[]) => [
    'cancel',
    '--primary',
    file(`d-${format}.wav`),
    '--reference',
    file(`x-${format}.wav`),
    ...more,
  ];
  const run = async (...list: string[]) => {
    const { code, stdout, stderr } = await anc([...list, '--json']);
    expect(code, stderr).toBe(0);
    return { ...(JSON.parse(stdout) as Result), stderr };
  };
  const { x, d } = makePair(3);

  beforeAll(() => {
    for (const format of ['pcm16', 'pcm24', 'pcm32', 'float32', 'float64'] as const) {
      write(`x-${format}.wav`, [x], format);
      write(`d-${format}.wav`, [d], format);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  // 60 dB, less the misadjustment 10 log10(2/(2 − 0.5)) = 1.25 dB; 16 bits add their rounding (docs/algorithms.md)
  test.each([
    ['float64', 'pcm24', 58, 24],
    ['q31', 'pcm24', 58, 24],
    ['q15', 'pcm24', 58, 24],
    ['q31', 'pcm16', 57, 16],
    ['q15', 'pcm16', 57, 16],
    ['q31', 'float32', 58, 32],
    ['q31', 'pcm32', 58, 32],
  ] as const)('%s on %s: at least %d dB', async (engine, format, leastDb, bits) => {
    const out = file('e.wav');
    const r = await run(...args(format, '--engine', engine, '--taps', '256', '--out', out));
    expect(r).toMatchObject({ engine, taps: 256, stepSize: 0.5, samples: 3 * rate });
    expect(r.sampleRateHz).toBe(rate);
    expect(r.ioBits).toBe(engine === 'float64' ? 64 : bits);
    expect(r.reductionLastHalfDb).toBeGreaterThan(leastDb);
    expect(r.reductionLastHalfDb).toBeLessThan(59.5);
    expect(r.reductionDb).toBeLessThan(r.reductionLastHalfDb);
    expect(r.coherenceBoundDb).toBeCloseTo(60, 0);
    expect(r.clippedSamples).toBe(0);
    expect(r.outputPeakDb).toBeLessThan(0);
    expect(r.xRealTime).toBeGreaterThan(0.5);
    const wanted = engine === 'float64' ? 'float64' : format === 'float32' ? 'pcm32' : format;
    expect(await readWav(out)).toMatchObject({ sampleRateHz: rate, format: wanted });
    rmSync(out);
  });

  test('float64 writes what the reference computes, to the last bit', async () => {
    const out = file('exact.wav');
    const more = ['--taps', '100', '--step', '0.3', '--leak', '1e-6', '--epsilon', '1e-3'];
    await run(...args('float64', ...more, '--out', out));
    const nlms = new Nlms({ taps: 100, stepSize: 0.3, leak: 1e-6, epsilon: 1e-3 });
    const wanted = d.map((v, i) => nlms.step(x[i]!, v));
    const { channels } = await readWav(out);
    expect(channels[0]!.findIndex((v, i) => v !== wanted[i])).toBe(-1);
  });

  test.each([
    ['q15', NlmsQ15Model, 'pcm16', 16],
    ['q31', NlmsQ31Model, 'pcm24', 24],
  ] as const)('%s writes what its integer model computes', async (engine, Model, format, bits) => {
    const short = (signal: Float64Array) => [signal.subarray(0, 6000)];
    write(`x-short.wav`, short(x), format);
    write(`d-short.wav`, short(d), format);
    const out = file(`${engine}.wav`);
    await run(...args('short', '--engine', engine, '--taps', '64', '--out', out));
    const model = new Model({ taps: 64, ioBits: bits, step: scalarRatio(5e8, 1e9) });
    const q31 = async (name: string) =>
      (await readWav(file(name))).channels[0]!.map((v) => v * 2 ** 31);
    const [xs, ds] = [await q31('x-short.wav'), await q31('d-short.wav')];
    const wanted = ds.map((v, i) => model.step(xs[i]!, v) / 2 ** 31);
    const { channels } = await readWav(out);
    expect(channels[0]!.findIndex((v, i) => v !== wanted[i])).toBe(-1);
  });

  test('says which of two lengths and channels it takes', async () => {
    write('d-odd.wav', [d.subarray(0, rate), x.subarray(0, rate)], 'pcm24');
    write('x-odd.wav', [x.subarray(0, rate + 100)], 'pcm24');
    const r = await run(...args('odd', '--taps', '64'));
    expect(r.samples).toBe(rate);
    expect(r.stderr).toMatch(/d-odd\.wav has 2 channels: the first is used/);
    expect(r.stderr).toMatch(/48100 samples, the primary 48000: the first 48000 are used/);
    expect(r.reductionLastHalfDb).toBeGreaterThan(9);
  });

  test('counts clipped samples', async () => {
    write('x-loud.wav', [white(5, rate, 0.1)], 'pcm16');
    write('d-loud.wav', [white(6, rate, 2)], 'pcm16');
    const r = await run(...args('loud', '--engine', 'q15', '--taps', '16', '--step', '0'));
    const { channels } = await readWav(file('d-loud.wav'));
    const clipped = channels[0]!.filter((v) => v >= 1 - 2 ** -15 || v <= -1 + 2 ** -15).length;
    expect(clipped).toBeGreaterThan(1000);
    expect(r.clippedSamples).toBe(clipped);
    expect(r.outputPeakDb).toBeCloseTo(0, 3);
  });

  test('in plain words', async () => {
    const { stdout, code } = await anc(args('pcm16', '--taps', '32', '--engine', 'q15'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/q15, 32 taps, step 0\.5, 16-bit samples[\s\S]*coherence bound, .* dB/);
  });

  test('Ctrl-C leaves no file', async () => {
    const long = makePair(40);
    write('x-long.wav', [long.x], 'pcm16');
    write('d-long.wav', [long.d], 'pcm16');
    const out = file('long.wav');
    const child = startAnc([...args('long', '--taps', '2048', '--out', out)]);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    setTimeout(() => child.kill('SIGINT'), 2000);
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, stderr).toBe(130);
    expect(stderr).toContain('error[INTERRUPTED]');
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test('a result that cannot be written leaves the old file as it was', async () => {
    const { code, stderr } = await anc(args('pcm16', '--taps', '16', '--out', file('no/e.wav')));
    expect([code, stderr]).toEqual([2, expect.stringContaining('error[FILE_UNWRITABLE]')]);
  });
});
