/** The single-precision kernels as WebAssembly: the same bits as the native build. */
import { describe, expect, test } from 'vitest';
import { runFloatKernel } from '../../../dsp-reference/src/model/float-kernels.ts';
import { type Core, coreFile, CoreError, loadCore } from './node.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: the WebAssembly core, because it is not built\n');
const core = isBuilt ? await loadCore() : (null as unknown as Core);

function signal(seed: number, length: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.4;
  });
}

const samples = 8192;
const x = signal(1, samples);
const d = x.map((v, n) => 0.5 * v - 0.3 * (x[n - 5] ?? 0) + 0.01 * (x[n - 40] ?? 0));

describe.skipIf(!isBuilt)('single precision in WebAssembly', () => {
  test.each([
    { taps: 16, leak: 0 },
    { taps: 528, leak: 0 },
    { taps: 64, leak: 1e-4 },
  ])('NLMS, %o: the same bits as native', ({ taps, leak }) => {
    const native = runFloatKernel('native', 'f32', x, d, taps, 0.5, leak);
    const session = core.createNlmsF32({ taps, stepSize: 0.5, leak });
    const e = new Float32Array(samples);
    for (let at = 0; at < samples;) {
      const count = Math.min(samples - at, 1 + ((at * 7) % 512));
      session.reference.set(x.subarray(at, at + count));
      session.primary.set(d.subarray(at, at + count));
      session.process(count);
      e.set(session.error.subarray(0, count), at);
      at += count;
    }
    expect(e).toEqual(native.e);
    expect(session.weights).toEqual(native.weights);
    session.dispose();
  });

  test.each([
    { taps: 512, blockSamples: 512 },
    { taps: 512, blockSamples: 64 },
    { taps: 96, blockSamples: 32 },
  ])('FDAF, %o: the same bits as native', ({ taps, blockSamples }) => {
    const native = runFloatKernel('native', 'fdaf', x, d, taps, 0.5, blockSamples);
    const session = core.createFdaf({ taps, stepSize: 0.5, blockSamples });
    const e = new Float32Array(samples);
    for (let at = 0; at < samples; at += blockSamples) {
      session.reference.set(x.subarray(at, at + blockSamples));
      session.primary.set(d.subarray(at, at + blockSamples));
      session.process();
      e.set(session.error, at);
    }
    expect(e).toEqual(native.e);
    expect(session.weights).toEqual(native.weights);
    expect(session.bytes).toBeLessThanOrEqual(64 * 1024);
    session.dispose();
    expect(() => session.process()).toThrow(CoreError);
  });

  test.each([
    () => core.createNlmsF32({ taps: 17, stepSize: 0.5 }),
    () => core.createNlmsF32({ taps: 16, stepSize: NaN }),
    () => core.createFdaf({ taps: 512, stepSize: 0.5, blockSamples: 100 }),
    () => core.createFdaf({ taps: 500, stepSize: 0.5 }),
    () => core.createFdaf({ taps: 8192, stepSize: 0.5 }),
    () => core.createFdaf({ taps: 512, stepSize: 0.5, leak: 1 }),
  ])('refuses what makes no filter, %#', (create) => {
    expect(create).toThrow(expect.objectContaining({ code: 'CORE_OPTION_INVALID' }));
  });
});
