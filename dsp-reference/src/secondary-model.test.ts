import { describe, expect, it } from 'vitest';
import { EngineModel } from './model/index.ts';
import { builtinPaths } from './paths/builtin.ts';
import { impulseResponseOf, secondaryModelOf } from './secondary-model.ts';

describe('secondaryModelOf', () => {
  it.each([0, 24, 256, 300])('keeps path and latency of %i samples to 15 bits', (latency) => {
    const { secondary } = builtinPaths('builtin');
    const model = secondaryModelOf(secondary, latency);
    const response = impulseResponseOf(model);
    const peak = secondary.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    expect(response.length).toBe(Math.min(latency, 256) + 512);
    const kept = response.subarray(latency);
    kept.forEach((v, i) => expect(Math.abs(v - secondary[i]!)).toBeLessThan(peak * 2 ** -14));
    expect(response.subarray(0, latency).every((v) => v === 0)).toBe(true);
    expect(new EngineModel().setSecondary(model)).toBe(true);
  });

  it('leaves out taps past the number asked for', () => {
    expect(secondaryModelOf([0.5, 0.25, 0.125], 3, 2).taps_q15).toHaveLength(2);
  });

  it('refuses what no model can hold', () => {
    const cases: [number[], number][] = [
      [[0, 0], 0],
      [[], 0],
      [[1, NaN], 0],
      [[1e9], 0],
      [[1], 256 + 512],
    ];
    for (const [response, latency] of cases) {
      expect(() => secondaryModelOf(response, latency)).toThrow(
        expect.objectContaining({ code: 'MODEL_IMPOSSIBLE' }),
      );
    }
  });
});
