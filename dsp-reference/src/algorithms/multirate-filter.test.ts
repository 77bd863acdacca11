import { describe, expect, it } from 'vitest';
import { Random } from '../noise/random.ts';
import { convolve } from '../plant/convolve.ts';
import {
  DIRECT_TAPS,
  equivalentFilter,
  LATE_KERNEL,
  lateCount,
  lateLag,
  MultirateFilter,
  multirateReach,
  reachOf,
  RATE_RATIO,
  SPLINE,
} from './multirate-filter.ts';

const RATE = 48000;
const REACH = 1024;
const COUNT = DIRECT_TAPS + lateCount(REACH);

function randomCoefficients(seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: COUNT }, () => random.white());
}

/** Largest difference from the equivalent FIR, relative to its output's largest magnitude, dB; both settled. */
function differenceDb(input: Float64Array, coefficients: Float64Array): number {
  const filter = new MultirateFilter(REACH);
  const wanted = convolve(input, equivalentFilter(coefficients, REACH));
  let [most, peak] = [0, 0];
  input.forEach((sample, n) => {
    const y = filter.next(sample, coefficients);
    if (n < 2 * REACH) return;
    most = Math.max(most, Math.abs(y - wanted[n]!));
    peak = Math.max(peak, Math.abs(wanted[n]!));
  });
  return 20 * Math.log10(most / peak);
}

/** Of the interpolation filter: four boxes of eight samples. */
function splineGain(hz: number): number {
  const angle = (Math.PI * hz) / RATE;
  return Math.abs(Math.sin(RATE_RATIO * angle) / (RATE_RATIO * Math.sin(angle))) ** 4;
}

describe('the multirate filter', () => {
  it('has kernels that end within the reach, the last one at its end', () => {
    for (const taps of [32, 128, 200, 1000, 1024, 4096]) {
      const reach = multirateReach(taps);
      const end = lateLag(lateCount(reach) - 1) + LATE_KERNEL.length;
      expect(end).toBeLessThanOrEqual(reach);
      expect(reachOf(DIRECT_TAPS + lateCount(reach))).toBe(reach);
      expect(end + RATE_RATIO).toBeGreaterThan(reach);
    }
    expect(COUNT).toBe(180);
    expect(SPLINE.reduce((sum, v) => sum + v, 0)).toBe(RATE_RATIO ** 4);
    expect(LATE_KERNEL.reduce((sum, v) => sum + v, 0)).toBeCloseTo(RATE_RATIO, 12);
  });

  it.each([100, 500, 1000, 1500, 2500])('differs from its FIR by images alone: %i Hz', (hz) => {
    let images = 0;
    for (let k = 1; k < RATE_RATIO; k++) images += splineGain(hz + (k * RATE) / RATE_RATIO);
    const mostDb = 20 * Math.log10(images / splineGain(hz));
    const tone = Float64Array.from({ length: 8192 }, (_, n) =>
      Math.sin((2 * Math.PI * hz * n) / RATE),
    );
    const late = new Float64Array(COUNT);
    late[DIRECT_TAPS + 10] = 1;
    const db = differenceDb(tone, late);
    expect(db).toBeLessThan(mostDb + 0.01);
    expect(db).toBeGreaterThan(mostDb - 3);
  });

  it('has images 83 dB below 500 Hz and 55 dB below 1 kHz', () => {
    const imageDb = (hz: number) => 20 * Math.log10(splineGain(6000 - hz) / splineGain(hz));
    expect(imageDb(500)).toBeCloseTo(-82.6, 1);
    expect(imageDb(1000)).toBeCloseTo(-55.3, 1);
  });

  it('is its FIR for any coefficients where the sound is low', () => {
    const random = new Random(1);
    const state = [0, 0, 0, 0];
    // four poles at 150 Hz
    const low = Float64Array.from({ length: 16384 }, () => {
      let v = random.white();
      for (let i = 0; i < 4; i++) v = state[i]! += 0.02 * (v - state[i]!);
      return v;
    });
    expect(differenceDb(low, randomCoefficients(2))).toBeLessThan(-55);
  });

  it('is exactly an FIR where only the direct taps are set', () => {
    const random = new Random(3);
    const noise = Float64Array.from({ length: 4096 }, () => random.white());
    const direct = randomCoefficients(4).fill(0, DIRECT_TAPS);
    expect(differenceDb(noise, direct)).toBeLessThan(-280);
  });

  it('takes as many multiplications as its shape says', () => {
    const perSample = DIRECT_TAPS + (lateCount(REACH) + 2 * SPLINE.length) / RATE_RATIO;
    expect(perSample).toBeLessThan(REACH / 11);
  });
});
