/** The block and selective controllers of the C core against float64, where the plain run does not go: sizes, limits, a library. */
import { expect, test } from 'vitest';
import { makeNoise } from '../noise/generators.ts';
import { builtinPaths } from '../paths/builtin.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { runCoreLoop } from './core-loop.ts';
import type { CoreLoop } from './core-loop.ts';
import { FrequencyDomain } from './frequency-domain.ts';
import { Preconditioned } from './preconditioned.ts';
import { Selective } from './selective.ts';
import { delayed, runTrial } from './trial.ts';

const RATE = 48000;
const LATENCY = 5;
const PATHS = builtinPaths('builtin:normal');
const SECONDARY = delayed(PATHS.secondary.subarray(0, 379), LATENCY);
const EAR = { paths: PATHS, latencySamples: LATENCY };

const noiseOf = (kind: string, seconds: number, levelDb = -23) =>
  makeNoise(kind, seconds * RATE, { levelDb, seed: 1 });

function rms(signal: ArrayLike<number>): number {
  let sum = 0;
  for (let n = 0; n < signal.length; n++) sum += signal[n]! ** 2;
  return Math.sqrt(sum / signal.length);
}

/** C − float64 at the ear beside the sound without the canceller, dB. */
function compare(loop: CoreLoop, controller: Controller) {
  const core = runCoreLoop(loop);
  const reference = runTrial({ ...loop, controller });
  const difference = core.on.map((v, n) => v - reference.on[n]!);
  return { core, differenceDb: 20 * Math.log10(rms(difference) / rms(reference.off)) };
}

const FORMS = {
  'frequency-domain': (o: ControllerOptions) => new FrequencyDomain(o),
  preconditioned: (o: ControllerOptions) => new Preconditioned(o),
};

test.each(
  Object.entries(FORMS).flatMap(([algorithm, make]) => [
    { algorithm, make, taps: 48, preset: 'sanitize' as const },
    { algorithm, make, taps: 2048, preset: 'native' as const },
  ]),
)('$algorithm with $taps taps', ({ algorithm, make, taps, preset }) => {
  const options = { sampleRateHz: RATE, taps, secondary: SECONDARY };
  const noise = noiseOf('cabin', 1);
  const { differenceDb } = compare({ ...EAR, ...options, noise, algorithm, preset }, make(options));
  expect(differenceDb).toBeLessThan(-80);
});

test.each(Object.entries(FORMS))('%s shrinks at the limit', (algorithm, make) => {
  const options = { sampleRateHz: RATE, taps: 256, secondary: SECONDARY, outputLimit: 0.02 };
  const noise = noiseOf('cabin', 2, -10);
  const { core, differenceDb } = compare({ ...EAR, ...options, noise, algorithm }, make(options));
  const atLimit = core.output.filter((v) => Math.abs(v) > 0.0199).length / noise.length;
  expect(atLimit).toBeGreaterThan(0.005);
  expect(differenceDb).toBeLessThan(-80);
});

test('selective stores what float64 stores, and changes its filter when that does', () => {
  const options = { sampleRateHz: RATE, taps: 256, secondary: SECONDARY };
  const teacher = new Selective(options);
  runTrial({ ...EAR, controller: teacher, noise: noiseOf('cabin', 2) });
  const library = [teacher.snapshot('cabin')!];
  const [engine, cabin] = [noiseOf('engine', 4), noiseOf('cabin', 1)];
  const noise = Float64Array.from([...engine, ...cabin]);
  const controller = new Selective({ ...options, library });
  const loop = { ...EAR, ...options, noise, library, algorithm: 'selective' };
  const { core, differenceDb } = compare(loop, controller);
  expect(differenceDb).toBeLessThan(-80);
  expect(controller.choice).toBe('cabin');
  expect(controller.library).toHaveLength(2);
  expect(core.library).toHaveLength(2);
  core.library.forEach(({ spectrumDb, weights }, i) => {
    const other = controller.library[i]!;
    spectrumDb.forEach((v, band) => expect(v).toBeCloseTo(other.spectrumDb[band]!, 3));
    weights.forEach((v, tap) => expect(v).toBeCloseTo(other.weights[tap]!, 4));
  });
  // not the one that was given: it learned
  expect(core.library[1]!.weights.some((v) => Math.abs(v) > 0.01)).toBe(true);
});
