// npm run bench -- level: noise reduction of the NLMS kernels over the level of the reference, beside theory and float64.
import { mkdirSync, writeFileSync } from 'node:fs';
import {
  makeSignals,
  noiseFloorDb,
  roundingBoundDb,
  runFloat64,
  runKernel,
  theoryDb,
} from '../level.ts';

const seconds = 3.2;
const kernels = [
  { name: 'q31', kernel: 'q31', ioBits: 24 },
  { name: 'q15', kernel: 'q15', ioBits: 24 },
  { name: 'q15, 16-bit I/O', kernel: 'q15', ioBits: 16 },
] as const;

const results = [];
process.stdout.write(
  `Noise reduction in dB after ${seconds} s: NLMS as an electrical canceller, white reference, random system of unit gain, noise ${-noiseFloorDb} dB below the
primary; 10 log10(d²/e²) over the last 0.4 s. Theory: the noise's share times 2/(2 - µ). In brackets: what 16-bit rounding leaves of it.\n`,
);
for (const taps of [512, 128]) {
  for (const stepSize of [0.5, 0.1]) {
    const head = kernels.map(({ name }) => name.padStart(16)).join('');
    process.stdout.write(
      `\n${taps} taps, µ ${stepSize}, theory ${theoryDb(stepSize).toFixed(2)} dB\nx, dBFS   float64  ${head}\n`,
    );
    for (const levelDb of [-10, -20, -30, -40, -50, -60]) {
      const signals = makeSignals(taps, levelDb, seconds);
      const float64 = runFloat64(signals, taps, stepSize);
      const row = kernels.map(({ kernel, ioBits }) =>
        runKernel(kernel, signals, taps, stepSize, ioBits),
      );
      const bound = roundingBoundDb(stepSize, levelDb, 16);
      const named = Object.fromEntries(kernels.map(({ name }, i) => [name, row[i]]));
      results.push({
        taps,
        stepSize,
        levelDb,
        theory: theoryDb(stepSize),
        float64,
        roundingBound16: bound,
        ...named,
      });
      const cells = row.map((v) => v.toFixed(1).padStart(16)).join('');
      process.stdout.write(
        `${String(levelDb).padStart(5)}    ${float64.toFixed(1).padStart(8)}  ${cells} (${bound.toFixed(1)})\n`,
      );
    }
  }
}
mkdirSync('reports', { recursive: true });
writeFileSync('reports/level.json', `${JSON.stringify(results, null, 2)}\n`);
