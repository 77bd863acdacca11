/** A loudspeaker that is too weak for the best filter. */
import { expect, test } from 'vitest';
import { makeNoise } from '../../noise/generators.ts';
import { builtinPaths } from '../../paths/builtin.ts';
import { wienerBound } from '../../wiener.ts';
import { runCoreLoop } from '../core-loop.ts';
import { bandPower, welch } from '../../simulate/bands.ts';
import { delayed, runTrial } from '../trial.ts';
import { NormalEquations } from './normal-equations.ts';

const RATE = 48000;
const LATENCY = 5;
const PATHS = builtinPaths('builtin:normal');
const SECONDS = 6;
const noise = makeNoise('cabin', SECONDS * RATE, { levelDb: -23, seed: 3 });
const ear = { paths: PATHS, noise, latencySamples: LATENCY };
const free = wienerBound({ ...ear, taps: 512, weighting: 'heard' });
/** 12 dB less than the best filter takes: cut off, it is no longer the best. */
const outputLimitDb = 20 * Math.log10(free.outputPeak / 4);

test.each(['none', 'heard', 'strict'] as const)('the bound (%s) behind a limiter', (weighting) => {
  const options = { ...ear, taps: 512, weighting };
  const without = wienerBound(options);
  const behind = wienerBound({ ...options, outputLimitDb });
  const wide = wienerBound({ ...options, outputLimitDb: 20 * Math.log10(without.outputPeak) });
  expect(behind.band50To1000Db).toBeLessThan(without.band50To1000Db - 1);
  expect(behind.band50To1000Db).toBeGreaterThan(3);
  // it asks for less, and what never acts costs nothing
  expect(behind.outputPeak).toBeLessThan(without.outputPeak);
  expect(wide.band50To1000Db).toBeCloseTo(without.band50To1000Db, 6);
});

const outputLimit = 10 ** (outputLimitDb / 20);
const OPTIONS = {
  sampleRateHz: RATE,
  taps: 512,
  secondary: delayed(PATHS.secondary.subarray(0, 379), LATENCY),
  outputLimit,
};

function inFloat64() {
  const controller = new NormalEquations(OPTIONS);
  const output = new Float64Array(noise.length);
  let n = 0;
  const watched = {
    output: (x: number) => (output[n++] = controller.output(x)),
    adapt: (e: number) => controller.adapt(e),
  };
  const { off, on } = runTrial({ ...ear, controller: watched });
  return { off, on, output };
}

function inC() {
  const { off, on, output } = runCoreLoop({ ...ear, ...OPTIONS, algorithm: 'normal-equations' });
  return { off: Float64Array.from(off), on: Float64Array.from(on), output };
}

test.each([
  ['float64', inFloat64],
  ['C', inC],
] as const)('%s comes near the bound behind a limiter', (_, run) => {
  const { off, on, output } = run();
  const cut = output.filter((y) => Math.abs(y) >= 0.9999 * outputLimit).length;
  expect(cut).toBeGreaterThan(0);
  const power = (s: Float64Array) => bandPower(welch(s.subarray(3 * RATE), RATE), 50, 1000);
  const attenuationDb = 10 * Math.log10(power(off) / power(on));
  const bound = wienerBound({ ...ear, taps: 512, weighting: 'heard', outputLimitDb });
  expect(attenuationDb).toBeGreaterThan(bound.band50To1000Db - 1.5);
  expect(attenuationDb).toBeLessThan(bound.band50To1000Db + 0.5);
});
