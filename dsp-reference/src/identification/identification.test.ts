import { describe, expect, it } from 'vitest';
import { misalignmentDb } from '../measures/misalignment.ts';
import { makeNoise } from '../noise/generators.ts';
import { Random } from '../noise/random.ts';
import { builtinPaths } from '../paths/builtin.ts';
import { Plant } from '../plant/plant.ts';
import { deriveSettings } from './derive.ts';
import { excitation, EXCITATIONS, excitationNamed } from './excitation.ts';
import { Identifier } from './identify.ts';
import type { Identification, IdentificationOptions } from './identify.ts';

const PATHS = builtinPaths('builtin:normal');
const LATENCY = 5;
const stranger = new Random(77);

function exact(taps: number): Float64Array {
  const path = new Float64Array(taps);
  path.set(PATHS.secondary.subarray(0, taps - LATENCY), LATENCY);
  return path;
}

function identify(
  levelDb: number,
  options: Partial<IdentificationOptions> = {},
  change: (y: number) => number = (y) => y,
): { result: () => Identification; loudest: number[]; identifier: Identifier } {
  const noise = makeNoise('cabin', 8 * 48000, { levelDb, seed: 5 });
  const plant = new Plant(PATHS, noise, { latencySamples: LATENCY });
  const identifier = new Identifier({ sampleRateHz: 48000, seconds: 2, ...options });
  const loudest: number[] = [];
  while (identifier.phase !== 'done') {
    const y = identifier.output(plant.reference());
    loudest.push(Math.abs(y));
    identifier.adapt(plant.error(change(y)));
  }
  return { result: () => identifier.result(), loudest, identifier };
}

describe('excitation', () => {
  it.each(EXCITATIONS)('%s has an RMS of 1 and never more than 6 dB above', (kind) => {
    const next = excitation(kind, 48000, 1);
    const samples = Array.from({ length: 96000 }, next);
    const power = samples.reduce((sum, v) => sum + v * v, 0) / samples.length;
    expect(power).toBeCloseTo(1, 1);
    expect(Math.max(...samples.slice(0, 48000).map(Math.abs))).toBeLessThan(2);
  });

  it('mls runs through all of its 65,535 states and is flat', () => {
    const next = excitation('mls', 48000, 9);
    const samples = Array.from({ length: 2 * 65535 }, next);
    expect(samples.slice(65535)).toEqual(samples.slice(0, 65535));
    expect(samples.slice(0, 65535).reduce((sum, v) => sum + v, 0)).toBe(1);
    for (const lag of [1, 2, 100, 30000]) {
      const correlation = samples
        .slice(0, 65535)
        .reduce((sum, v, n) => sum + v * samples[n + lag]!, 0);
      expect(correlation).toBe(-1);
    }
  });

  it('refuses others by name', () => {
    expect(() => excitationNamed('loud')).toThrow(/"loud"/);
  });
});

describe('identification', () => {
  it.each([
    { excitation: 'white', levelDb: -60, atMostDb: -40 },
    { excitation: 'mls', levelDb: -60, atMostDb: -40 },
    { excitation: 'sweep', levelDb: -60, atMostDb: -15 },
  ] as const)('$excitation finds both paths and says how well', (given) => {
    const found = identify(given.levelDb, { excitation: given.excitation }).result();
    expect(misalignmentDb(found.secondary, exact(512))).toBeLessThan(given.atMostDb);
    expect(found.erleDb).toBeGreaterThan(25);
    expect(
      found.octaves.find(({ centreHz }) => centreHz === 1000)!.signalToErrorDb,
    ).toBeGreaterThan(20);
    expect(Math.abs(found.derived.delaySamples - LATENCY - 3)).toBeLessThanOrEqual(2);
  });

  it('takes out surrounding noise that the reference microphone hears', () => {
    const found = identify(-40, { seconds: 4 }).result();
    expect(found.backgroundDb).toBeGreaterThan(-45);
    expect(misalignmentDb(found.secondary, exact(512))).toBeLessThan(-30);
  });

  it('raises the sound slowly and no further than needed', () => {
    const { loudest, result } = identify(-90);
    const firstHalfSecond = loudest.slice(0, 24000);
    expect(Math.max(...firstHalfSecond)).toBe(0);
    const firstSound = loudest.slice(24000, 24000 + 2400);
    expect(Math.max(...firstSound)).toBeLessThan(2 * 10 ** (-60 / 20));
    expect(result().driveDb).toBeLessThan(-25);
  });

  it.each([
    { name: 'no loudspeaker', change: () => 0, reason: /explains|nothing/ },
    {
      name: 'one that says something else',
      change: () => 0.06 * stranger.white(),
      reason: /8 dB/,
    },
    { name: 'a clipped microphone', change: (y: number) => 1000 * y, reason: /clipped/ },
  ])('refuses $name with the reason', ({ change, reason }) => {
    const { result } = identify(-60, {}, change);
    expect(result).toThrow(reason);
    expect(result).toThrow(expect.objectContaining({ code: 'IDENTIFICATION_REFUSED' }));
  });

  it('is not ready before its end', () => {
    expect(() => new Identifier({ sampleRateHz: 48000 }).result()).toThrow(/not ended/);
  });
});

describe('derived settings', () => {
  it('a pure delay has its length as group delay, and the step follows from it', () => {
    const path = new Float64Array(256);
    path[100] = 0.5;
    const derived = deriveSettings(path, 48000);
    expect(derived.delaySamples).toBe(100);
    expect(derived.modelTaps).toBe(16);
    expect(derived.groupDelaySamples).toBeCloseTo(100, 6);
    expect(derived.stepSize).toBeCloseTo(Math.sin(Math.PI / 402), 4);
  });
});
