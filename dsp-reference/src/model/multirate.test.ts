import { describe, expect, it } from 'vitest';
import { MultirateFilter } from '../algorithms/multirate-filter.ts';
import { Random } from '../noise/random.ts';
import { DIRECT_TAPS, lateCount, MultirateModel } from './multirate.ts';

const COUNT = lateCount(1024);
const PADDED = Math.ceil(COUNT / 8) * 8;
const WINDOW = 32;

/** The branch on 16-bit samples, in units of full scale. */
function runModel(samples: Int16Array, weights: Int32Array): Float64Array {
  const model = new MultirateModel();
  const newestFirst = new Int32Array(samples.length + WINDOW);
  samples.forEach((v, n) => {
    const place = samples.length - 1 - n;
    newestFirst[place] = (place % 2 === 0 ? v : -v) * 2 ** 12;
  });
  return Float64Array.from(samples, (_, n) => {
    return model.step(newestFirst, samples.length - 1 - n, weights, 0, COUNT) / 2 ** 31;
  });
}

describe('the late branch in integers', () => {
  it('is that of the float64 filter within the rounding of 16 bits', () => {
    const random = new Random(1);
    const samples = Int16Array.from({ length: 12000 }, () => Math.round(9000 * random.white()));
    const weights = new Int32Array(PADDED);
    for (let j = 0; j < COUNT; j++) weights[j] = Math.round(2 ** 23 * random.white());
    const filter = new MultirateFilter(1024);
    const coefficients = new Float64Array(DIRECT_TAPS + COUNT);
    coefficients.set(
      Float64Array.from(weights.subarray(0, COUNT), (w) => w / 2 ** 28),
      DIRECT_TAPS,
    );
    // There a period begins with its decimated sample, here it ends with it.
    filter.next(0, coefficients);
    const output = runModel(samples, weights);
    let [error, power] = [0, 0];
    samples.forEach((v, n) => {
      const wanted = filter.next(v / 2 ** 15, coefficients);
      error += (output[n]! - wanted) ** 2;
      power += wanted ** 2;
    });
    // Each decimated sample is off by 1/√12 of 2^-15; the signal that is left after decimation is at -30 dBFS.
    expect(10 * Math.log10(error / power)).toBeLessThan(-60);
    expect(power).toBeGreaterThan(0);
  });

  it('keeps full scale, and saturates instead of wrapping', () => {
    const loud = new Int16Array(4096).fill(-32768);
    const one = new Int32Array(PADDED);
    one[0] = 2 ** 25;
    expect(runModel(loud, one).at(-1)).toBeCloseTo(-1, 6);
    const most = new Int32Array(PADDED).fill(2 ** 31 - 1 - 2 ** 24, 0, COUNT);
    expect(runModel(loud, most).at(-1)).toBeCloseTo(-16, 6);
  });
});
