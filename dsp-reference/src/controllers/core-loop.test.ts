/** The controllers of the C core, single precision, against their float64 forms in the same loop. */
import { describe, expect, test } from 'vitest';
import { makeNoise } from '../noise/generators.ts';
import { builtinPaths } from '../paths/builtin.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { type CoreLoop, runCoreLoop } from './core-loop.ts';
import { neutralisedFxNlms } from './feedback-neutralisation.ts';
import { FrequencyDomain } from './frequency-domain.ts';
import { FxNlms } from './fxnlms.ts';
import { Hybrid } from './hybrid.ts';
import { ImcFeedback } from './imc-feedback.ts';
import { ModifiedFxLms } from './modified-fxlms.ts';
import { NormalEquations } from './normal-equations/normal-equations.ts';
import { OnlineSecondary } from './online-secondary.ts';
import { Preconditioned } from './preconditioned.ts';
import { Selective } from './selective.ts';
import { delayed, runTrial } from './trial.ts';
import { VariableStep } from './variable-step.ts';

const RATE = 48000;
const LATENCY = 5;
const PATHS = builtinPaths('builtin:normal');
const OPTIONS = {
  sampleRateHz: RATE,
  taps: 512,
  secondary: delayed(PATHS.secondary.subarray(0, 379), LATENCY),
  feedback: delayed(PATHS.feedback, LATENCY),
};
const NOISE = makeNoise('cabin', 2 * RATE, { levelDb: -23, seed: 1 });

/**
 * The float64 form, and how far the C form's sound at the ear may be from it, RMS over the second second relative to the
 * sound without the canceller, dB: rounding alone, unless the algorithm decides by thresholds.
 */
const FORMS: Readonly<
  Record<string, { make: (options: ControllerOptions) => Controller; withinDb: number }>
> = {
  fxnlms: { make: (o) => new FxNlms(o), withinDb: -100 },
  'modified-fxlms': { make: (o) => new ModifiedFxLms(o), withinDb: -100 },
  'imc-feedback': { make: (o) => new ImcFeedback(o), withinDb: -100 },
  hybrid: { make: (o) => new Hybrid(o), withinDb: -100 },
  'feedback-neutralisation': { make: neutralisedFxNlms, withinDb: -100 },
  'variable-step': { make: (o) => new VariableStep(o), withinDb: -100 },
  'online-secondary': { make: (o) => new OnlineSecondary(o), withinDb: -100 },
  'frequency-domain': { make: (o) => new FrequencyDomain(o), withinDb: -80 },
  preconditioned: { make: (o) => new Preconditioned(o), withinDb: -80 },
  'normal-equations': {
    make: (o) => new NormalEquations({ ...o, regularisation: 1e-5 }),
    withinDb: -50,
  },
  'normal-equations-online': {
    make: (o) => new NormalEquations({ ...o, regularisation: 1e-5, probeDb: -16 }),
    withinDb: -50,
  },
  selective: { make: (o) => new Selective(o), withinDb: -80 },
};

function rms(signal: ArrayLike<number>, from: number): number {
  let sum = 0;
  for (let n = from; n < signal.length; n++) sum += signal[n]! ** 2;
  return Math.sqrt(sum / (signal.length - from));
}

describe.each(Object.entries(FORMS))('%s', (algorithm, { make, withinDb }) => {
  test('in C does what float64 does', () => {
    const loop = { paths: PATHS, latencySamples: LATENCY, noise: NOISE };
    const core = runCoreLoop({ ...loop, ...OPTIONS, algorithm });
    const reference = runTrial({ ...loop, controller: make(OPTIONS) });
    const difference = core.on.map((v, n) => v - reference.on[n]!);
    expect(20 * Math.log10(rms(difference, RATE) / rms(reference.off, RATE))).toBeLessThan(
      withinDb,
    );
    // it did something
    expect(rms(core.on, RATE)).toBeLessThan(0.9 * rms(core.off, RATE));
    expect(core.resets).toBe(0);
  });
});

describe('online-secondary in C', () => {
  const SECONDS = 6;
  const noise = makeNoise('cabin', SECONDS * RATE, { levelDb: -23, seed: 2 });
  const run = (changes: Partial<CoreLoop>) => {
    const loop = { paths: PATHS, latencySamples: LATENCY, noise, ...OPTIONS, taps: 256 };
    const { off, on, resets } = runCoreLoop({ ...loop, algorithm: 'online-secondary', ...changes });
    expect(resets).toBe(0);
    const from = (SECONDS - 1) * RATE;
    return 20 * Math.log10(rms(off, from) / rms(on, from));
  };
  const flipped = PATHS.secondary.map((v) => -v);

  test('learns a path that it was not given', () => {
    expect(run({ secondary: new Float64Array(0) })).toBeGreaterThan(3);
    expect(run({ secondary: new Float64Array(0), algorithm: 'fxnlms' })).toBeCloseTo(0, 6);
  });

  test('learns a path that changed its sign', () => {
    const change = { at: RATE, paths: { ...PATHS, secondary: flipped } };
    expect(run({ change })).toBeGreaterThan(3);
    expect(run({ change, algorithm: 'fxnlms' })).toBeLessThan(0);
  });
});
