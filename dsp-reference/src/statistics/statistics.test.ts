import { describe, expect, it } from 'vitest';
import { DspError } from '../errors.ts';
import { aWeightDb, aWeightedPower } from '../measures/a-weighting.ts';
import { Random } from '../noise/random.ts';
import { welch } from '../simulate/bands.ts';
import { COMPARED_BANDS, compareResiduals, residualLevels } from './compare-levels.ts';
import type { ResidualLevels } from './compare-levels.ts';
import { pairedDifference } from './paired.ts';
import { studentQuantile, studentTail } from './student-t.ts';

function gaussian(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}

describe("Student's t", () => {
  // Two-sided critical values as printed in every table (Fisher & Yates); 1 and 2 degrees have closed forms.
  it.each([
    [1, 0.05, 12.706],
    [2, 0.01, 9.925],
    [5, 0.02, 3.365],
    [9, 0.01, 3.25],
    [9, 0.001, 4.781],
    [30, 0.05, 2.042],
    [1000, 0.05, 1.962],
  ])('with %d degrees of freedom exceeds at %f the value of the tables', (freedom, tail, t) => {
    expect(studentQuantile(tail, freedom)).toBeCloseTo(t, 3);
  });

  it('has the closed forms of one and two degrees of freedom', () => {
    for (let t = 0; t < 40; t += 0.37) {
      expect(studentTail(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 10);
      expect(studentTail(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 10);
    }
  });

  it('quantile and tail undo each other', () => {
    const random = new Random(3);
    for (let i = 0; i < 200; i++) {
      const freedom = 1 + Math.floor(60 * random.uniform());
      const tail = 10 ** (-6 * random.uniform()) * 0.999;
      expect(studentTail(studentQuantile(tail, freedom), freedom) / tail).toBeCloseTo(1, 8);
    }
  });
});

describe('a paired difference', () => {
  const samples = (random: Random, n: number, mean: number, spread: number) =>
    Array.from({ length: n }, () => mean + spread * gaussian(random));

  it('turns its sign with the sides, moves with an offset, scales with the unit', () => {
    const random = new Random(5);
    for (let i = 0; i < 100; i++) {
      const d = samples(random, 3 + (i % 12), gaussian(random), 1);
      const one = pairedDifference(d, 0.05);
      const turned = pairedDifference(
        d.map((x) => -x),
        0.05,
      );
      expect([turned.mean, turned.low, turned.high]).toEqual([-one.mean, -one.high, -one.low]);
      const moved = pairedDifference(
        d.map((x) => 2 * x + 3),
        0.05,
      );
      expect(moved.low).toBeCloseTo(2 * one.low + 3, 9);
      expect(moved.high).toBeCloseTo(2 * one.high + 3, 9);
      expect(one.isDifferent).toBe(one.p < 0.05);
    }
  });

  it('holds the true mean as often as it says', () => {
    const random = new Random(11);
    let missed = 0;
    for (let i = 0; i < 4000; i++) {
      const { low, high } = pairedDifference(samples(random, 6, 0.7, 2), 0.1);
      if (low > 0.7 || high < 0.7) missed++;
    }
    // 400 expected, standard deviation 19
    expect(Math.abs(missed - 400)).toBeLessThan(4 * 19);
  });

  it('needs three finite numbers', () => {
    for (const bad of [[], [1, 2], [1, 2, NaN]])
      expect(() => pairedDifference(bad, 0.05)).toThrow(DspError);
    expect(() => pairedDifference([1, 2, 3], 0)).toThrow('the error is 0');
    expect(pairedDifference([0, 0, 0], 0.05)).toMatchObject({ isDifferent: false, p: 1 });
  });
});

describe('A-weighting', () => {
  // IEC 61672-1 table 3, rounded to tenths there, at exact frequencies
  it.each([
    [31.623, -39.4],
    [63.096, -26.2],
    [125.893, -16.1],
    [251.189, -8.6],
    [501.187, -3.2],
    [1000, 0],
    [1995.26, 1.2],
    [3981.07, 1],
    [7943.28, -1.1],
  ])('at %d Hz is %f dB', (hz, db) => {
    expect(Math.abs(aWeightDb(hz) - db)).toBeLessThan(0.06);
  });

  it('of a tone is its level and the weight', () => {
    const tone = Float64Array.from({ length: 48000 }, (_, n) => Math.sin((n * 2 * Math.PI) / 384));
    const db = 10 * Math.log10(aWeightedPower(welch(tone, 48000)));
    expect(db).toBeCloseTo(-3.01 + aWeightDb(125), 1);
  });
});

/** Levels as they are measured: of three seconds of noise a band of width w has about 2·3·w independent values. */
function simulated(random: Random, changeDb: (centreHz: number) => number): ResidualLevels {
  const swell = 3 * gaussian(random);
  const spreadDb = COMPARED_BANDS.map(
    ({ lowHz, highHz }) => 4.34 / Math.sqrt(3 * (highHz - lowHz)),
  );
  // What reference and error share, and what they do not.
  const shared = spreadDb.map((spread) => spread * gaussian(random));
  const level = (i: number) => swell + shared[i]! + 0.5 * spreadDb[i]! * gaussian(random);
  const bandsDb = COMPARED_BANDS.map(({ centreHz }, i) => -40 + level(i) + changeDb(centreHz));
  const referenceDb = COMPARED_BANDS.map((_, i) => -25 + level(i));
  const total = (db: readonly number[]) =>
    10 *
    Math.log10(
      db.reduce((sum, v, i) => sum + 10 ** ((v + aWeightDb(COMPARED_BANDS[i]!.centreHz)) / 10), 0),
    );
  return {
    aWeightedDb: total(bandsDb),
    bandsDb,
    reference: { aWeightedDb: total(referenceDb), bandsDb: referenceDb },
  };
}

function trial(random: Random, pairs: number, changeDb: (centreHz: number) => number) {
  return compareResiduals(
    Array.from({ length: pairs }, () => [simulated(random, () => 0), simulated(random, changeDb)]),
  );
}

describe('a comparison of two settings', () => {
  it.each([1, 2, 3])(
    'finds no difference in at least 95 of 100 runs of identical settings, seed %d',
    (seed) => {
      const random = new Random(seed);
      const runs = Array.from({ length: 100 }, () => trial(random, 10, () => 0));
      const right = runs.filter(({ verdict }) => verdict === 'no difference').length;
      expect(right).toBeGreaterThanOrEqual(95);
    },
  );

  it('over many runs finds a difference that is none no more often than it says', () => {
    const random = new Random(17);
    const count = 2000;
    const runs = Array.from({ length: count }, () => trial(random, 6, () => 0));
    const wrong = runs.filter(({ verdict }) => verdict !== 'no difference').length;
    // 40 allowed; four standard deviations of a binomial count above
    expect(wrong).toBeLessThan(40 + 4 * 6.3);
    // A test that never finds anything would pass the line above.
    expect(wrong).toBeGreaterThan(2);
  });

  it('finds 2 dB below 400 Hz with its sign, whichever side has it, and the interval holds it', () => {
    const random = new Random(23);
    for (let i = 0; i < 50; i++) {
      const sign = i % 2 === 0 ? -1 : 1;
      const { verdict, bands } = trial(random, 10, (hz) => (hz < 400 ? 2 * sign : 0));
      expect(verdict).toBe(sign < 0 ? 'B is quieter' : 'A is quieter');
      const at250 = bands.find(({ centreHz }) => centreHz === 250)!;
      expect(at250.isDifferent).toBe(true);
      expect(at250.low < 2 * sign && at250.high > 2 * sign).toBe(true);
      expect(Math.sign(at250.mean)).toBe(sign);
    }
  });

  it('says of opposite changes that they are mixed, or which one A-weighting hears', () => {
    const random = new Random(29);
    const { sentence, bands } = trial(random, 12, (hz) => (hz < 200 ? -6 : hz > 2500 ? 4 : 0));
    expect(bands.filter((b) => b.isDifferent && b.mean < 0).length).toBeGreaterThan(3);
    expect(sentence).toMatch(/^A is quieter by .* dB A-weighted .*louder at [\d, ]+ Hz\.$/);
  });

  it('leaves out bands without sound', () => {
    const silent = residualLevels(
      { stepHz: 10, density: new Float64Array(2401).fill(1e-9) },
      { stepHz: 10, density: new Float64Array(2401) },
    );
    const { bands } = compareResiduals([
      [silent, silent],
      [silent, silent],
      [silent, silent],
    ]);
    expect(bands).toEqual([]);
  });
});
