import { describe, expect, it } from 'vitest';
import { makeNoise } from '../../noise/generators.ts';
import { Random } from '../../noise/random.ts';
import { builtinPaths } from '../../paths/builtin.ts';
import type { Paths } from '../../paths/paths.ts';
import { Plant } from '../../plant/plant.ts';
import { bandPower, OCTAVES, welch } from '../../simulate/bands.ts';
import { solveToeplitz } from '../../toeplitz.ts';
import { wienerBound } from '../../wiener.ts';
import { allowedPower, Design } from './design.ts';
import { NormalEquations } from './normal-equations.ts';
import { layoutFor, Statistics } from './statistics.ts';

const RATE = 48000;
const NORMAL = builtinPaths('builtin:normal');

function late(paths: Paths, latency: number): Float64Array {
  const path = new Float64Array(400);
  path.set(paths.secondary.subarray(0, 400 - latency), latency);
  return path;
}

function run(controller: NormalEquations, plant: Plant) {
  const [off, on] = [new Float64Array(plant.length), new Float64Array(plant.length)];
  let peak = 0;
  for (let n = 0; n < plant.length; n++) {
    const y = controller.output(plant.reference());
    controller.adapt(plant.error(y));
    peak = Math.max(peak, Math.abs(y));
    off[n] = plant.disturbance;
    on[n] = plant.sound;
  }
  const attenuationDb = (low: number, high: number, from: number, to: number) => {
    const part = (s: Float64Array) => welch(s.subarray(from * RATE, to * RATE), RATE);
    return 10 * Math.log10(bandPower(part(off), low, high) / bandPower(part(on), low, high));
  };
  return { attenuationDb, peak, on };
}

describe('statistics', () => {
  it('are the correlations of the windowed signals', () => {
    const layout = layoutFor(64);
    const { block, margin, size } = layout;
    const [f, d] = [1, 2].map((seed) => {
      const random = new Random(seed);
      return Float64Array.from({ length: 6 * block }, () => random.white());
    }) as [Float64Array, Float64Array];
    const statistics = new Statistics(layout);
    for (let n = 0; n < f.length; n += block) {
      statistics.add(f.subarray(n, n + block), d.subarray(n, n + block), 0.7);
    }
    const end = f.length - margin;
    const window = (n: number) => 0.7 ** ((end - 1 - n) / block / 2);
    const lags = statistics.correlations();
    for (const lag of [0, 1, 63, 64 + margin - 1, -1, -margin]) {
      let [ff, df] = [0, 0];
      for (let n = 0; n < end; n++) {
        const g = window(n) * window(n - lag);
        ff += g * f[n]! * (f[n - Math.abs(lag)] ?? 0);
        df += g * d[n]! * (f[n - lag] ?? 0);
      }
      const at = (lag + size) % size;
      expect(lags.im[at]).toBeCloseTo(df, 8);
      if (lag >= 0) expect(lags.re[at]).toBeCloseTo(ff, 8);
      else expect(lags.re[at]).toBeCloseTo(lags.re[-lag]!, 8);
    }
  });

  it('make a positive definite matrix, over 120 dB of dynamic range', () => {
    const layout = layoutFor(256);
    const statistics = new Statistics(layout);
    const random = new Random(3);
    const state = [0, 0, 0];
    const f = Float64Array.from({ length: 40 * layout.block }, () => {
      let v = random.white();
      for (let i = 0; i < 3; i++) v = state[i]! += 0.003 * (v - state[i]!);
      return v;
    });
    for (let n = 0; n < f.length; n += layout.block) {
      const part = f.subarray(n, n + layout.block);
      statistics.add(part, part, 0.98);
    }
    const r = statistics.correlations().re.slice(0, 256);
    expect(solveToeplitz(r, r)).not.toBeNull();
  });
});

