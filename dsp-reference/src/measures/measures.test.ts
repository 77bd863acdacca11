import { describe, expect, test } from 'vitest';
import { BAND_50_TO_1000, OCTAVES, THIRD_OCTAVES, bandPower, welch } from '../simulate/bands.ts';
import { noiseSource } from '../noise/generators.ts';
import { convolve } from '../plant/convolve.ts';
import { coherenceBound } from './coherence-bound.ts';
import { coherence, coherenceBoundDb } from './coherence.ts';
import { misalignmentDb } from './misalignment.ts';

const rate = 48000;

function noise(seed: number, n = 20 * rate): Float64Array {
  const source = noiseSource('white', seed);
  return Float64Array.from({ length: n }, () => source());
}

test('third octaves have the exact centres and edges of IEC 61260-1, base ten', () => {
  const at1000 = THIRD_OCTAVES.find(({ centreHz }) => centreHz === 1000)!;
  expect(at1000.lowHz).toBeCloseTo(891.25, 2);
  expect(at1000.highHz).toBeCloseTo(1122.02, 2);
  expect(THIRD_OCTAVES.map(({ centreHz }) => centreHz).slice(0, 6)).toEqual([
    25, 31.5, 40, 50, 63, 80,
  ]);
  for (let i = 1; i < THIRD_OCTAVES.length; i++)
    expect(THIRD_OCTAVES[i]!.lowHz).toBeCloseTo(THIRD_OCTAVES[i - 1]!.highHz, 6);
  expect(OCTAVES.map(({ centreHz }) => centreHz)).toEqual([
    63, 125, 250, 500, 1000, 2000, 4000, 8000,
  ]);
});

test('the density of white noise adds up to its power, in every band by its width', () => {
  const spectrum = welch(noise(1), rate);
  expect(bandPower(spectrum, 0, rate / 2)).toBeCloseTo(1, 1);
  const share = (BAND_50_TO_1000.highHz - BAND_50_TO_1000.lowHz) / (rate / 2);
  expect(10 * Math.log10(bandPower(spectrum, 50, 1000) / share)).toBeCloseTo(0, 0);
});

test('a sine has its power in its band and nowhere else', () => {
  const sine = Float64Array.from({ length: 4 * rate }, (_, n) =>
    Math.sin((2 * Math.PI * 500 * n) / rate),
  );
  const spectrum = welch(sine, rate);
  expect(bandPower(spectrum, 445, 561)).toBeCloseTo(0.5, 4);
  expect(bandPower(spectrum, 890, 2000)).toBeLessThan(1e-9);
});

test('coherence finds the share of a common part, and its bound', () => {
  const [x, own] = [noise(2), noise(3)];
  // 20 dB of signal over independent noise: γ² = 100/101, bound 20.04 dB
  const y = x.map((v, n) => v + 0.1 * own[n]!);
  const { gammaSquared } = coherence(x, y, rate);
  const mean = gammaSquared.reduce((sum, v) => sum + v, 0) / gammaSquared.length;
  expect(mean).toBeCloseTo(100 / 101, 3);
  expect(coherenceBoundDb(mean)).toBeCloseTo(20.04, 0);
  const apart = coherence(x, own, rate);
  expect(Math.max(...apart.gammaSquared.subarray(1, -1))).toBeLessThan(0.1);
});

test('misalignment: equal is −Infinity, nothing learned is 0 dB', () => {
  expect(misalignmentDb([1, 2], [1, 2])).toBe(-Infinity);
  expect(misalignmentDb([0, 0, 0], [1, 2])).toBe(0);
  expect(misalignmentDb([1], [1, 0.1])).toBeCloseTo(-20.04, 2);
});

describe('the coherence bound of a canceller', () => {
  const n = 6 * rate;
  const x = noise(11, n);
  const own = noise(12, n);
  const system = noise(13, 512).map((v, i) => v * Math.exp(-i / 100));
  const heard = convolve(x, system);
  const gain = Math.sqrt(system.reduce((sum, h) => sum + h * h, 0));

  test.each([20, 40, 60])('finds a floor %d dB down behind a long response', (downDb) => {
    const d = heard.map((v, i) => v + gain * 10 ** (-downDb / 20) * own[i]!);
    const bound = coherenceBound(x, d, rate)!;
    expect(bound.boundDb).toBeCloseTo(10 * Math.log10(1 + 10 ** (downDb / 10)), 0);
  });

  test('counts each frequency by the power of the primary', () => {
    const low = convolve(x, lowpass(1000));
    // Coherent below 1 kHz; the rest, low-passed noise shifted to around 12 kHz, has a hundredth of that power.
    const high = convolve(own, lowpass(1000)).map((v, i) => v * Math.cos((Math.PI / 2) * i));
    const scale = Math.sqrt((0.01 * power(low)) / power(high));
    const d = low.map((v, i) => v + scale * high[i]!);
    const inBand = (lowHz: number, highHz: number) =>
      coherenceBound(x, d, rate, { taps: 1024, lowHz, highHz })!.boundDb;
    expect(inBand(0, rate / 2)).toBeCloseTo(20, 0);
    expect(inBand(50, 700)).toBeGreaterThan(40);
    expect(inBand(11500, 12500)).toBeLessThan(0.2);
  });

  function lowpass(hz: number): Float64Array {
    const half = 400;
    return Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
      const t = i - half;
      const hann = 0.5 + 0.5 * Math.cos((Math.PI * t) / half);
      return (
        hann * (t === 0 ? (2 * hz) / rate : Math.sin((2 * Math.PI * hz * t) / rate) / (Math.PI * t))
      );
    });
  }

  const power = (signal: Float64Array) => signal.reduce((sum, v) => sum + v * v, 0);

  test('a pure tone has a bound, too; a signal with itself an enormous one', () => {
    const tone = x.map((_, i) => Math.sin((2 * Math.PI * 440 * i) / rate));
    const late = own.map((v, i) => 0.7 * (tone[i - 300] ?? 0) + 0.001 * v);
    expect(coherenceBound(tone, late, rate)!.boundDb).toBeGreaterThan(40);
    expect(coherenceBound(x, x, rate)!.boundDb).toBeGreaterThan(120);
  });

  test('independent signals: nothing to gain; too little sound or silence: no figure', () => {
    expect(coherenceBound(x, own, rate)!.boundDb).toBeLessThan(0.1);
    expect(coherenceBound(x.subarray(0, 1000), own.subarray(0, 1000), rate)).toBeNull();
    expect(coherenceBound(new Float64Array(n), own, rate)).toBeNull();
    expect(() => coherenceBound(x, own.subarray(1), rate)).toThrow('no coherence');
  });
});
