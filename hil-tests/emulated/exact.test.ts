/**
 * The core on the chips' instruction sets, in QEMU: random runs and ten seconds of a recording at a measured
 * path have to give what the TypeScript integer model gives, in every sample and every weight.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORM_FIR, FORM_MULTIRATE } from '../../dsp-reference/src/model/config.ts';
import {
  firstDifference,
  readCoreResult,
  writeCoreCase,
} from '../../dsp-reference/src/model/core-runner.ts';
import type { CoreCase, CoreResult } from '../../dsp-reference/src/model/core-runner.ts';
import { runRandom } from '../../dsp-reference/src/model/random-run.ts';
import type { RandomRun } from '../../dsp-reference/src/model/random-run.ts';
import { runRecorded } from '../../dsp-reference/src/model/recorded-loop.ts';
import type { RecordedLoop } from '../../dsp-reference/src/model/recorded-loop.ts';
import { DATA_MISSING } from '../../dsp-reference/src/testing.ts';
import { INSTRUCTION_SETS } from './instruction-sets.ts';
import { buildCore, missingFor, runImage } from './programs.ts';
import type { Built } from './programs.ts';

const SEEDS = [0, 1, 2, 3, 4, 5, 6, 7];
const SECONDS = 10;

let random: RandomRun[];
let recorded: RecordedLoop | null;

beforeAll(async () => {
  random = SEEDS.map((seed) => runRandom(seed, [FORM_FIR, FORM_MULTIRATE]));
  // The filter and the model that a 160 MHz chip has time for.
  const config = { taps: 256 };
  const modelTaps = 128;
  recorded = DATA_MISSING
    ? null
    : await runRecorded(
        'train_inside_buenos_aires',
        'booth/person001_L.json',
        SECONDS,
        config,
        modelTaps,
      );
}, 60_000);

for (const set of INSTRUCTION_SETS) {
  const missing = missingFor(set);
  if (missing) process.stderr.write(`skipped: the core on ${set.name}, because ${missing}\n`);

  describe.skipIf(missing)(set.name, { timeout: 120_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'anc-emulated-'));
    let built: Built;
    let engineRun: string;
    beforeAll(async () => {
      built = await buildCore(set);
      engineRun = await built.program('engine_run', ['firmware/tests/engine_run.c']);
    }, 120_000);
    afterAll(() => rmSync(folder, { recursive: true }));

    async function same(name: string, wanted: CoreCase & CoreResult): Promise<void> {
      const ended = await runImage(set, engineRun, folder, writeCoreCase(folder, wanted));
      expect(ended, name).toEqual({ status: 0, output: '' });
      const core = readCoreResult(folder);
      const { output, disturbance, weights } = wanted;
      expect(firstDifference(core.output, output), `${name}, output`).toBe(-1);
      expect(firstDifference(core.disturbance, disturbance), `${name}, disturbance`).toBe(-1);
      expect(firstDifference(core.weights, weights), `${name}, weights`).toBe(-1);
    }

    test.skipIf(!set.doubles)('the kernels agree with double precision', async () => {
      const image = await built.program('dsp_kernels', ['firmware/tests/dsp_kernels.c']);
      expect(await runImage(set, image, folder, [])).toEqual({ status: 0, output: '' });
    });

    test('random runs equal the integer model', async () => {
      for (const [i, run] of random.entries()) await same(`seed ${SEEDS[i]}`, run);
      expect(random.filter((run) => run.adapted).length).toBeGreaterThan(SEEDS.length / 3);
    });

    test.skipIf(DATA_MISSING)(`${SECONDS} s of a recording equal the integer model`, async () => {
      // A loop that learned nothing would prove nothing.
      expect(recorded!.attenuationDb).toBeGreaterThan(3);
      await same('recording', recorded!);
    });
  });
}
