/** The C kernels in single precision against the float64 reference. */
import { describe, expect, test } from 'vitest';
import { Fdaf } from '../algorithms/fdaf.ts';
import { Nlms } from '../algorithms/nlms.ts';
import { Random } from '../noise/random.ts';
import { runFloatKernel } from './float-kernels.ts';

function whiteSignal(seed: number, length: number, rms: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => rms * random.white());
}

/** A decaying response of gain 1, and what it makes of x, with a little noise. */
function pair(samples: number, taps: number, level = 0.1) {
  const x = whiteSignal(1, samples, level);
  const shape = whiteSignal(2, taps, 0.3);
  const decaying = shape.map((v, i) => v * Math.exp((-6 * i) / taps));
  const norm = Math.hypot(...decaying);
  const h = decaying.map((v) => v / norm);
  const noise = whiteSignal(3, samples, level * 1e-3);
  const d = x.map((_, n) => {
    let sum = noise[n]!;
    for (let i = 0; i < taps && i <= n; i++) sum += h[i]! * x[n - i]!;
    return sum;
  });
  return { x, d, h };
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((max, v, i) => Math.max(max, Math.abs(v - b[i]!)), 0);

const levelDb = (s: Float32Array): number =>
  10 * Math.log10(s.reduce((sum, v) => sum + v * v, 0) / s.length);

/** What single precision makes of 1 − leak. */
const kept = (leak: number): number => 1 - Math.fround(1 - Math.fround(leak));

describe('NLMS f32', () => {
  test('equals float64 to 1e-6 of full scale over 48,000 samples, 128 taps', () => {
    const { x, d } = pair(48000, 128);
    // with leakage each weight is rounded once more a sample
    for (const { leak, atMost } of [
      { leak: 0, atMost: 1e-6 },
      { leak: 1e-5, atMost: 5e-6 },
    ]) {
      const c = runFloatKernel('native', 'f32', x, d, 128, 0.5, leak);
      const nlms = new Nlms({ taps: 128, stepSize: 0.5, leak: kept(leak) });
      const e = Float64Array.from(x, (v, n) => nlms.step(v, d[n]!));
      expect(largestDifference(c.e, e)).toBeLessThan(atMost);
      expect(largestDifference(c.weights, nlms.weights)).toBeLessThan(2e-5);
    }
  });

  test.each([0, -20, -60, -100])('cancels at %d dBFS as well as anywhere', (db) => {
    const { x, d } = pair(40000, 64, 0.3 * 10 ** (db / 20));
    const { e } = runFloatKernel('native', 'f32', x, d, 64, 0.5, 0);
    expect(levelDb(d.subarray(-8000)) - levelDb(e.subarray(-8000))).toBeGreaterThan(45);
  });
});

describe('FDAF f32', () => {
  test.each([
    [512, 512, 0],
    [512, 128, 0],
    [256, 64, 0],
    [64, 64, 0],
    [4096, 1024, 0],
    [512, 64, 1],
    [512, 64, 3],
    [512, 128, 4],
  ])('%d taps in blocks of %d equal float64, %d constrained in turn', (taps, block, turns) => {
    const { x, d } = pair(32768, Math.min(taps, 300));
    const c = runFloatKernel('native', 'fdaf', x, d, taps, 0.5, block, turns);
    const fdaf = new Fdaf({ taps, block, stepSize: 0.5, constrained: turns });
    const [x64, d64] = [Float64Array.from(x), Float64Array.from(d)];
    const e = new Float64Array(x.length);
    for (let n = 0; n < e.length; n += block) {
      e.set(fdaf.process(x64.subarray(n, n + block), d64.subarray(n, n + block)), n);
    }
    expect(largestDifference(c.e, e)).toBeLessThan(1e-5);
    expect(largestDifference(c.weights, fdaf.weights())).toBeLessThan(1e-4);
    const tail = c.e.subarray(-4096);
    expect(levelDb(d.subarray(-4096)) - levelDb(tail)).toBeGreaterThan(taps > 2048 ? 12 : 45);
  });

  test('refuses settings that make no filter', () => {
    for (const wrong of [
      { taps: 100 },
      { block: 3 },
      { stepSize: 3 },
      { leak: 1 },
      { constrained: 0.5 },
    ]) {
      expect(() => new Fdaf({ taps: 64, block: 32, stepSize: 0.5, ...wrong })).toThrow(/no filter/);
    }
  });
});

/** The sanitizers' build has only the portable loops and no optimisation to speak of. */
test.each([
  { kernel: 'f32', taps: 528, last: 0, turns: 0 },
  { kernel: 'f32', taps: 512, last: 1e-5, turns: 0 },
  { kernel: 'fdaf', taps: 512, last: 512, turns: 0 },
  { kernel: 'fdaf', taps: 512, last: 64, turns: 1 },
] as const)('$kernel, $taps taps, $last: the same bits in every build', (settings) => {
  const { kernel, taps, last, turns } = settings;
  const { x, d } = pair(8192, 300);
  const [fast, portable] = (['native', 'sanitize'] as const).map((preset) =>
    runFloatKernel(preset, kernel, x, d, taps, 0.5, last, turns),
  );
  expect(fast!.e).toEqual(portable!.e);
  expect(fast!.weights).toEqual(portable!.weights);
});

describe.each([
  { kernel: 'f32', last: 0 },
  { kernel: 'fdaf', last: 64 },
] as const)('extreme input to $kernel', ({ kernel, last }) => {
  const length = 4096;
  const of = (f: (n: number) => number) => Float32Array.from({ length }, (_, n) => f(n));
  const noise = whiteSignal(9, length, 0.1);
  test.each([
    { name: 'zeros', x: of(() => 0) },
    { name: 'NaN', x: of((n) => (n % 100 === 3 ? NaN : noise[n]!)) },
    { name: 'infinity', x: of((n) => (n % 100 === 3 ? -Infinity : noise[n]!)) },
    { name: 'the largest numbers', x: of((n) => (n & 64 ? 3e38 : -3e38)) },
    { name: 'the smallest numbers', x: of((n) => (n & 1 ? 1e-45 : -1e-45)) },
    { name: 'a full-scale square', x: of((n) => (n & 32 ? 1 : -1)) },
    { name: 'impulses', x: of((n) => (n % 500 === 0 ? 1 : 0)) },
    { name: 'loud, then quiet', x: of((n) => noise[n]! * (n < 2000 ? 1 : 1e-8)) },
  ])('$name: finite, and afterwards it cancels', ({ x }) => {
    const after = pair(16384, 48);
    const join = (a: Float32Array, b: Float32Array) => Float32Array.of(...a, ...b);
    const whole = join(x, after.x);
    const primary = join(
      of((n) => x[(n + 7) % length]!),
      after.d,
    );
    const { e, weights } = runFloatKernel('sanitize', kernel, whole, primary, 64, 0.5, last);
    expect(e.every(Number.isFinite)).toBe(true);
    expect(weights.every(Number.isFinite)).toBe(true);
    const tail = levelDb(after.d.subarray(-2048)) - levelDb(e.subarray(-2048));
    expect(tail).toBeGreaterThan(20);
  });
});
