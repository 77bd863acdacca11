import { describe, expect, test } from 'vitest';
import { Random } from '../noise/random.ts';
import { LineEnhancer } from './line-enhancer.ts';

const RATE = 48000;
const TONES = [310, 740];

/** Steady-state powers of tones and noise in the tonal part: superposition through the frozen filter. */
function gainDb(taps: number, stepSize: number): number {
  const random = new Random(4);
  const enhancer = new LineEnhancer({ taps, stepSize, delay: 1 });
  const clean = (n: number) =>
    TONES.reduce((sum, f) => sum + 0.1 * Math.sin((2 * Math.PI * f * n) / RATE), 0);
  let [wanted, difference, noise, signal] = [0, 0, 0, 0];
  for (let n = 0; n < 4 * RATE; n++) {
    const v = 0.1 * random.white();
    const s = clean(n);
    const { tonal } = enhancer.step(s + v);
    if (n < 3 * RATE) continue;
    wanted += s * s;
    difference += (tonal - s) ** 2;
    noise += v * v;
    signal += s * s;
  }
  return 10 * Math.log10(noise / signal) - 10 * Math.log10(difference / wanted);
}

describe('line enhancer', () => {
  test('raises tones out of white noise, the more the longer it is', () => {
    const [short, long] = [gainDb(128, 0.01), gainDb(512, 0.01)];
    expect(short).toBeGreaterThan(8);
    expect(long).toBeGreaterThan(short + 3);
  });

  test('leaves white noise in the broadband part', () => {
    const random = new Random(9);
    const enhancer = new LineEnhancer({ taps: 64, stepSize: 0.005 });
    let [input, broadband] = [0, 0];
    for (let n = 0; n < 40000; n++) {
      const v = random.white();
      const parts = enhancer.step(v);
      expect(parts.tonal + parts.broadband).toBeCloseTo(v, 12);
      input += v * v;
      broadband += parts.broadband ** 2;
    }
    expect(10 * Math.log10(broadband / input)).toBeCloseTo(0, 0);
  });

  test('a delay beyond the correlation of the noise keeps that noise out', () => {
    const random = new Random(2);
    const enhancers = [1, 40].map((delay) => new LineEnhancer({ taps: 64, stepSize: 0.01, delay }));
    const tonal = [0, 0];
    let low = 0;
    for (let n = 0; n < 60000; n++) {
      low += 0.2 * (random.white() - low);
      enhancers.forEach((enhancer, i) => (tonal[i]! += enhancer.step(low).tonal ** 2));
    }
    expect(10 * Math.log10(tonal[1]! / tonal[0]!)).toBeLessThan(-6);
  });

  test('survives samples that are not finite, and refuses half a delay', () => {
    const enhancer = new LineEnhancer({ taps: 16, stepSize: 0.1 });
    for (const v of [NaN, 1, Infinity, 0.5]) {
      expect(Number.isFinite(enhancer.step(v).tonal)).toBe(true);
    }
    expect(() => new LineEnhancer({ taps: 16, stepSize: 0.1, delay: 0.5 })).toThrow(
      /make no filter/,
    );
  });
});
