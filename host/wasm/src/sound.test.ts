/** What is done to samples beside cancelling: mixing and spectra. */
import { describe, expect, test } from 'vitest';
import { type Core, coreFile, loadCore } from './node.ts';

const isBuilt = coreFile() !== null;
if (!isBuilt) process.stderr.write('skipped: mixing and spectra, because the core is not built\n');
const core = isBuilt ? await loadCore() : (null as unknown as Core);

describe.skipIf(!isBuilt)('mix', () => {
  test('takes as much of the noise as it is told, within the limit', () => {
    const session = core.createNlmsF32({ taps: 16, stepSize: 0, blockSamples: 64 });
    const count = 63; // three are left over behind vectors of four
    for (let i = 0; i < count; i++) session.primary[i] = Math.sin(i) * 2;
    session.process(count);
    for (let i = 0; i < count; i++) session.error[i] = Math.cos(i);
    const wanted = Array.from({ length: count }, (_, i) => {
      const [input, rest] = [session.primary[i]!, session.error[i]!];
      return Math.max(-0.8, Math.min(0.8, 0.25 * input + 0.75 * rest));
    });
    const squares = session.mix({ intensity: 0.75, limit: 0.8 }, count);
    wanted.forEach((value, i) => expect(session.error[i]).toBeCloseTo(value, 6));
    const sum = (values: Iterable<number>) => [...values].reduce((s, v) => s + v * v, 0);
    expect(squares.input).toBeCloseTo(sum(session.primary.subarray(0, count)), 4);
    expect(squares.output).toBeCloseTo(sum(wanted), 4);
    expect(Math.max(...wanted)).toBe(0.8);
    expect(() => session.mix({ intensity: 1.1, limit: 1 })).toThrow('intensity is a number');
    expect(() => session.mix({ intensity: 1, limit: 0 })).toThrow('limit is a number above 0');
    session.dispose();
  });
});

describe.skipIf(!isBuilt)('createSpectrum', () => {
  test('equals the definition, Hann window and all', () => {
    const size = 64;
    const spectrum = core.createSpectrum(size);
    const signal = Float32Array.from({ length: size }, (_, i) => Math.sin(i * i) + 0.5);
    spectrum.signal.set(signal);
    spectrum.process();
    expect(spectrum.power).toHaveLength(size / 2 + 1);
    spectrum.power.forEach((power, k) => {
      let [re, im] = [0, 0];
      signal.forEach((value, n) => {
        const windowed = value * (0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / size));
        re += windowed * Math.cos((2 * Math.PI * k * n) / size);
        im -= windowed * Math.sin((2 * Math.PI * k * n) / size);
      });
      expect(power).toBeCloseTo(re * re + im * im, 3);
    });
    spectrum.dispose();
    expect(() => core.createSpectrum(100)).toThrow('a power of two');
  });
});
