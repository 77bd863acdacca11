import { describe, expect, test } from 'vitest';
import { levelDb } from '../audio/level.ts';
import { misalignmentDb } from '../measures/misalignment.ts';
import { Fxlms, Fxnlms } from './fxlms.ts';
import { History } from './history.ts';
import { Nlms } from './nlms.ts';

/** Uniform, RMS 1, the same every time. */
function whiteNoise(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return (Number(state >> 33n) / 2 ** 31 - 0.5) * Math.sqrt(12);
  };
}

function room(taps: number, noise: () => number): Float64Array {
  return Float64Array.from({ length: taps }, (_, i) => noise() * Math.exp((-4 * i) / taps));
}

describe('NLMS', () => {
  test('equals the textbook recursion to 1e-12 of full scale over 48,000 samples', () => {
    const noise = whiteNoise(1);
    const [taps, stepSize, epsilon] = [128, 0.3, 1e-3];
    let largest = 0;
    const nlms = new Nlms({ taps, stepSize, epsilon });
    const w = new Array<number>(taps).fill(0);
    const x = new Array<number>(taps).fill(0);
    for (let n = 0; n < 48000; n++) {
      x.unshift(noise() / 4);
      x.pop();
      const d = noise() / 4;
      const e = d - w.reduce((sum, v, i) => sum + v * x[i]!, 0);
      const power = x.reduce((sum, v) => sum + v * v, 0);
      for (let i = 0; i < taps; i++) w[i]! += (stepSize * e * x[i]!) / (epsilon + power);
      largest = Math.max(largest, Math.abs(nlms.step(x[0]!, d) - e));
    }
    expect(largest).toBeLessThan(1e-12);
  });

  test.each([0.1, 0.5, 1])('µ %d leaves the excess error that theory gives', (stepSize) => {
    const [x, v, h] = [whiteNoise(2), whiteNoise(3), room(64, whiteNoise(4))];
    const nlms = new Nlms({ taps: 64, stepSize });
    const history = new History(64);
    const errors: number[] = [];
    for (let n = 0; n < 60000; n++) {
      history.put(x());
      const e = nlms.step(history.get(0), history.dot(h) + 1e-3 * v());
      if (n >= 20000) errors.push(e);
    }
    // Excess mean square error of NLMS: noise power · 2/(2 − µ)
    expect(levelDb(errors)).toBeCloseTo(-60 + 10 * Math.log10(2 / (2 - stepSize)), 0);
    expect(misalignmentDb(nlms.weights, h)).toBeLessThan(-50);
  });

  test('leakage pulls the weights towards zero', () => {
    const [x, h] = [whiteNoise(5), room(32, whiteNoise(6))];
    const sizes = [0, 1e-3].map((leak) => {
      const nlms = new Nlms({ taps: 32, stepSize: 0.1, leak });
      const history = new History(32);
      for (let n = 0; n < 20000; n++) {
        history.put(x());
        nlms.step(history.get(0), history.dot(h));
      }
      return Math.hypot(...nlms.weights);
    });
    expect(sizes[1]!).toBeLessThan(0.9 * sizes[0]!);
  });

  test.each([{ taps: 0 }, { taps: 1.5 }, { stepSize: -1 }, { leak: 1 }, { epsilon: NaN }])(
    '%o is refused',
    (wrong) => {
      expect(() => new Nlms({ taps: 8, stepSize: 0.1, ...wrong })).toThrow(/make no filter/);
    },
  );
});

describe.each([
  { name: 'FxLMS', Algorithm: Fxlms, stepSize: 2e-3 },
  { name: 'FxNLMS', Algorithm: Fxnlms, stepSize: 0.1 },
])('$name', ({ Algorithm, stepSize }) => {
  const secondary = Float64Array.of(0, 0, 0.5, 0.3, -0.1);
  const primary = Float64Array.of(0, 0, 0, 0, 0.6, 0.2, -0.3, 0.1);

  function errorDb(model: Float64Array): number {
    const noise = whiteNoise(7);
    const algorithm = new Algorithm({ taps: 32, stepSize, secondary: model });
    const [x, y] = [new History(8), new History(5)];
    const tail: number[] = [];
    for (let n = 0; n < 40000; n++) {
      x.put(noise());
      y.put(algorithm.output(x.get(0)));
      const e = x.dot(primary) + y.dot(secondary);
      algorithm.adapt(e);
      if (n > 35000) tail.push(e);
      if (Math.abs(e) > 1e6) return Infinity;
    }
    return levelDb(tail);
  }

  test('cancels through a secondary path', () => {
    expect(errorDb(secondary)).toBeLessThan(-40);
  });

  test('diverges when the model has the wrong sign', () => {
    expect(errorDb(secondary.map((v) => -v))).toBe(Infinity);
  });
});
