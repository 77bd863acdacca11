import { describe, expect, test } from 'vitest';
import { gainDb, loopGain } from './response.ts';

const RATE = 48000;

function impulse(delay: number, height: number, length = 64): Float64Array {
  const response = new Float64Array(length);
  response[delay] = height;
  return response;
}

describe('what a response says', () => {
  test('a delayed impulse has its height at every frequency', () => {
    expect(gainDb(impulse(7, 0.5), 63, 250, RATE)).toBeCloseTo(-6.02, 2);
    expect(gainDb(impulse(0, -2), 500, 4000, RATE)).toBeCloseTo(6.02, 2);
  });

  test('a first difference falls by 6 dB an octave towards low frequencies', () => {
    const difference = Float64Array.of(1, -1);
    const [low, high] = [100, 200].map((hz) => gainDb(difference, hz, hz, RATE));
    expect(high! - low!).toBeCloseTo(6.02, 1);
  });

  test('where a measured path is its own noise alone, it has no gain', () => {
    const noise = (seed: number) => {
      let state = seed;
      return Float64Array.from({ length: 512 }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return 1e-3 * (state / 2 ** 31 - 1);
      });
    };
    const filter = impulse(0, 10);
    const unheard = loopGain(filter, noise(1), RATE);
    const heard = noise(2);
    heard[5]! += 0.1;
    expect(loopGain(filter, heard, RATE)!.gainDb).toBeGreaterThan(-1);
    expect(unheard).toBeNull();
  });

  test('the gain of a loop is that of both', () => {
    const loop = loopGain(impulse(3, 4), impulse(9, 0.025, 512), RATE);
    expect(loop?.gainDb).toBeCloseTo(-20, 3);
    expect(loopGain(new Float64Array(8), impulse(0, 1), RATE)).toBeNull();
    // loudest where a resonance is
    const resonance = Float64Array.from({ length: 4096 }, (_, n) => {
      return 0.999 ** n * Math.cos((2 * Math.PI * 1000 * n) / RATE);
    });
    expect(Math.abs(loopGain(resonance, impulse(0, 1, 512), RATE)!.hz - 1000)).toBeLessThan(60);
  });
});
