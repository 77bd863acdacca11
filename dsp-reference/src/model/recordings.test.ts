/**
 * Real recordings on measured paths, in a closed loop: the C core and this model have to agree in every output sample,
 * every disturbance sample and every final weight; the checking build has to have nothing to report.
 */
import { describe, expect, test } from 'vitest';
import { DATA_MISSING } from '../testing.ts';
import { firstDifference, runCore } from './core-runner.ts';
import { runRecorded } from './recorded-loop.ts';

if (DATA_MISSING)
  process.stderr.write(`skipped: exactness on recordings, because ${DATA_MISSING}\n`);

const seconds = 10;

const recordings = ['train_inside_buenos_aires', 'helicopter_cabin_flight', 'city_traffic'];
const ears = ['dummy/az090.json#ear=L', 'booth/person001_L.json', 'booth/person012_R.json'];
const cases = recordings.flatMap((recording) => ears.map((ear) => ({ recording, ear })));

describe.skipIf(DATA_MISSING)(`${seconds} s in a closed loop`, { timeout: 60_000 }, () => {
  test.each(cases)('$recording, $ear', async ({ recording, ear }) => {
    const model = await runRecorded(recording, ear, seconds);
    // A loop that learned nothing would prove nothing.
    expect(model.attenuationDb).toBeGreaterThan(3);
    for (const preset of ['native', 'check'] as const) {
      const core = runCore(preset, 48000, model.reference, model.error, model.events);
      expect(firstDifference(core.output, model.output), `${preset} output`).toBe(-1);
      expect(firstDifference(core.disturbance, model.disturbance), `${preset} disturbance`).toBe(
        -1,
      );
      expect(firstDifference(core.weights, model.weights), `${preset} weights`).toBe(-1);
    }
  });
});
