/** What may go wrong around a controller, as closed loops of half a second: the same table for every implementation. */
import { makeNoise } from '../noise/generators.ts';
import { builtinPaths } from '../paths/builtin.ts';
import { completeSettings } from '../simulate/settings.ts';
import type { Controller } from './controller.ts';
import type { AlgorithmOptions } from './index.ts';
import { delayed, runTrial } from './trial.ts';
import type { Trial, TrialResult } from './trial.ts';

/** Makes the controller under test. */
export type Make = (options: Omit<AlgorithmOptions, 'arithmetic' | 'makeF32'>) => Controller;

const RATE = 48000;
const COUNT = 0.5 * RATE;
const LATENCY = 5;
const TAPS = 64;
const LIMIT_DB = -6;
/** Largest magnitude that an output may have. */
export const ADVERSARIAL_LIMIT = 10 ** (LIMIT_DB / 20);

const NORMAL = builtinPaths('builtin:normal');
const LOOSE = builtinPaths('builtin:loose');
const MODEL = delayed(NORMAL.secondary.subarray(0, 256), LATENCY);
const FLIPPED = { ...NORMAL, secondary: NORMAL.secondary.map((v) => -v) };
/** 40 dB more than built in: the loop through the reference microphone howls. */
const HOWLING = { ...NORMAL, feedback: NORMAL.feedback.map((v) => 100 * v) };

const cabin = makeNoise('cabin', COUNT, { levelDb: -23, seed: 5 });
const scaled = (gain: (n: number) => number) => cabin.map((v, n) => gain(n) * v);
const isHalf = (n: number) => n < COUNT / 2;

type Case = Partial<Trial> & { readonly model?: Float64Array };

const CASES: Readonly<Record<string, Case>> = {
  'a quiet reference and a loud ear': { noise: scaled(() => 1e-4), atEar: cabin },
  zeros: { noise: new Float64Array(COUNT), micNoiseDb: -Infinity },
  DC: { noise: cabin.map((v) => v + 0.4) },
  'loud, then quiet': { noise: scaled((n) => (isHalf(n) ? 8 : 1e-4)) },
  clipped: { noise: scaled(() => 30) },
  'an impulse train': { noise: cabin.map((_, n) => (n % 2400 === 0 ? 0.9 : 0)) },
  'samples that are not finite': {
    hear: (v, n) => (n % 50 === 7 ? NaN : n % 61 === 9 ? Infinity : n % 67 === 9 ? -Infinity : v),
  },
  'samples far above full scale': { hear: (v, n) => (n % 997 < 3 ? 1e5 * v : v) },
  'a secondary path of the other sign': { model: MODEL.map((v) => -v) },
  'a secondary path that is 20 samples later': { latencySamples: LATENCY + 20 },
  'the model of another ear': { model: delayed(LOOSE.secondary.subarray(0, 256), LATENCY) },
  'no model at all': { model: new Float64Array(0) },
  'a path that changes': { change: { at: COUNT / 2, paths: LOOSE } },
  'a path that changes its sign': { change: { at: COUNT / 2, paths: FLIPPED } },
  'a loudspeaker that saturates': { speak: (y) => Math.max(-0.02, Math.min(0.02, y)) },
  'a loudspeaker that is dead': { speak: () => 0 },
  'a reference microphone that hears the loudspeaker': { paths: HOWLING },
};
export const ADVERSARIAL_CASES: readonly string[] = Object.keys(CASES);

const options = {
  settings: completeSettings({ taps: TAPS, outputLimitDb: LIMIT_DB }),
  stepSize: undefined,
  sampleRateHz: RATE,
  feedback: delayed(NORMAL.feedback, LATENCY),
};

/** @param title one of ADVERSARIAL_CASES */
export function runAdversarial(title: string, make: Make): TrialResult {
  const { model = MODEL, ...changes } = CASES[title]!;
  const controller = make({ ...options, secondary: model });
  return runTrial({
    paths: NORMAL,
    noise: cabin,
    latencySamples: LATENCY,
    controller,
    ...changes,
  });
}

/** Both microphones give what no sample is for 10 ms, 0.2 s after the start of 1.2 s of an engine's noise. */
export function runInterrupted(what: number, make: Make): TrialResult {
  return runTrial({
    paths: NORMAL,
    noise: makeNoise('engine', 1.2 * RATE, { levelDb: -23, seed: 6 }),
    latencySamples: LATENCY,
    controller: make({ ...options, secondary: MODEL }),
    hear: (v, n) => (n > 9600 && n < 10080 ? what : v),
  });
}
