/** A loudspeaker that is too weak for the best filter. */
import { expect, test } from 'vitest';
import { makeNoise } from '../../noise/generators.ts';
import { builtinPaths } from '../../paths/builtin.ts';
import { wienerBound } from '../../wiener.ts';
import { delayed, runTrial } from '../trial.ts';
import { NormalEquations } from './normal-equations.ts';

const RATE = 48000;
const LATENCY = 5;
const PATHS = builtinPaths('builtin:normal');
const SECONDS = 6;
const noise = makeNoise('cabin', SECONDS * RATE, { levelDb: -23, seed: 3 });
const ear = { paths: PATHS, noise, latencySamples: LATENCY };
const free = wienerBound({ ...ear, taps: 512, weighting: 'heard' });
/** 6 dB less than the best filter takes. */
const outputLimitDb = 20 * Math.log10(free.outputPeak / 2);

test.each(['none', 'heard', 'strict'] as const)('the bound (%s) within a limit', (weighting) => {
  const within = wienerBound({ ...ear, taps: 512, weighting, outputLimitDb });
  const without = wienerBound({ ...ear, taps: 512, weighting });
  const excessDb = 20 * Math.log10(within.outputPeak) - outputLimitDb;
  expect(excessDb).toBeLessThan(0.1);
  // not by more than it takes
  expect(excessDb).toBeGreaterThan(-0.5);
  expect(within.band50To1000Db).toBeLessThan(without.band50To1000Db - 1);
  expect(within.band50To1000Db).toBeGreaterThan(3);
});

test('the controller keeps its filter within the limit and comes near the bound for that', () => {
  const outputLimit = 10 ** (outputLimitDb / 20);
  const controller = new NormalEquations({
    sampleRateHz: RATE,
    taps: 512,
    secondary: delayed(PATHS.secondary.subarray(0, 379), LATENCY),
    outputLimit,
  });
  let [limited, samples] = [0, 0];
  const counting = {
    output: (x: number) => {
      const y = controller.output(x);
      // it begins without knowing how high the noise peaks
      if (++samples > RATE && Math.abs(y) >= outputLimit) limited++;
      return y;
    },
    adapt: (e: number) => controller.adapt(e),
  };
  const result = runTrial({ ...ear, controller: counting });
  const bound = wienerBound({ ...ear, taps: 512, weighting: 'heard', outputLimitDb });
  expect(limited / (samples - RATE)).toBeLessThan(0.002);
  expect(result.attenuationDb(3, SECONDS)).toBeGreaterThan(bound.band50To1000Db - 1.5);
  expect(controller.design.effort.weightDb).toBeGreaterThan(-60);
});
