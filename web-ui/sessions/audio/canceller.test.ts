import { describe, expect, it } from 'vitest';
import { coreFile, loadCore } from '../../../host/wasm/src/node.ts';
import { algorithms, defaultSettings } from '../../../host/sessions/protocol/index.ts';
import { Canceller } from './canceller.ts';

const missing = coreFile() ? false : 'the WebAssembly core is not built';
if (missing) process.stderr.write(`skipped: canceller of a session, because ${missing}\n`);

const block = 512;
const level = (signal: Float32Array) =>
  10 * Math.log10(signal.reduce((sum, v) => sum + v * v, 0) / signal.length);

/** White noise, the same for the same seed. */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) / 4;
  });
}

describe.skipIf(missing)('canceller of a session', () => {
  it.each(algorithms)('%s takes away what a second microphone hears', async (algorithm) => {
    const core = await loadCore();
    const canceller = new Canceller(core, {
      ...defaultSettings,
      algorithm,
      channels: 2,
      stepSize: 0.5,
    });
    const reference = noise(48000, 7);
    const primary = reference.map((_, i) => 0.5 * (reference[i - 20] ?? 0));
    const output = new Float32Array(primary.length);
    for (let at = 0; at + block <= primary.length; at += block)
      canceller.process(
        primary.subarray(at, at + block),
        reference.subarray(at, at + block),
        output.subarray(at, at + block),
      );
    expect(level(primary.subarray(40000, 47000))).toBeGreaterThan(-31);
    expect(level(output.subarray(40000, 47000))).toBeLessThan(-61);
  });

  it.each(['fdaf', 'nlms'] as const)('%s takes a tone out of one microphone', async (algorithm) => {
    const settings = { ...defaultSettings, algorithm, stepSize: 0.5 };
    const canceller = new Canceller(await loadCore(), settings);
    const tone = Float32Array.from({ length: 96000 }, (_, i) => 0.3 * Math.sin(i / 30));
    const output = new Float32Array(tone.length);
    const run = (intensity: number, from: number, to: number) => {
      canceller.intensity = intensity;
      for (let at = from; at + block <= to; at += block) {
        const chunk = tone.subarray(at, at + block);
        canceller.process(chunk, chunk, output.subarray(at, at + block));
      }
    };
    run(1, 0, 150 * block);
    run(0, 150 * block, 160 * block);
    run(0.5, 160 * block, 170 * block);
    const levelOf = (from: number, to: number) => level(output.subarray(from * block, to * block));
    expect(levelOf(140, 150)).toBeLessThan(-50);
    // Off gives the input back, a half takes 6 dB.
    expect(output.slice(150 * block, 160 * block)).toEqual(tone.slice(150 * block, 160 * block));
    expect(levelOf(160, 170)).toBeCloseTo(level(tone.subarray(81920, 87040)) - 6.02, 1);
  });
});
