/** The line enhancer in WebAssembly: its filter with a delayed reference, and the float64 reference. */
import { describe, expect, test } from 'vitest';
import { Fdaf } from '../../../dsp-reference/src/algorithms/fdaf.ts';
import { LineEnhancer } from '../../../dsp-reference/src/algorithms/line-enhancer.ts';
import { Random } from '../../../dsp-reference/src/noise/random.ts';
import { type Core, coreFile, loadCore } from './node.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: the WebAssembly core, because it is not built\n');
const core = isBuilt ? await loadCore() : (null as unknown as Core);

const samples = 24576;
const blockSamples = 64;

function tonesAndNoise(tone: number, noise: number): Float32Array {
  const random = new Random(3);
  return Float32Array.from({ length: samples }, (_, n) => {
    const tones = Math.sin(0.0406 * n) + 0.5 * Math.sin(0.1309 * n);
    return tone * tones + noise * random.white();
  });
}

function enhance(
  input: Float32Array,
  filter: 'nlms' | 'fdaf',
  delay: number,
  taps: number,
  stepSize: number,
) {
  const session = core.createLineEnhancer({ filter, delay, taps, stepSize, blockSamples });
  const [rest, periodic] = [new Float32Array(samples), new Float32Array(samples)];
  for (let at = 0; at < samples; at += blockSamples) {
    session.input.set(input.subarray(at, at + blockSamples));
    session.process();
    rest.set(session.rest, at);
    periodic.set(session.periodic, at);
  }
  const weights = session.weights.slice();
  session.dispose();
  return { rest, periodic, weights };
}

function delayed(input: Float32Array, delay: number): Float32Array {
  const late = new Float32Array(samples);
  late.set(input.subarray(0, samples - delay), delay);
  return late;
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((max, v, i) => Math.max(max, Math.abs(v - b[i]!)), 0);

const tailDb = (s: Float32Array): number =>
  10 * Math.log10(s.subarray(-8192).reduce((sum, v) => sum + v * v, 0) / 8192);

describe.skipIf(!isBuilt)('line enhancer', () => {
  test.each([1, 100, 1000])('nlms, delay %d, equals float64 to 1e-6 of full scale', (delay) => {
    const input = tonesAndNoise(0.2, 0.05);
    const { rest, periodic } = enhance(input, 'nlms', delay, 128, 0.02);
    const reference = new LineEnhancer({ delay, taps: 128, stepSize: 0.02 });
    const wanted = Array.from(input, (v) => reference.step(v));
    const of = (part: 'broadband' | 'tonal') => wanted.map((v) => v[part]);
    expect(largestDifference(rest, of('broadband'))).toBeLessThan(1e-6);
    expect(largestDifference(periodic, of('tonal'))).toBeLessThan(1e-6);
  });

  test.each([1, 100, 1000])('fdaf, delay %d, equals float64 to 1e-5 of full scale', (delay) => {
    const input = tonesAndNoise(0.2, 0.05);
    const { rest, weights } = enhance(input, 'fdaf', delay, 256, 0.2);
    const fdaf = new Fdaf({ taps: 256, block: blockSamples, stepSize: 0.2 });
    const [x, d] = [Float64Array.from(delayed(input, delay)), Float64Array.from(input)];
    const wanted = new Float64Array(samples);
    for (let n = 0; n < samples; n += blockSamples) {
      const end = n + blockSamples;
      wanted.set(fdaf.process(x.subarray(n, end), d.subarray(n, end)), n);
    }
    expect(largestDifference(rest, wanted)).toBeLessThan(1e-5);
    expect(largestDifference(weights, fdaf.weights())).toBeLessThan(1e-4);
  });

  test.each([
    ['nlms', 256, 0.01],
    ['fdaf', 512, 0.2],
  ] as const)('%s takes tones out and leaves white noise', (filter, taps, stepSize) => {
    const tones = tonesAndNoise(0.2, 0.002);
    const { rest, periodic } = enhance(tones, filter, 50, taps, stepSize);
    expect(tailDb(tones) - tailDb(rest)).toBeGreaterThan(30);
    expect(Math.abs(tailDb(periodic) - tailDb(tones))).toBeLessThan(0.1);
    const noise = tonesAndNoise(0, 0.1);
    const left = tailDb(enhance(noise, filter, 50, taps, stepSize).rest);
    expect(Math.abs(left - tailDb(noise))).toBeLessThan(0.5);
  });

  test('is the canceller with a delayed reference, in pieces of any size', () => {
    const input = tonesAndNoise(0.2, 0.05);
    const delay = 37;
    const late = delayed(input, delay);
    const [enhancer, nlms] = [
      core.createLineEnhancer({ filter: 'nlms', delay, taps: 64, stepSize: 0.1 }),
      core.createNlmsF32({ taps: 64, stepSize: 0.1 }),
    ];
    for (let at = 0; at < 8192;) {
      const count = Math.min(8192 - at, 1 + ((at * 7) % 512));
      enhancer.input.set(input.subarray(at, at + count));
      enhancer.process(count);
      nlms.reference.set(late.subarray(at, at + count));
      nlms.primary.set(input.subarray(at, at + count));
      nlms.process(count);
      expect(enhancer.rest.subarray(0, count)).toEqual(nlms.error.subarray(0, count));
      at += count;
    }
    expect(enhancer.weights).toEqual(nlms.weights);
    enhancer.dispose();
    nlms.dispose();
    expect(() => enhancer.process()).toThrow(expect.objectContaining({ code: 'CORE_DISPOSED' }));
  });

  test.each([
    { delay: 0 },
    { delay: 1.5 },
    { delay: 48001 },
    { taps: 17 },
    { stepSize: 3 },
    { filter: 'fdaf', taps: 500 },
    { filter: 'fdaf', blockSamples: 100 },
    { filter: 'rls' as 'nlms' },
  ] as const)('refuses %o', (wrong) => {
    const fine = { filter: 'nlms', delay: 1, taps: 512, stepSize: 0.1 } as const;
    expect(() => core.createLineEnhancer({ ...fine, ...wrong })).toThrow(
      expect.objectContaining({ code: 'CORE_OPTION_INVALID' }),
    );
  });

  test('fdaf refuses a part of a block', () => {
    const session = core.createLineEnhancer({
      filter: 'fdaf',
      delay: 1,
      taps: 512,
      stepSize: 0.1,
    });
    expect(() => session.process(100)).toThrow(/whole block of 512/);
    session.dispose();
  });
});
