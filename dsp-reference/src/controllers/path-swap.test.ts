/** Another ear in the middle of a run: with a probe the attenuation comes back, with a frozen model it does not. */
import { describe, expect, it } from 'vitest';
import { mono } from '../audio/level.ts';
import { makeNoise } from '../noise/generators.ts';
import { builtinPaths } from '../paths/builtin.ts';
import type { Paths } from '../paths/paths.ts';
import { readPaths } from '../paths/read.ts';
import { readWav } from '../audio/read-wav.ts';
import { Plant } from '../plant/plant.ts';
import { bandPower, welch } from '../simulate/bands.ts';
import { DATA_MISSING, dataFile } from '../testing.ts';
import { runCoreLoop } from './core-loop.ts';
import { NormalEquations } from './normal-equations/normal-equations.ts';

const RATE = 48000;
const LATENCY = 5;
const SWAP_S = 6;
const WITHIN_S = 10;

function late(paths: Paths): Float64Array {
  const path = new Float64Array(512);
  path.set(paths.secondary.subarray(0, 512 - LATENCY), LATENCY);
  return path;
}

type Knowledge = 'frozen' | 'told' | 'online';

type AfterSwap = (first: Paths, second: Paths, noise: Float64Array, knows: Knowledge) => number;

/** From 50 to 1000 Hz in the last two seconds. */
function attenuationDb(off: Float64Array, on: Float64Array): number {
  const power = (s: Float64Array) => bandPower(welch(s.subarray(-2 * RATE), RATE), 50, 1000);
  return 10 * Math.log10(power(off) / power(on));
}

/** Attenuation in the last two of the ten seconds after the swap. */
const inFloat64: AfterSwap = (first, second, noise, knows) => {
  const make = (secondary: Float64Array) =>
    new NormalEquations({
      sampleRateHz: RATE,
      taps: 1024,
      secondary,
      ...(knows === 'online' ? { probeDb: -16 } : {}),
    });
  const plants = [first, second].map((p) => new Plant(p, noise, { latencySamples: LATENCY }));
  let controller = make(late(first));
  const count = (SWAP_S + WITHIN_S) * RATE;
  const [on, off] = [new Float64Array(count), new Float64Array(count)];
  for (let n = 0; n < count; n++) {
    const worn = n < SWAP_S * RATE ? 0 : 1;
    if (n === SWAP_S * RATE && knows === 'told') controller = make(late(second));
    const references = plants.map((plant) => plant.reference());
    const y = controller.output(references[worn]!);
    const errors = plants.map((plant) => plant.error(y));
    controller.adapt(errors[worn]!);
    on[n] = plants[worn]!.sound;
    off[n] = plants[worn]!.disturbance;
  }
  return attenuationDb(off, on);
};

/** The same with the C core; what is told only the second path hears nothing but that. */
const inC: AfterSwap = (first, second, noise, knows) => {
  const at = SWAP_S * RATE;
  const isTold = knows === 'told';
  const { off, on } = runCoreLoop({
    algorithm: knows === 'online' ? 'normal-equations-online' : 'normal-equations',
    taps: 1024,
    latencySamples: LATENCY,
    paths: isTold ? second : first,
    secondary: late(isTold ? second : first),
    noise: isTold ? noise.subarray(at) : noise,
    ...(isTold ? {} : { change: { at, paths: second } }),
  });
  return attenuationDb(Float64Array.from(off), Float64Array.from(on));
};

function expectReturn(
  afterSwap: AfterSwap,
  first: Paths,
  second: Paths,
  noise: Float64Array,
): void {
  const ceiling = afterSwap(first, second, noise, 'told');
  expect(afterSwap(first, second, noise, 'online')).toBeGreaterThan(ceiling - 2);
  expect(afterSwap(first, second, noise, 'frozen')).toBeLessThan(ceiling - 2);
}

describe.each([
  ['float64', inFloat64],
  ['C', inC],
] as const)('%s after a swap of the ear', { timeout: 120_000 }, (_, afterSwap) => {
  it('a probe brings it back within 10 s, a frozen model does not: built-in ears', () => {
    const noise = makeNoise('train', (SWAP_S + WITHIN_S) * RATE, { levelDb: -23, seed: 4 });
    const inverted = builtinPaths('builtin:loose');
    // a microphone of the other polarity
    const second = { ...inverted, secondary: inverted.secondary.map((v) => -v) };
    expectReturn(afterSwap, builtinPaths('builtin:normal'), second, noise);
  });

  it.skipIf(DATA_MISSING).each([
    ['booth/person001_L.json', 'booth/person012_L.json'],
    ['booth/handling101_L.json', 'booth/person001_L.json'],
  ])('from %s to %s, in a train', async (first, second) => {
    const { channels } = await readWav(dataFile('noises/train_inside_buenos_aires.wav'));
    const sound = mono(channels);
    const noise = Float64Array.from(
      { length: (SWAP_S + WITHIN_S) * RATE },
      (_, n) => sound[n % sound.length]!,
    );
    const paths = [first, second].map((name) => readPaths(dataFile('paths', name)));
    const [a, b] = await Promise.all(paths);
    expectReturn(afterSwap, a!, b!, noise);
  });
});
