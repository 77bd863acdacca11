import { builtinPaths } from '@anc/dsp-reference';
import type { Dictionary } from '@anc/link';
import { describe, expect, test } from 'vitest';
import { checkSignals, isClipped } from './check.ts';
import { doubtOfModelDb, GOALS, settingsFor } from './goals.ts';
import { fitOf, polarityOf, responseOf } from './path.ts';

const RATE = 48000;
const tone = (amplitude: number, hz = 220) =>
  Float64Array.from(
    { length: RATE },
    (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / RATE),
  );
const cut = (signal: Float64Array, at: number) => signal.map((v) => Math.max(-at, Math.min(at, v)));
function noise(amplitude: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: RATE }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return amplitude * (state / 2 ** 31 - 1);
  });
}

describe('clipping', () => {
  test('flat tops at any level, but no sound that just touches its peak', () => {
    expect(isClipped(cut(noise(0.5, 1), 0.1))).toBe(true);
    expect(isClipped(cut(tone(1.2), 1))).toBe(true);
    expect(isClipped(noise(0.9, 1))).toBe(false);
    expect(isClipped(tone(0.9))).toBe(false);
    expect(isClipped(tone(0.9, 25))).toBe(false); // round, however long it stays near its peak
    expect(isClipped(cut(tone(1e-4), 5e-5))).toBe(false); // a converter's steps
  });
});

describe('the check', () => {
  const check = (reference: Float64Array, error: Float64Array) =>
    checkSignals({
      sampleRateHz: RATE,
      startSample: 0,
      samples: { reference, error, output: new Float64Array(0), disturbance: new Float64Array(0) },
    });

  test('common sound passes; its own noise is the floor', () => {
    const [common, own] = [noise(0.1, 1), noise(0.001, 2)];
    const found = check(
      common,
      common.map((v, n) => 0.5 * v + own[n]!),
    );
    expect(found.coherenceDb).toBeGreaterThan(20);
    expect(found.floorDb).toBeLessThan(found.error.levelDb - 20);
  });

  test('each of both is named', () => {
    const silent = new Float64Array(RATE).fill(0.01); // an offset is no sound
    const code = (reference: Float64Array, error: Float64Array) => {
      try {
        check(reference, error);
        return null;
      } catch (error_) {
        return (error_ as { code: string }).code;
      }
    };
    expect(code(silent, noise(0.1, 1))).toBe('TUNE_REFERENCE_SILENT');
    expect(code(noise(0.1, 1), silent)).toBe('TUNE_ERROR_SILENT');
    expect(code(noise(0.1, 1), noise(0.1, 2))).toBe('TUNE_UNRELATED');
    expect(code(noise(1e-4, 1), noise(0.1, 2))).toBe('TUNE_TOO_QUIET');
  });
});

describe('the path', () => {
  const [tight, loose] = [builtinPaths('normal').secondary, builtinPaths('loose').secondary];

  test('a leak is told from the low frequencies, at any gain', () => {
    expect(fitOf(tight, RATE).fit).toBe('tight');
    expect(fitOf(loose, RATE).fit).toBe('slightly loose');
    expect(
      fitOf(
        loose.map((v) => -30 * v),
        RATE,
      ),
    ).toEqual({
      fit: 'slightly loose',
      lowLossDb: expect.closeTo(fitOf(loose, RATE).lowLossDb, 6) as number,
    });
  });

  test('polarity: by the model of before, else by how it begins', () => {
    const turned = tight.map((v) => -v);
    expect(polarityOf(tight, null)).toBe('normal');
    expect(polarityOf(turned, null)).toBe('inverted');
    expect(polarityOf(turned, tight)).toBe('turned');
    expect(polarityOf(loose, tight)).toBe('normal');
    expect(
      polarityOf(
        turned,
        loose.map((v) => -v),
      ),
    ).toBe('inverted');
  });

  test('a model as the headset holds it', () => {
    // delay 2, two taps, exponent 1: 0.5 and −1
    const bytes = Uint8Array.of(2, 0, 2, 0, 1, 0, 0x00, 0x20, 0x00, 0xc0);
    expect(responseOf(bytes)).toEqual(Float64Array.of(0, 0, 0.5, -1));
    expect(responseOf(new Uint8Array(0))).toBeNull();
  });
});

describe('settings', () => {
  const parameter = (name: string, min: number, max: number, otherwise: number) => ({
    ...{ name, min, max, default: otherwise, type: 'int' },
  });
  const dictionary = {
    parameters: [
      { name: 'algorithm', type: 'enum' },
      { name: 'followPath', type: 'bool' },
      parameter('taps', 32, 512, 512),
      parameter('stepSize', 0, 0.2, 0.004),
      parameter('divergenceThresholdDb', 1, 30, 6),
      parameter('outputLimitDb', -40, 0, -1),
    ],
  } as unknown as Dictionary;
  const values = (goal: (typeof GOALS)[number], erleDb: number, gainDb: number | null) => {
    const identified = { erleDb, suggested: { taps: 1024, stepSize: 0.006 } };
    const loop = gainDb === null ? null : { gainDb, hz: 900 };
    const settings = settingsFor(goal, {
      path: { identified, fit: 'tight' } as Parameters<typeof settingsFor>[1]['path'],
      reach: { loop, outputPeakDb: -14.2 },
      dictionary,
    });
    expect(settings.every(({ why }) => why.length > 10)).toBe(true);
    return Object.fromEntries(settings.map(({ name, value }) => [name, value]));
  };

  test('only what the headset has, within its ranges', () => {
    expect(values('low-end', 30, null)).toEqual({
      algorithm: 'normalEquations',
      followPath: false,
      taps: 512,
      stepSize: 0.006,
      divergenceThresholdDb: 6,
      outputLimitDb: -1,
    });
  });

  test('robust follows the path and bounds the drive', () => {
    expect(values('robust', 30, -40)).toMatchObject({
      followPath: true,
      stepSize: 0.003,
      divergenceThresholdDb: 3,
      outputLimitDb: -8,
    });
  });

  test('near howling every goal bounds the drive', () => {
    for (const goal of GOALS) expect(values(goal, 30, -5)['outputLimitDb']).toBe(-8);
  });

  test('a doubtful model raises no alarm by itself', () => {
    expect(doubtOfModelDb(40)).toBeLessThan(0.1);
    expect(doubtOfModelDb(8)).toBeCloseTo(4.4, 1);
    for (const goal of GOALS)
      expect(values(goal, 8, null)['divergenceThresholdDb']).toBeGreaterThan(doubtOfModelDb(8) + 1);
  });
});
