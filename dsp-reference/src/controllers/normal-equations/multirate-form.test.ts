import { describe, expect, it, test } from 'vitest';
import { mono, rms } from '../../audio/level.ts';
import { readWav } from '../../audio/read-wav.ts';
import { equivalentFilter, multirateReach } from '../../algorithms/multirate-filter.ts';
import { makeNoise } from '../../noise/generators.ts';
import { builtinPaths } from '../../paths/builtin.ts';
import type { Paths } from '../../paths/paths.ts';
import { readPaths } from '../../paths/read.ts';
import { Plant } from '../../plant/plant.ts';
import { bandPower, OCTAVES, welch } from '../../simulate/bands.ts';
import { DATA_MISSING, dataFile } from '../../testing.ts';
import { solveToeplitz } from '../../toeplitz.ts';
import { FirForm } from './filter-form.ts';
import type { FilterForm } from './filter-form.ts';
import { MultirateForm } from './multirate-form.ts';
import { NormalEquations } from './normal-equations.ts';

const RATE = 48000;
const SECONDS = 4;
/** of the multirate filter: 64 direct ones, 116 late ones and two splines of 29 at an eighth of the rate */
const MULTIPLICATIONS = 96;

/** Off − on in the octaves from 63 Hz to 1 kHz over the last half, dB. */
function attenuations(paths: Paths, noise: Float64Array, latency: number, form: FilterForm) {
  const secondary = new Float64Array(paths.secondary.length + latency);
  secondary.set(paths.secondary, latency);
  const controller = new NormalEquations({
    sampleRateHz: RATE,
    taps: form.taps,
    secondary: secondary.subarray(0, 768),
    form,
  });
  const plant = new Plant(paths, noise, { latencySamples: latency });
  const [off, on] = [new Float64Array(plant.length), new Float64Array(plant.length)];
  for (let n = 0; n < plant.length; n++) {
    controller.adapt(plant.error(controller.output(plant.reference())));
    off[n] = plant.disturbance;
    on[n] = plant.sound;
  }
  const half = (s: Float64Array) => welch(s.subarray(plant.length / 2), RATE);
  const [spectrumOff, spectrumOn] = [half(off), half(on)];
  return OCTAVES.filter(({ centreHz }) => centreHz <= 1000).map(({ lowHz, highHz }) => {
    const [a, b] = [spectrumOff, spectrumOn].map((s) => bandPower(s, lowHz, highHz));
    return 10 * Math.log10(a! / b!);
  });
}

describe('the multirate solution', () => {
  /** An autocorrelation with 60 dB of range, loaded at −60 dB. */
  const r = Float64Array.from({ length: 1024 }, (_, k) => {
    return 0.999 ** k * Math.cos(0.01 * k) + 0.1 * 0.9 ** k + (k === 0 ? 1e-6 : 0);
  });

  it('finds a filter that the form can be', () => {
    const form = new MultirateForm(1024);
    const wanted = Float64Array.from(form.coefficients, (_, i) => Math.cos(i) / (1 + i / 20));
    const filter = equivalentFilter(wanted, form.taps);
    const p = Float64Array.from(r, (_, i) => {
      return filter.reduce((sum, w, j) => sum + w * r[Math.abs(i - j)]!, 0);
    });
    const found = form.solve(r, p, 1e-6)!;
    // Not exactly: the power of images counts, too.
    const missed = found.map((w, i) => w - filter[i]!);
    const power = (w: Float64Array) => {
      return w.reduce((sum, a, i) => {
        return sum + w.reduce((inner, b, j) => inner + a * b * r[Math.abs(i - j)]!, 0);
      }, 0);
    };
    expect(10 * Math.log10(power(missed) / power(filter))).toBeLessThan(-40);
    expect(found).toEqual(equivalentFilter(form.coefficients, form.taps));
  });

  it('says when the lags are no autocorrelation', () => {
    const wrong = r.slice();
    wrong[200] = 3;
    expect(new MultirateForm(1024).solve(wrong, r, 0)).toBeNull();
    expect(solveToeplitz(wrong, r)).toBeNull();
  });

  it('reaches over a multiple of 32 lags, 128 at least', () => {
    expect([32, 128, 1000, 1024].map(multirateReach)).toEqual([128, 128, 992, 1024]);
  });

  it('attenuates as 1024 taps do, at the built-in ear', { timeout: 60_000 }, () => {
    const paths = builtinPaths('builtin:normal');
    const noise = makeNoise('train', SECONDS * RATE, { levelDb: -23, seed: 1 });
    const long = attenuations(paths, noise, 5, new FirForm(1024));
    const multirate = attenuations(paths, noise, 5, new MultirateForm(1024));
    multirate.forEach((db, i) => expect(db).toBeGreaterThan(long[i]! - 0.7));
    expect(Math.max(...multirate)).toBeGreaterThan(15);
  });
});

const cases = [
  { ear: 'dummy/az090.json#ear=L', recording: 'train_inside_buenos_aires', latency: 5 },
  { ear: 'booth/person012_R.json', recording: 'helicopter_cabin_flight', latency: 24 },
];

if (DATA_MISSING) process.stderr.write(`skipped: multirate at ears, because ${DATA_MISSING}\n`);

describe.skipIf(DATA_MISSING)('at measured ears', { timeout: 60_000 }, () => {
  test.each(cases)('$ear, $recording, latency $latency', async ({ ear, recording, latency }) => {
    const paths = await readPaths(dataFile('paths', ear));
    const { channels } = await readWav(dataFile('noises', `${recording}.wav`));
    const sound = mono(channels).subarray(0, SECONDS * RATE);
    const gain = 10 ** (-23 / 20) / rms(sound);
    const noise = sound.map((v) => gain * v);
    const [long, multirate, short] = [
      new FirForm(1024),
      new MultirateForm(1024),
      new FirForm(MULTIPLICATIONS),
    ].map((form) => attenuations(paths, noise, latency, form)) as [number[], number[], number[]];
    const mean = (db: number[]) => db.reduce((sum, v) => sum + v, 0) / db.length;
    multirate.forEach((db, i) => expect(db).toBeGreaterThan(long[i]! - 1.5));
    expect(mean(multirate)).toBeGreaterThan(mean(long) - 1);
    expect(mean(multirate)).toBeGreaterThan(mean(short) + 2);
  });
});
