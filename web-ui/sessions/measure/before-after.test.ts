import { expect, it } from 'vitest';
import { BeforeAfter } from './before-after.ts';
import { spectraOf } from './spectra.ts';

const tone = (gain: number, hz: number, from: number) =>
  Float32Array.from(
    { length: 512 },
    (_, i) => gain * Math.sin((2 * Math.PI * hz * (from + i)) / 48000),
  );

it('levels and spectra are those of the last second', () => {
  const sound = new BeforeAfter();
  expect(sound.levels).toEqual({ inputDbfs: null, outputDbfs: null, cancellationDb: null });
  for (let n = 0; n < 200; n += 1) {
    // Loud at first: that is over by now.
    const gain = n < 100 ? 1 : 0.1;
    sound.put(tone(gain, 375, 512 * n), tone(0.01, 375, 512 * n));
  }
  const { inputDbfs, outputDbfs, cancellationDb } = sound.levels;
  expect(inputDbfs).toBeCloseTo(-23.01, 1);
  expect(outputDbfs).toBeCloseTo(-43.01, 1);
  expect(cancellationDb).toBeCloseTo(20, 1);
  const { before, after } = sound.recent();
  expect(before.length).toBe(48000);
  const spectra = spectraOf(before, after, 48000);
  expect(spectra.low.db).toBeCloseTo(20, 1);
  expect(spectra.octaves.find(({ name }) => name === '500')!.db).toBeCloseTo(20, 0);
  expect(spectra.octaves.find(({ name }) => name === '8k')!.db).toBeNull();
  const peak = spectra.off.reduce((best, point) => (point.y > best.y ? point : best));
  expect(peak.x).toBeGreaterThan(365);
  expect(peak.x).toBeLessThan(385);
});
