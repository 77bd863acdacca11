/** Each bound where its value is known, and each cause where it alone is at work. */
import { describe, expect, test } from 'vitest';
import { minimumPhase } from '../controllers/spectrum.ts';
import { fft } from '../fft.ts';
import { coherenceBounds } from '../measures/coherence-bound.ts';
import { makeNoise } from '../noise/generators.ts';
import { Random } from '../noise/random.ts';
import { builtinPaths } from '../paths/builtin.ts';
import type { Paths } from '../paths/paths.ts';
import { readPaths } from '../paths/read.ts';
import { chainOf } from '../sections.ts';
import { DATA_MISSING, dataFile } from '../testing.ts';
import { latenessOf, predictionError } from './lateness.ts';
import { headsetLimits, type LimitsOptions, limitingCause } from './limits.ts';
import { limitSentence, limitsHtml, limitsSvg, limitsText } from './report.ts';
import { withoutRollOff } from './roll-off.ts';

const RATE = 48000;

function delayed(samples: number, gain = 1): Float64Array {
  const response = new Float64Array(samples + 1);
  response[samples] = gain;
  return response;
}

/** Nothing but delays: the ear hears the noise 10 samples after the reference microphone. */
function delays(secondary: Float64Array = Float64Array.of(1)): Paths {
  const none = Float64Array.of(0);
  return { ...builtinPaths('builtin'), primary: delayed(10), secondary, feedback: none };
}

/** A small loudspeaker: second order below 200 Hz. */
function rollingOff(gainDb: number): Float64Array {
  const chain = chainOf([{ kind: 'highpass', frequencyHz: 200, q: 0.7 }], RATE);
  return Float64Array.from({ length: 1024 }, (_, n) => {
    return chain.next(n === 0 ? 10 ** (gainDb / 20) : 0);
  });
}

const fine = {
  paths: delays(),
  noise: makeNoise('pink', 2 * RATE, { levelDb: -23 }),
  latencySamples: 5,
  micNoiseDb: -90,
  taps: 128,
  outputLimitDb: 0,
};
const limitsOf = (options: Partial<LimitsOptions> = {}) => headsetLimits({ ...fine, ...options });
const setup = { ...fine, paths: 'delays', noise: 'pink', sampleRateHz: RATE, levelDb: -23 };

describe('lateness', () => {
  test('is what the loop and the secondary path lose of the head start', () => {
    expect(latenessOf(delays(), 5)).toBe(-5);
    expect(latenessOf(delays(delayed(3)), 12)).toBe(5);
  });

  // x[n] = a x[n−1] + v: known up to D samples ago, 1 − a^(2D) of its power is new
  test.each([1, 10, 48])('of %d samples leaves of a one-pole noise what theory says', (late) => {
    const random = new Random(3);
    const pole = Math.exp((-2 * Math.PI * 200) / RATE);
    let last = 0;
    const noise = Float64Array.from({ length: 4 * RATE }, () => {
      last = pole * last + 0.01 * random.white();
      return last;
    });
    const left = predictionError(noise, late, -200);
    const power = (s: Float64Array) => s.reduce((sum, v) => sum + v * v, 0);
    const db = 10 * Math.log10(power(noise) / power(left));
    expect(db).toBeCloseTo(-10 * Math.log10(1 - pole ** (2 * late)), 0);
  });

  test('costs a tone little', () => {
    const tone = Float64Array.from({ length: 2 * RATE }, (_, n) => 0.1 * Math.sin(0.05 * n));
    const left = predictionError(tone, 2000, -80).subarray(8000);
    expect(left.reduce((max, v) => Math.max(max, Math.abs(v)), 0)).toBeLessThan(0.005);
  });
});

describe('coherence by band', () => {
  test('is the signal-to-noise ratio of the reference microphone: 10 log10(1 + SNR)', () => {
    const sound = makeNoise('white', 4 * RATE, { levelDb: -20 });
    const random = new Random(8);
    const x = sound.map((v) => v + 1e-3 * random.white());
    const bands = [
      { lowHz: 100, highHz: 1000 },
      { lowHz: 5000, highHz: 9000 },
    ];
    for (const db of coherenceBounds(x, sound, RATE, bands)) expect(db).toBeCloseTo(40, 0);
    expect(coherenceBounds(x, new Float64Array(x.length), RATE, bands)).toEqual([null, null]);
  });
});

