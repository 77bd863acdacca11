import { describe, expect, test } from 'vitest';
import { mono } from './audio/level.ts';
import { readWav } from './audio/read-wav.ts';
import { makeNoise } from './noise/generators.ts';
import { builtinPaths } from './paths/builtin.ts';
import type { Paths } from './paths/paths.ts';
import { readPaths } from './paths/read.ts';
import { simulate } from './simulate/simulate.ts';
import { DATA_MISSING, dataFile } from './testing.ts';
import { solveToeplitz } from './toeplitz.ts';
import { wienerBound } from './wiener.ts';

test('Levinson solves the equations', () => {
  const n = 12;
  const r = Float64Array.from({ length: n }, (_, k) => 0.8 ** k + (k === 0 ? 0.3 : 0));
  const p = Float64Array.from({ length: n }, (_, k) => Math.sin(k + 1));
  const w = solveToeplitz(r, p)!;
  for (let i = 0; i < n; i++) {
    const sum = w.reduce((total, v, j) => total + v * r[Math.abs(i - j)]!, 0);
    expect(sum).toBeCloseTo(p[i]!, 10);
  }
});

/** Nothing but delays: primary `lead` samples after the reference. */
function delays(lead: number): Paths {
  const primary = new Float64Array(lead + 1);
  primary[lead] = 1;
  return {
    ...builtinPaths('builtin'),
    primary,
    secondary: Float64Array.of(1),
    feedback: Float64Array.of(0),
  };
}

const noise = (kind: string, seconds = 4) => makeNoise(kind, 48000 * seconds);

describe('bounds that are known', () => {
  test('in time, all but the microphone noise goes', () => {
    const bound = wienerBound({
      paths: delays(10),
      noise: noise('white').map((v) => 0.1 * v),
      latencySamples: 5,
      taps: 64,
    });
    expect(bound.band50To1000Db).toBeGreaterThan(50);
  });

  test('white noise that arrives a sample too late stays', () => {
    const bound = wienerBound({
      paths: delays(10),
      noise: noise('white').map((v) => 0.1 * v),
      latencySamples: 11,
      taps: 64,
    });
    expect(Math.abs(bound.band50To1000Db)).toBeLessThan(1);
  });

  test('too few samples are refused', () => {
    expect(() => wienerBound({ paths: delays(1), noise: new Float64Array(100) })).toThrow(
      /100 samples/,
    );
  });
});

test(
  'the adaptive engine stays below the bound, and gets near it',
  { timeout: 60_000 },
  async () => {
    const paths = builtinPaths('builtin');
    const bound = wienerBound({
      paths,
      noise: noise('train', 10).map((v) => 0.07 * v),
      latencySamples: 5,
    });
    const run = await simulate({ paths, noise: 'train', latencySamples: 5, seconds: 20 });
    const reached = run.band50To1000.activeDb!;
    expect(reached).toBeLessThan(bound.band50To1000Db + 1);
    expect(reached).toBeGreaterThan(bound.band50To1000Db - 12);
  },
);

describe.skipIf(DATA_MISSING)('on measured paths', () => {
  test('latency costs attenuation', { timeout: 60_000 }, async () => {
    const paths = await readPaths(dataFile('paths/booth/person001_L.json'));
    const { channels } = await readWav(dataFile('noises/train_inside_buenos_aires.wav'));
    const at = (latencySamples: number) =>
      wienerBound({ paths, noise: mono(channels).subarray(0, 48000 * 8), latencySamples })
        .band50To1000Db;
    const [low, high] = [at(5), at(48)];
    expect(low).toBeGreaterThan(15);
    expect(high).toBeLessThan(low - 8);
  });
});
