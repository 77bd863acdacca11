/** The acoustic controllers in WebAssembly: the samples of the native build, their memory, and what they refuse. */
import { describe, expect, test } from 'vitest';
import { runCoreLoop } from '../../../dsp-reference/src/controllers/core-loop.ts';
import { ALGORITHMS } from '../../../dsp-reference/src/controllers/index.ts';
import { makeNoise } from '../../../dsp-reference/src/noise/generators.ts';
import { builtinPaths } from '../../../dsp-reference/src/paths/builtin.ts';
import { convolve } from '../../../dsp-reference/src/plant/convolve.ts';
import { type ControllerOptions, type Core, coreFile, CoreError, loadCore } from './node.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: the WebAssembly core, because it is not built\n');
const core = isBuilt ? await loadCore() : (null as unknown as Core);
const names = isBuilt ? core.controllerNames : ['no controller'];

const paths = builtinPaths('builtin:normal');
const noise = makeNoise('cabin', 24000, { levelDb: -23, seed: 3 });
const options = {
  sampleRateHz: 48000,
  taps: 128,
  secondary: paths.secondary.subarray(0, 100),
  feedback: paths.feedback.subarray(0, 50),
  outputLimit: 0.3,
  seed: 9,
};
/** Both microphones without the loudspeaker: an open loop, in which the native build hears the same. */
const silent = { ...paths, secondary: new Float64Array(1), feedback: new Float64Array(1) };
const reference = Float32Array.from(convolve(noise, paths.reference).subarray(0, noise.length));

/** −1 when there is none. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  return a.length === b.length ? a.findIndex((v, n) => v !== b[n]) : 0;
}

/** Calls of a C library with every block: JavaScript's Math differs from it in the last bit. */
const ROUNDED_ELSEWHERE = ['preconditioned'];
const ROUNDING_DB = -100;

function levelDb(signal: Float32Array): number {
  return 10 * Math.log10(signal.reduce((sum, v) => sum + v * v, 0));
}

describe.skipIf(!isBuilt).each(names)('%s', (algorithm) => {
  const native = isBuilt
    ? runCoreLoop({ ...options, algorithm, paths: silent, noise, micNoiseDb: -Infinity })
    : (null as never);

  test('gives the bits of the native build, in blocks and sample by sample', () => {
    const blocks = core.createController(algorithm, { ...options, blockSamples: 700 });
    const single = core.createController(algorithm, options);
    const output = new Float32Array(noise.length);
    const stepped = new Float32Array(noise.length);
    for (let at = 0; at < noise.length;) {
      const count = Math.min(noise.length - at, 1 + ((at * 7) % 700));
      blocks.reference.set(reference.subarray(at, at + count));
      blocks.error.set(native.off.subarray(at, at + count));
      blocks.process(count);
      output.set(blocks.output.subarray(0, count), at);
      at += count;
    }
    for (const [n, x] of reference.entries()) {
      stepped[n] = single.step(x);
      single.adapt(native.off[n]!);
    }
    expect(native.output.some((y) => y !== 0)).toBe(true);
    expect(firstDifference(stepped, output)).toBe(-1);
    expect(firstDifference(blocks.weights, single.weights)).toBe(-1);
    if (ROUNDED_ELSEWHERE.includes(algorithm)) {
      const difference = output.map((y, n) => y - native.output[n]!);
      expect(levelDb(difference) - levelDb(native.output)).toBeLessThan(ROUNDING_DB);
    } else {
      expect(firstDifference(output, native.output)).toBe(-1);
      expect(firstDifference(blocks.weights, native.weights)).toBe(-1);
    }
    expect([blocks.resets, single.resets]).toEqual([0, 0]);
    blocks.dispose();
    single.dispose();
  });

  test('gives its memory back, and begins with zeros', async () => {
    const own = await loadCore();
    const run = () => {
      const session = own.createController(algorithm, options);
      session.reference.set(reference.subarray(0, 512));
      session.error.set(native.off.subarray(0, 512));
      session.process();
      const output = session.output.slice();
      session.dispose();
      expect(() => session.process()).toThrow(expect.objectContaining({ code: 'CORE_DISPOSED' }));
      return output;
    };
    const first = run();
    const before = own.memoryBytes;
    for (let i = 0; i < 50; i++) expect(firstDifference(run(), first)).toBe(-1);
    expect(own.memoryBytes).toBe(before);
  });
});

test.skipIf(!isBuilt)('are what `anc simulate` offers in f32', () => {
  const offered = Object.entries(ALGORITHMS).filter(([, a]) => a.arithmetics.includes('f32'));
  expect(offered.map(([name]) => name).sort()).toEqual(core.controllerNames.sort());
});

describe.skipIf(!isBuilt)('wrong input', () => {
  const create =
    (changes: Partial<ControllerOptions>, name = 'fxnlms') =>
    () =>
      core.createController(name, { ...options, ...changes });

  test.each([
    [create({}, 'fxlms'), 'not fxlms'],
    [
      create({ sampleRateHz: 4000 }),
      'sampleRateHz is a whole number from 8000 to 192000, not 4000',
    ],
    [create({ sampleRateHz: NaN }), 'not NaN'],
    [create({ taps: 100 }), 'not 100'],
    [create({ taps: 4096 }), 'not 4096'],
    [create({ secondary: new Float32Array(4097) }), 'not 4097 values'],
    [create({ secondary: [0, NaN] }), 'each value of secondary is a number below 1000000, not NaN'],
    [create({ feedback: [-1e6] }), 'not -1000000'],
    [create({ feedback: [999999.99] }), 'not 999999.99'],
    [create({ stepSize: -1 }), 'not -1'],
    [create({ stepSize: 2.1 }), 'not 2.1'],
    [create({ leakage: 1e4 }), 'not 10000'],
    [create({ outputLimit: 0 }), 'not 0'],
    [create({ outputLimit: 1e-60 }), 'not 1e-60'],
    [create({ outputLimit: Infinity }), 'not Infinity'],
    [create({ seed: -1 }), 'not -1'],
    [create({ blockSamples: 0 }), 'not 0'],
    [() => create({})().process(513), 'count is a whole number from 0 to 512, not 513'],
  ])('%#: says what it was', (act, message) => {
    expect(act).toThrow(CoreError);
    expect(act).toThrow(
      expect.objectContaining({
        code: 'CORE_OPTION_INVALID',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  test('takes nothing of the memory', async () => {
    const own = await loadCore();
    const small = own.memoryBytes;
    const long = { ...options, taps: 100, secondary: new Float32Array(4096) };
    for (let i = 0; i < 200; i++)
      expect(() => own.createController('fxnlms', long)).toThrow(CoreError);
    expect(own.memoryBytes).toBe(small);
  });
});

test.skipIf(!isBuilt)('an option at the edge of its range is taken', () => {
  const at = (changes: Partial<ControllerOptions>) =>
    core.createController('online-secondary', { ...options, ...changes });
  for (const session of [
    at({ sampleRateHz: 8000, taps: 32, secondary: [], feedback: [] }),
    at({ sampleRateHz: 192000, taps: 2048, secondary: new Float32Array(4096) }),
    at({ stepSize: 0, leakage: 0, outputLimit: 1, seed: 2 ** 32 - 1 }),
    at({ stepSize: 2, leakage: 1000, outputLimit: 1e-6, blockSamples: 65536 }),
  ]) {
    session.reference.fill(0.5);
    session.error.fill(0.25);
    session.process();
    expect(session.output.every(Number.isFinite)).toBe(true);
    session.dispose();
  }
});