describe('a loudspeaker without roll-off', () => {
  const magnitude = (response: Float64Array, hz: number) => {
    const [re, im] = [new Float64Array(16384), new Float64Array(16384)];
    re.set(response);
    fft(re, im);
    const bin = Math.round((hz * 16384) / RATE);
    return 20 * Math.log10(Math.hypot(re[bin]!, im[bin]!));
  };

  test('is as loud below as above, without more delay', () => {
    const secondary = Float64Array.of(0, 0, 0, ...rollingOff(-12));
    const flat = withoutRollOff(delays(secondary)).secondary;
    expect(magnitude(secondary, 50)).toBeLessThan(-30);
    for (const hz of [40, 63, 125, 500, 2000]) expect(magnitude(flat, hz)).toBeCloseTo(-12, -0.7);
    expect(flat.findIndex((v) => Math.abs(v) > 1e-6)).toBe(3);
  });

  test('minimum phase keeps the magnitude, and all of it after zero', () => {
    const wanted = Float64Array.from({ length: 256 }, (_, k) => Math.cos((2 * Math.PI * k) / 256));
    const { re, im } = minimumPhase(wanted);
    wanted.forEach((v, k) => expect(Math.log(Math.hypot(re[k]!, im[k]!))).toBeCloseTo(v, 10));
  });
});

describe('what limits a headset', () => {
  test.each([
    ['latency', { latencySamples: 40 }, /^Latency limits it: without its 40 samples \(0\.83 ms\)/],
    ['microphone noise', { micNoiseDb: -40 }, /^Coherence limits it: .* noise of -40 dBFS/],
    ['low-frequency gain', { paths: delays(rollingOff(6)), taps: 512 }, /low-frequency gain/],
    [
      'driver headroom',
      { paths: delays(Float64Array.of(0.02)) },
      /^Driver headroom limits it: .* more output than 0 dBFS/,
    ],
  ] as const)('%s, where nothing else does', (name, options, sentence) => {
    const limits = limitsOf(options);
    expect(limitingCause(limits)?.name).toBe(name);
    expect(limitSentence(limits, { ...setup, ...options, paths: 'p' })).toMatch(sentence);
    expect(limitSentence(limits, { ...setup, ...options, paths: 'p' })).toMatch(
      /gain \d+\.\d dB in the octave at \d+ Hz, -?\d+\.\d instead of -?\d+\.\d dB/,
    );
  });

  test('the acoustics where no cause is worth 3 dB', () => {
    // the ear hears it first
    const late = { ...delays(delayed(60)), primary: delayed(0) };
    const limits = limitsOf({ paths: late, latencySamples: 2 });
    expect(limitingCause(limits)).toBeNull();
    expect(limits.latenessSamples).toBe(62);
    expect(limitSentence(limits, setup)).toMatch(/^The acoustics limit it: the coherence would/);
  });
});

describe('the bounds beside each other', () => {
  const limits = limitsOf({ latencySamples: 20 });

  test('a causal filter takes away less than what is coherent, by band', () => {
    for (const { band50To1000, octaves } of [limits, limitsOf()])
      for (const b of [band50To1000, ...octaves])
        expect(b.attenuationDb!).toBeLessThan(b.coherenceDb! + 0.5);
  });

  test('with nothing but delays, the causal filter is the predictor', () => {
    const { attenuationDb, latenessDb } = limits.band50To1000;
    expect(limits.latenessSamples).toBe(10);
    expect(Math.abs(attenuationDb! - latenessDb!)).toBeLessThan(2);
  });

  test('in time, there is no lateness; a drive too small keeps within the drive', () => {
    const weak = limitsOf({ paths: delays(Float64Array.of(0.05)) });
    expect(weak.octaves.every((b) => b.latenessDb === null)).toBe(true);
    expect(weak.outputPeak).toBeGreaterThan(1);
    expect(weak.band50To1000.withinDriveDb!).toBeLessThan(weak.band50To1000.attenuationDb! - 3);
    expect(weak.band50To1000.withinDriveDb!).toBeGreaterThan(0.1);
  });

  test('bands without sound have no figure', () => {
    const noise = makeNoise('sine:200', 2 * RATE, { levelDb: -23 });
    const { octaves } = limitsOf({ noise });
    expect(octaves.at(-1)).toMatchObject({ attenuationDb: null, coherenceDb: null });
    expect(octaves[2]!.attenuationDb).toBeGreaterThan(20);
  });

  test('as text, plot and page, with units and both colour schemes', () => {
    const named = { ...setup, paths: 'a<b', latencySamples: 20 };
    const text = limitsText(limits, named);
    expect(text).toMatch(/125 Hz( +-?\d+\.\d){4} {3}.*\|█/);
    expect(text.trimEnd().split('\n').at(-1)).toBe(limitSentence(limits, named));
    const svg = limitsSvg(limits, named);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).toContain('attenuation in dB');
    expect(svg).toContain('frequency in Hz');
    expect(svg.match(/<path class="line\d( dashed)?" d="M[^h"]+"/g)).toHaveLength(4);
    const html = limitsHtml(limits, named);
    for (const page of [svg, html]) {
      expect(page).not.toContain('a<b');
      expect(page).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

test.skipIf(DATA_MISSING)('on a measured ear, headroom and latency have their price', async () => {
  const paths = await readPaths(dataFile('paths/booth/person001_L.json'));
  const limits = limitsOf({ paths, latencySamples: 24, taps: 512 });
  expect(limitingCause(limits)?.name).toBe('latency');
  expect(limits.band50To1000.passiveDb).toBeGreaterThan(0);
});
