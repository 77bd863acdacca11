/** The C core at measured ears in recorded noise: as much attenuation as float64. */
import { describe, expect, it } from 'vitest';
import { mono, rms } from '../audio/level.ts';
import { readWav } from '../audio/read-wav.ts';
import { readPaths } from '../paths/read.ts';
import { bandPower, welch } from '../simulate/bands.ts';
import { DATA_MISSING, dataFile } from '../testing.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { runCoreLoop } from './core-loop.ts';
import { FrequencyDomain } from './frequency-domain.ts';
import { NormalEquations } from './normal-equations/normal-equations.ts';
import { Preconditioned } from './preconditioned.ts';
import { delayed, runTrial } from './trial.ts';

const RATE = 48000;
const SECONDS = 4;
const LATENCY = 5;
/** dB. Single precision needs ten times the loading: what that costs is not what the rounding does. */
const FORMS: readonly [string, (options: ControllerOptions) => Controller, number][] = [
  ['normal-equations', (o) => new NormalEquations({ ...o, regularisation: 1e-5 }), 0.2],
  ['preconditioned', (o) => new Preconditioned(o), 0.05],
  ['frequency-domain', (o) => new FrequencyDomain(o), 0.05],
];
const CASES = [
  ['booth/person012_L.json', 'train_inside_buenos_aires'],
  ['booth/handling101_L.json', 'construction_site'],
  ['dummy/az090.json#ear=R', 'vacuum_cleaner'],
] as const;

/** From 50 to 1000 Hz in the last two seconds. */
function attenuationDb(off: ArrayLike<number>, on: ArrayLike<number>): number {
  const power = (s: ArrayLike<number>) =>
    bandPower(welch(Float64Array.from(s).subarray(-2 * RATE), RATE), 50, 1000);
  return 10 * Math.log10(power(off) / power(on));
}

describe.skipIf(DATA_MISSING).each(CASES)('%s, %s', { timeout: 120_000 }, (ear, recording) => {
  it.each(FORMS)('%s', async (algorithm, make, withinDb) => {
    const paths = await readPaths(dataFile('paths', ear));
    const sound = mono((await readWav(dataFile('noises', `${recording}.wav`))).channels);
    const gain = 10 ** (-23 / 20) / rms(sound);
    const noise = Float64Array.from({ length: SECONDS * RATE }, (_, n) => gain * sound[n]!);
    const options = {
      sampleRateHz: RATE,
      taps: 1024,
      secondary: delayed(paths.secondary.subarray(0, 507), LATENCY),
    };
    const loop = { paths, latencySamples: LATENCY, noise };
    const core = runCoreLoop({ ...loop, ...options, algorithm });
    const reference = runTrial({ ...loop, controller: make(options) });
    const wanted = attenuationDb(reference.off, reference.on);
    expect(Math.abs(attenuationDb(core.off, core.on) - wanted)).toBeLessThan(withinDb);
    expect(wanted).toBeGreaterThan(3);
  });
});