describe('solveToeplitz', () => {
  it('solves, and says when the matrix is not positive definite', () => {
    const w = solveToeplitz(Float64Array.of(4, 2, 1), Float64Array.of(1, 2, 3))!;
    const rows = [
      [4, 2, 1],
      [2, 4, 2],
      [1, 2, 4],
    ];
    rows.forEach((row, i) => {
      expect(row.reduce((sum, v, j) => sum + v * w[j]!, 0)).toBeCloseTo(i + 1, 12);
    });
    expect(solveToeplitz(Float64Array.of(1, 2), Float64Array.of(1, 1))).toBeNull();
  });
});

describe('design', () => {
  it('lets an octave have what it has without, or what nobody hears', () => {
    const off = Float64Array.from({ length: 10 }, () => 0);
    off[5] = 1;
    const allowed = allowedPower(off);
    expect(allowed[5]).toBeCloseTo(10 ** 0.03, 6);
    expect(allowed[1]).toBeCloseTo(0.01 * 10 ** 2.62, 6);
  });

  it('raises the weight of an octave that gets too loud until it does not', () => {
    // Late and white: without the constraint a long filter amplifies what it cannot reach in time.
    const layout = layoutFor(128);
    const statistics = new Statistics(layout);
    const random = new Random(1);
    const source = Float64Array.from({ length: 60 * layout.block }, () => random.white());
    let low = 0;
    const coloured = source.map((v) => (low += 0.02 * (v - low)));
    const d = coloured.map((v, n) => v + 0.002 * source[n]!);
    const f = coloured.map((_, n) => -(d[n - 12] ?? 0));
    for (let n = 0; n + layout.block <= d.length; n += layout.block) {
      statistics.add(f.subarray(n, n + layout.block), d.subarray(n, n + layout.block), 1);
    }
    const design = new Design(layout, RATE);
    design.solve(statistics, 1e-6);
    const first = Math.max(...design.excessDb.slice(1));
    for (let i = 0; i < 200; i++) design.solve(statistics, 1e-6);
    expect(first).toBeGreaterThan(3);
    expect(Math.max(...design.excessDb.slice(1))).toBeLessThan(0.5);
    expect(Math.max(...design.weightsDb)).toBeGreaterThan(0);
  });
});

describe('normal equations', () => {
  const options = { sampleRateHz: RATE, taps: 1024, secondary: late(NORMAL, 5) };

  it('reach the bound for this noise within half a decibel, and within 2 s', () => {
    const noise = makeNoise('train', 10 * RATE, { levelDb: -23, seed: 1 });
    const bound = wienerBound({
      paths: NORMAL,
      noise,
      latencySamples: 5,
      weighting: 'heard',
    });
    const result = run(
      new NormalEquations(options),
      new Plant(NORMAL, noise, { latencySamples: 5 }),
    );
    for (const { centreHz, lowHz, highHz } of OCTAVES.filter((o) => o.centreHz <= 1000)) {
      const best = bound.octaves.find((o) => o.centreHz === centreHz)!.attenuationDb;
      expect(result.attenuationDb(lowHz, highHz, 5, 10)).toBeGreaterThan(best - 1);
    }
    const settled = result.attenuationDb(50, 1000, 8, 10);
    expect(settled).toBeGreaterThan(10);
    expect(result.attenuationDb(50, 1000, 2, 4)).toBeGreaterThan(settled - 2);
  });

  it('stops when the secondary path has the wrong sign, and never passes the limit', () => {
    const noise = makeNoise('cabin', 10 * RATE, { levelDb: -23, seed: 2 });
    const wrong = { ...options, secondary: options.secondary.map((v) => -v) };
    const controller = new NormalEquations({ ...wrong, outputLimit: 0.5 });
    const result = run(controller, new Plant(NORMAL, noise, { latencySamples: 5 }));
    expect(controller.trips).toBeGreaterThan(0);
    expect(result.peak).toBeLessThanOrEqual(0.5);
    expect(result.on.every(Number.isFinite)).toBe(true);
    // most of the time it rests
    expect(result.attenuationDb(50, 1000, 0, 10)).toBeGreaterThan(-6);
  });
});
