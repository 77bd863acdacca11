import { describe, expect, it } from 'vitest';
import { Random } from '../noise/random.ts';
import { builtinPaths } from '../paths/builtin.ts';
import type { Paths } from '../paths/paths.ts';
import { convolve } from './convolve.ts';
import { Plant } from './plant.ts';

function random(count: number, seed: number, scale = 1): Float64Array {
  const source = new Random(seed);
  return Float64Array.from({ length: count }, () => scale * source.white());
}

/** out[n] = sum of h[k] x[n − k − delay]: what the names say, slowly. */
function direct(x: Float64Array, h: Float64Array, delay = 0): Float64Array {
  return x.map((_, n) => h.reduce((sum, v, k) => sum + v * (x[n - k - delay] ?? 0), 0));
}

function worst(a: Float64Array, b: Float64Array): number {
  return a.reduce((max, v, i) => Math.max(max, Math.abs(v - b[i]!)), 0);
}

const PATHS: Paths = {
  sampleRateHz: 48000,
  reference: random(5, 1, 0.1),
  primary: random(70, 2, 0.1),
  secondary: random(37, 3, 0.1),
  feedback: Float64Array.of(0, ...random(9, 4, 0.01)),
  label: 'random',
  fit: 'none',
};

describe('convolve', () => {
  it.each([1, 31, 32, 100, 1500])('agrees with the sum for a response of %i', (length) => {
    const [x, h] = [random(3001, 5), random(length, 6)];
    expect(worst(convolve(x, h), direct(x, h))).toBeLessThan(1e-10);
  });
});

describe('Plant', () => {
  it.each([0, 1, 7, 300])(
    'is the sum of its paths with %i samples of latency',
    (latencySamples) => {
      const noise = random(900, 7, 0.1);
      const outputs = random(900, 8, 0.1);
      const plant = new Plant(PATHS, noise, { latencySamples, micNoiseDb: -Infinity });
      const [x, e, d, sound] = [0, 1, 2, 3].map(() => new Float64Array(900)) as Float64Array[];
      outputs.forEach((y, n) => {
        x![n] = plant.reference();
        e![n] = plant.error(y);
        d![n] = plant.disturbance;
        sound![n] = plant.sound;
      });
      const heard = direct(outputs, PATHS.feedback, latencySamples);
      const antiNoise = direct(outputs, PATHS.secondary, latencySamples);
      const primary = direct(noise, PATHS.primary);
      const reference = direct(noise, PATHS.reference);
      expect(worst(d!, primary)).toBeLessThan(1e-12);
      expect(
        worst(
          x!,
          reference.map((v, n) => v + heard[n]!),
        ),
      ).toBeLessThan(1e-12);
      expect(
        worst(
          e!,
          primary.map((v, n) => v + antiNoise[n]!),
        ),
      ).toBeLessThan(1e-12);
      expect(e).toEqual(sound);
    },
  );

  it('clips the microphones at full scale, not the sound', () => {
    const paths = { ...PATHS, reference: Float64Array.of(2), primary: Float64Array.of(-3) };
    const plant = new Plant(paths, Float64Array.of(1), { micNoiseDb: -Infinity });
    expect([plant.reference(), plant.error(0), plant.sound]).toEqual([1, -1, -3]);
  });

  it('adds noise of its level to each microphone, independent and repeatable', () => {
    const run = (seed: number) => {
      const plant = new Plant(builtinPaths('builtin'), new Float64Array(20000), {
        micNoiseDb: -40,
        seed,
      });
      const pairs = Array.from(
        { length: 20000 },
        () => [plant.reference(), plant.error(0)] as const,
      );
      return { x: pairs.map((p) => p[0]), e: pairs.map((p) => p[1]) };
    };
    const { x, e } = run(5);
    const mean = (a: number[], b: number[]) =>
      a.reduce((sum, v, i) => sum + v * b[i]!, 0) / a.length;
    expect(10 * Math.log10(mean(x, x))).toBeCloseTo(-40, 0);
    expect(10 * Math.log10(mean(e, e))).toBeCloseTo(-40, 0);
    expect(Math.abs(mean(x, e)) / mean(x, x)).toBeLessThan(0.03);
    expect(run(5).x).toEqual(x);
    expect(run(6).x).not.toEqual(x);
  });

  it('refuses a latency that is no number of samples', () => {
    for (const latencySamples of [-1, 0.5, NaN]) {
      expect(() => new Plant(PATHS, new Float64Array(1), { latencySamples })).toThrow(RangeError);
    }
  });
});
