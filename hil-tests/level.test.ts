/** The fixed-point kernels are flat over level. `npm run bench -- level` prints the whole sweep. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeSignals, runFloat64, runKernel, theoryDb } from './level.ts';

const isBuilt = existsSync('firmware/build/native/nlms_run');

describe.skipIf(!isBuilt)(
  'NLMS, white noise, noise floor 60 dB down, 3.2 s',
  { timeout: 30_000 },
  () => {
    const stepSize = 0.5;
    const at = (levelDb: number, taps: number) => makeSignals(taps, levelDb, 3.2);

    test('float64 is what theory says', () => {
      expect(runFloat64(at(-20, 128), 128, stepSize)).toBeCloseTo(theoryDb(stepSize), 0);
    });

    test.each([-20, -40, -60])('24-bit I/O at %d dBFS: at least 58 dB', (levelDb) => {
      for (const taps of [512, 128]) {
        const signals = at(levelDb, taps);
        expect(runKernel('q31', signals, taps, stepSize, 24), `q31, ${taps} taps`).toBeGreaterThan(
          58,
        );
        expect(runKernel('q15', signals, taps, stepSize, 24), `q15, ${taps} taps`).toBeGreaterThan(
          58,
        );
      }
    });

    test('at -10 dBFS nothing diverges, though peaks clip', () => {
      const signals = at(-10, 512);
      for (const kernel of ['q31', 'q15'] as const)
        expect(runKernel(kernel, signals, 512, stepSize, 24)).toBeGreaterThan(50);
    });

    test.each([
      [-20, 57],
      [-30, 56],
      [-40, 51],
      [-50, 42],
      [-60, 32],
    ])('q15 with 16-bit I/O at %d dBFS: at least %d dB', (levelDb, leastDb) => {
      for (const taps of [512, 128])
        expect(runKernel('q15', at(levelDb, taps), taps, stepSize, 16)).toBeGreaterThan(leastDb);
    });
  },
);
