import { beforeAll, describe, expect, it } from 'vitest';
import { readBounds } from '../bounds.ts';
import { DEFAULT_CONFIG, MODE_ANC } from '../model/index.ts';
import { builtinPaths } from '../paths/builtin.ts';
import { readPaths } from '../paths/read.ts';
import { DATA_MISSING, dataFile } from '../testing.ts';
import { reportHtml, reportJson, reportText } from './report.ts';
import { DEFAULT_SETTINGS, engineConfigOf } from './settings.ts';
import { simulate } from './simulate.ts';
import type { SimulationOptions, SimulationResult } from './simulate.ts';

const BASE: SimulationOptions = {
  paths: builtinPaths('builtin:normal'),
  noise: 'cabin',
  seconds: 6,
  measureSeconds: 2,
  latencySamples: 5,
};

const active = (result: SimulationResult, centreHz: number): number =>
  result.octaves.find((b) => b.centreHz === centreHz)!.activeDb!;

describe('simulate', () => {
  let cabin: SimulationResult;
  const progress: number[] = [];
  beforeAll(async () => {
    cabin = await simulate({ ...BASE, onProgress: (done) => progress.push(done) });
  });

  it('cancels cabin noise at the built-in ear by more than 8 dB from 50 to 1000 Hz', () => {
    expect(cabin.band50To1000.activeDb).toBeGreaterThan(8);
    expect(active(cabin, 125)).toBeGreaterThan(9);
    expect(cabin.clippedSamples).toBe(0);
  });

  it('measures the passive attenuation of the paths', () => {
    const at500 = cabin.thirdOctaves.find((b) => b.centreHz === 500)!;
    expect(at500.passiveDb).toBeGreaterThan(8);
    expect(at500.passiveDb).toBeLessThan(10);
  });

  it('says when it got there, and no less than the silence at the start', () => {
    const [to3, , to20] = cabin.convergence;
    expect(to3!.seconds).toBeGreaterThanOrEqual(0.25);
    expect(to3!.seconds).toBeLessThan(2);
    expect(to20).toEqual({ attenuationDb: 20, seconds: null });
    expect(cabin.timeline).toHaveLength(24);
    expect(cabin.timeline[0]!.attenuationDb).toBeLessThan(1);
  });

  it('is at the level asked for at the reference microphone', () => {
    const { reference } = cabin.signals;
    const meanSquare = reference.reduce((sum, v) => sum + v * v, 0) / reference.length;
    expect(Math.abs(10 * Math.log10(meanSquare) + 23)).toBeLessThan(1);
  });

  it('reports progress up to 1', () => {
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('gives the same in float64 within 0.2 dB', async () => {
    const float = await simulate({ ...BASE, arithmetic: 'float64' });
    for (const b of [63, 125, 250, 500]) {
      expect(Math.abs(active(float, b) - active(cabin, b))).toBeLessThan(0.2);
    }
    expect(float.signals.output).not.toEqual(cabin.signals.output);
  });

  it('runs what it is given as the C core', async () => {
    const asked: unknown[] = [];
    const result = await simulate({
      ...BASE,
      seconds: 1,
      measureSeconds: 0.5,
      algorithm: 'hybrid',
      arithmetic: 'f32',
      settings: { taps: 64, outputLimitDb: -20, stepSize: 0.01 },
      seed: 7,
      f32: (algorithm, options) => {
        asked.push(algorithm, options);
        return { output: () => 0.0625, adapt: () => {} };
      },
    });
    const wanted = { sampleRateHz: 48000, taps: 64, outputLimit: 0.1, stepSize: 0.01, seed: 7 };
    expect(asked).toEqual(['hybrid', expect.objectContaining(wanted)]);
    expect(result.signals.output.every((y) => y === 0.0625)).toBe(true);
    expect(reportText(result)).toContain('the C core in single precision');
  });

  it('is repeatable', async () => {
    const again = await simulate(BASE);
    expect(again.band50To1000).toEqual(cabin.band50To1000);
  });

  it('writes the conditions beside the figures, in text, HTML and JSON', () => {
    const text = reportText(cabin);
    const figure = `${cabin.band50To1000.activeDb!.toFixed(1)} dB`;
    for (const page of [text, reportHtml(cabin)]) {
      for (const part of [figure, 'builtin:normal', '5 samples (0.10 ms)', 'cabin, -23 dBFS RMS']) {
        expect(page).toContain(part);
      }
    }
    const json = JSON.parse(JSON.stringify(reportJson(cabin))) as Record<string, unknown>;
    expect(json).toMatchObject({ setup: { seed: 1 }, band50To1000: cabin.band50To1000 });
    expect(json).not.toHaveProperty('signals');
  });

  it('makes an HTML page that loads nothing and lets no markup in', () => {
    const setup = { ...cabin.setup, noise: '<script>x</script>' };
    const html = reportHtml({ ...cabin, setup });
    expect(html).not.toMatch(/<script|src=|href=|url\(/);
    expect(html.match(/<svg/g)).toHaveLength(3);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
    expect(html).toContain('prefers-color-scheme: dark');
  });
});

describe('settings', () => {
  it("are the engine's defaults with the canceller on", () => {
    expect(engineConfigOf(DEFAULT_SETTINGS)).toEqual({ ...DEFAULT_CONFIG, mode: MODE_ANC });
  });
});

describe('simulate, other runs', () => {
  const short = { ...BASE, seconds: 1, measureSeconds: 0.5 };

  it('plays nothing when off: sound on = sound off', async () => {
    const result = await simulate({ ...short, settings: { mode: 'off' } });
    expect(result.outputPeakDb).toBeNull();
    expect(result.band50To1000.activeDb).toBe(0);
  });

  it('learns nothing without a model', async () => {
    const result = await simulate({ ...short, secondaryModel: 'none' });
    expect(result.outputPeakDb).toBeNull();
  });

  it('keeps the output limit', async () => {
    const settings = { mode: 'transparency', outputLimitDb: -30 } as const;
    for (const arithmetic of ['integer', 'float64'] as const) {
      const result = await simulate({ ...short, settings, arithmetic });
      expect(result.outputPeakDb).toBeCloseTo(-30, 1);
    }
  });

  it('marks bands where the noise has no energy', async () => {
    const noise = 'sine:250';
    const { thirdOctaves } = await simulate({ ...short, noise, settings: { mode: 'off' } });
    expect(thirdOctaves.find((b) => b.centreHz === 8000)!.activeDb).toBeNull();
    expect(thirdOctaves.find((b) => b.centreHz === 250)!.activeDb).toBe(0);
  });

  it('repeats given samples and brings them to the level', async () => {
    const noise = Float64Array.from({ length: 4800 }, (_, n) => Math.sin((2 * Math.PI * n) / 48));
    const { signals, setup } = await simulate({ ...short, noise, micNoiseDb: -Infinity });
    const peak = signals.reference.reduce((max, v) => Math.max(max, v), 0);
    expect(20 * Math.log10(peak)).toBeCloseTo(-20, 1);
    expect(setup.noise).toBe('samples');
  });

  it('stops when aborted', async () => {
    const abort = new AbortController();
    const run = simulate({ ...BASE, signal: abort.signal, onProgress: () => abort.abort() });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  });

  const refused: [Partial<SimulationOptions>, string, RegExp][] = [
    [{ settings: { taps: 2000 } }, 'SETTING_INVALID', /taps is 2000/],
    [{ settings: { stepSize: NaN } }, 'SETTING_INVALID', /stepSize is NaN/],
    [{ settings: { mode: 'loud' as 'anc' } }, 'SETTING_INVALID', /mode is "loud"/],
    [{ settings: { mu: 1 } as object }, 'SETTING_INVALID', /no setting "mu"/],
    [{ seconds: 0.5 }, 'SIMULATION_INVALID', /seconds is 0.5/],
    [{ measureSeconds: 7 }, 'SIMULATION_INVALID', /measureSeconds is 7/],
    [{ noise: new Float64Array(3) }, 'SIMULATION_INVALID', /silent/],
    [{ noise: 'hum' }, 'NOISE_UNKNOWN', /"hum"/],
    [{ arithmetic: 'f32' }, 'SIMULATION_INVALID', /f32 is the C core/],
    [{ arithmetic: 'f32', algorithm: 'hybrid' }, 'SIMULATION_INVALID', /f32 is the C core/],
  ];
  it.each(refused)('refuses %j', async (options, code, message) => {
    const refusal = { code, message: expect.stringMatching(message) };
    await expect(simulate({ ...BASE, ...options })).rejects.toMatchObject(refusal);
  });
});

describe.skipIf(DATA_MISSING)(`on a measured ear${DATA_MISSING ? `: ${DATA_MISSING}` : ''}`, () => {
  it('cancels, and shows the bound of that ear beside it', async () => {
    const paths = await readPaths(dataFile('paths/booth/person005_L.json'));
    const bounds = await readBounds(dataFile('paths/bounds.json'));
    const bound = bounds!.boundFor(paths.label, 5);
    const result = await simulate({ ...BASE, paths, bound });
    expect(result.band50To1000.activeDb).toBeGreaterThan(6);
    expect(reportText(result)).toContain('18.8 dB');
    expect(reportHtml(result)).toContain('bound (octaves)');
  });
});
