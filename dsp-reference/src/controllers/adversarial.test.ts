import { describe, expect, test } from 'vitest';
import { makeNoise } from '../noise/generators.ts';
import { builtinPaths } from '../paths/builtin.ts';
import { completeSettings } from '../simulate/settings.ts';
import { ALGORITHMS } from './index.ts';
import { delayed, runTrial } from './trial.ts';
import type { Trial } from './trial.ts';

const RATE = 48000;
const SECONDS = 0.5;
const COUNT = SECONDS * RATE;
const LATENCY = 5;
const LIMIT_DB = -6;
const NORMAL = builtinPaths('builtin:normal');
const LOOSE = builtinPaths('builtin:loose');
const MODEL = delayed(NORMAL.secondary.subarray(0, 256), LATENCY);
const FLIPPED = { ...NORMAL, secondary: NORMAL.secondary.map((v) => -v) };

const cabin = makeNoise('cabin', COUNT, { levelDb: -23, seed: 5 });
const scaled = (gain: (n: number) => number) => cabin.map((v, n) => gain(n) * v);
const isHalf = (n: number) => n < COUNT / 2;

type Case = Partial<Trial> & { readonly model?: Float64Array };

const CASES: Readonly<Record<string, Case>> = {
  'a quiet reference and a loud ear': { noise: scaled(() => 1e-4), atEar: cabin },
  zeros: { noise: new Float64Array(COUNT), micNoiseDb: -Infinity },
  DC: { noise: cabin.map((v) => v + 0.4) },
  'loud, then quiet': { noise: scaled((n) => (isHalf(n) ? 8 : 1e-4)) },
  clipped: { noise: scaled(() => 30) },
  'an impulse train': { noise: cabin.map((_, n) => (n % 2400 === 0 ? 0.9 : 0)) },
  'samples that are not finite': {
    hear: (v, n) => (n % 50 === 7 ? NaN : n % 61 === 9 ? Infinity : n % 67 === 9 ? -Infinity : v),
  },
  'a secondary path of the other sign': { model: MODEL.map((v) => -v) },
  'a secondary path that is 20 samples later': { latencySamples: LATENCY + 20 },
  'no model at all': { model: new Float64Array(0) },
  'a path that changes': { change: { at: COUNT / 2, paths: LOOSE } },
  'a path that changes its sign': { change: { at: COUNT / 2, paths: FLIPPED } },
};

describe.each(Object.keys(ALGORITHMS))('%s', (name) => {
  test.each(Object.keys(CASES))('%s: within the limit, and a number', (title) => {
    const { model = MODEL, ...changes } = CASES[title]!;
    const controller = ALGORITHMS[name]!.create({
      arithmetic: ALGORITHMS[name]!.arithmetics.at(-1)!,
      settings: completeSettings({ taps: 64, outputLimitDb: LIMIT_DB }),
      stepSize: undefined,
      sampleRateHz: RATE,
      secondary: model,
      feedback: delayed(NORMAL.feedback, LATENCY),
    });
    const result = runTrial({
      paths: NORMAL,
      noise: cabin,
      latencySamples: LATENCY,
      controller,
      ...changes,
    });
    expect(result.peak).toBeLessThanOrEqual(10 ** (LIMIT_DB / 20));
    expect(result.on.every(Number.isFinite)).toBe(true);
  });

  test('samples that are not finite now and then do not stop it', () => {
    const controller = ALGORITHMS[name]!.create({
      arithmetic: ALGORITHMS[name]!.arithmetics[0]!,
      settings: completeSettings({ taps: 64 }),
      stepSize: undefined,
      sampleRateHz: RATE,
      secondary: MODEL,
    });
    // for 10 ms
    const hear = (v: number, n: number) => (n > 9600 && n < 10080 ? NaN : v);
    const noise = makeNoise('engine', 1.2 * RATE, { levelDb: -23, seed: 6 });
    const result = runTrial({
      paths: NORMAL,
      noise,
      latencySamples: LATENCY,
      controller,
      hear,
    });
    expect(result.attenuationDb(0.9, 1.2)).toBeGreaterThan(1);
  });
});
