import { expect, test } from 'vitest';
import { slopeOf } from './slope.ts';

test('a line is found again, and how sure it is', () => {
  const line = Array.from({ length: 10 }, (_, x) => [x, 3 - 0.5 * x] as const);
  expect(slopeOf(line)).toMatchObject({ slope: -0.5, mean: 0.75 });
  expect(slopeOf(line).error).toBeLessThan(1e-9);
  // ±1 in turn: by the textbook, sqrt(Σr²/(n−2)/Σ(x−x̄)²) around a slope of nearly 0
  const noisy = Array.from({ length: 100 }, (_, x) => [x, x % 2 ? 1 : -1] as const);
  const { slope, error } = slopeOf(noisy);
  expect(Math.abs(slope)).toBeLessThan(2 * error);
  expect(error).toBeCloseTo(Math.sqrt(100 / 98 / 83_325), 3);
});

test('two points have no slope', () => {
  expect(() =>
    slopeOf([
      [0, 1],
      [1, 1],
    ]),
  ).toThrow(RangeError);
});
