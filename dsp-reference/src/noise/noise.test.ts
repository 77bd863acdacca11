import { describe, expect, it } from 'vitest';
import { bandPower, welch } from '../simulate/bands.ts';
import { NOISE_KINDS, makeNoise } from './generators.ts';
import { Random } from './random.ts';

const meanSquare = (x: Float64Array) => x.reduce((sum, v) => sum + v * v, 0) / x.length;

describe('Random', () => {
  it('is mulberry32: the values that another implementation must give', () => {
    const random = new Random(1);
    const values = [0, 1, 2].map(() => Math.round(random.uniform() * 4294967296));
    expect(values).toEqual([2693262067, 11749833, 2265367787]);
  });

  it('takes seeds modulo 2^32', () => {
    expect(new Random(4294967297).uniform()).toBe(new Random(1).uniform());
  });
});

describe('noises', () => {
  it.each([...NOISE_KINDS, 'sine:100'])(
    '%s has the RMS asked for within 1 dB over 30 s',
    (kind) => {
      const noise = makeNoise(kind, 30 * 48000, { levelDb: -23, seed: 3 });
      expect(Math.abs(10 * Math.log10(meanSquare(noise)) + 23)).toBeLessThan(1);
    },
  );

  it.each(NOISE_KINDS.filter((kind) => kind !== 'engine'))('%s depends on its seed', (kind) => {
    const [a, b, c] = [1, 1, 2].map((seed) => makeNoise(kind, 500, { seed }));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  function levels(kind: string, ...frequenciesHz: number[]): number[] {
    const spectrum = welch(makeNoise(kind, 60 * 48000), 48000);
    return frequenciesHz.map(
      (f) => 10 * Math.log10(bandPower(spectrum, f / 1.1, f * 1.1) / (0.191 * f)),
    );
  }

  it('pink falls by 3 dB an octave from 20 Hz to 20 kHz', () => {
    const octaves = [31.25, 62.5, 125, 250, 500, 1000, 2000, 4000, 8000, 16000];
    const found = levels('pink', ...octaves);
    found.forEach((v, i) => expect(Math.abs(v - found[5]! - 3.01 * (5 - i))).toBeLessThan(0.8));
  });

  it('cabin falls by 12 dB an octave past 150 Hz and ends in a floor', () => {
    const [at600, at1200, at14k, at20k] = levels('cabin', 600, 1200, 14000, 20000);
    expect(at600! - at1200!).toBeGreaterThan(9.5);
    expect(at600! - at1200!).toBeLessThan(12.5);
    expect(Math.abs(at14k! - at20k!)).toBeLessThan(0.7);
  });

  it('engine has its energy at multiples of 40 Hz, most at the second', () => {
    const [first, second, between] = levels('engine', 40, 80, 60) as [number, number, number];
    expect(second).toBeGreaterThan(first);
    expect(second - between).toBeGreaterThan(15);
  });

  it('train hits two axles at a joint every 0.9 s', () => {
    const noise = makeNoise('train', 10 * 43200 + 4320);
    const after = (start: number) => meanSquare(noise.subarray(start, start + 480));
    const joint = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => after(i * 43200)).reduce((a, b) => a + b);
    const quiet = [1, 2, 3, 4, 5, 6, 7, 8, 9]
      .map((i) => after(i * 43200 - 9600))
      .reduce((a, b) => a + b);
    expect(joint / quiet).toBeGreaterThan(3);
  });

  it.each(['brown', 'sine:', 'sine:0.5', 'sine:24000', 'sine:1.2.3', 'toString'])(
    'refuses %s',
    (kind) => {
      const refusal = expect.objectContaining({
        code: 'NOISE_UNKNOWN',
        hint: expect.stringMatching(/cabin/),
      });
      expect(() => makeNoise(kind, 1)).toThrow(refusal);
    },
  );
});
