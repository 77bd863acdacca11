/** Electrical cancelling of a recording through a measured path. `npm run bench -- electrical` prints the whole table. */
import { describe, expect, test } from 'vitest';
import { DATA_MISSING } from '../dsp-reference/src/testing.ts';
import { engineNames } from '../host/cancel/index.ts';
import { coreFile } from '../host/wasm/src/node.ts';
import {
  boundOf,
  makeScene,
  noiseReductionDb,
  readSpeech,
  speechResult,
  speechStepOf,
  tapsOf,
} from './electrical.ts';

const missing = DATA_MISSING || (coreFile() ? false : 'the WebAssembly core is not built');
if (missing) process.stderr.write(`skipped: electrical cancelling, because ${missing}\n`);

describe.skipIf(missing)('helicopter’s cabin at person 1, left', { timeout: 30_000 }, async () => {
  const scene = missing
    ? null!
    : await makeScene('helicopter_cabin_flight', 'booth/person001_L.json', await readSpeech());
  const boundDb = missing ? 0 : boundOf(scene)!;

  test.each(engineNames)(
    '%s: 35 dB of the noise alone, and not above the bound',
    async (engine) => {
      const reductionDb = await noiseReductionDb(scene, {
        engine,
        taps: tapsOf(engine),
        stepSize: 0.5,
      });
      expect(reductionDb).toBeGreaterThan(35);
      expect(reductionDb).toBeLessThan(boundDb);
    },
  );

  test.each(engineNames)('%s: 10 dB more of speech over noise', async (engine) => {
    const { snrImprovementDb, distortionDb } = await speechResult(scene, {
      engine,
      taps: tapsOf(engine),
      stepSize: speechStepOf(engine),
    });
    expect(snrImprovementDb).toBeGreaterThan(10);
    expect(distortionDb).toBeLessThan(-10);
  });

  test('a step for noise alone ruins speech: the reason for the small one', async () => {
    const fast = await speechResult(scene, { engine: 'q31', taps: 512, stepSize: 0.5 });
    expect(fast.snrImprovementDb).toBeLessThan(6);
  });
});
