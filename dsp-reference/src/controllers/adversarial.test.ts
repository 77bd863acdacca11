import { describe, expect, test } from 'vitest';
import {
  ADVERSARIAL_CASES,
  ADVERSARIAL_LIMIT,
  runAdversarial,
  runInterrupted,
} from './adversarial-cases.ts';
import { ALGORITHMS } from './index.ts';

describe.each(Object.entries(ALGORITHMS))('%s', (_, algorithm) => {
  test.each(ADVERSARIAL_CASES)('%s: within the limit, and a number', (title) => {
    const result = runAdversarial(title, (options) =>
      algorithm.create({ ...options, arithmetic: 'float64' }),
    );
    expect(result.peak).toBeLessThanOrEqual(ADVERSARIAL_LIMIT);
    expect(result.on.every(Number.isFinite)).toBe(true);
  });

  test('samples that are not finite now and then do not stop it', () => {
    const result = runInterrupted(NaN, (options) =>
      algorithm.create({ ...options, arithmetic: algorithm.arithmetics[0]! }),
    );
    expect(result.attenuationDb(0.9, 1.2)).toBeGreaterThan(1);
  });
});
