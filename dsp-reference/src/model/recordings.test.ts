/**
 * Real recordings on measured paths, in a closed loop: the C core and this model have to agree in every output sample,
 * every disturbance sample and every final weight; the checking build has to have nothing to report.
 */
import { describe, expect, test } from 'vitest';
import { mono } from '../audio/level.ts';
import { readWav } from '../audio/read-wav.ts';
import { readPaths } from '../paths/read.ts';
import { Plant } from '../plant/plant.ts';
import { secondaryModelOf } from '../secondary-model.ts';
import { DATA_MISSING, dataFile } from '../testing.ts';
import { firstDifference, runCore } from './core-runner.ts';
import { MODE_ANC } from './config.ts';
import { EngineModel } from './engine.ts';

if (DATA_MISSING)
  process.stderr.write(`skipped: exactness on recordings, because ${DATA_MISSING}\n`);

const seconds = 10;
const latencySamples = 5;
const samples = 48000 * seconds;

const recordings = ['train_inside_buenos_aires', 'helicopter_cabin_flight', 'city_traffic'];
const ears = ['dummy/az090.json#ear=L', 'booth/person001_L.json', 'booth/person012_R.json'];
const cases = recordings.flatMap((recording) => ears.map((ear) => ({ recording, ear })));

/** What a 24-bit converter delivers, left-justified in 32 bits. */
function toQ31(sample: number): number {
  return Math.max(-0x800000, Math.min(0x7fffff, Math.round(sample * 0x800000))) * 256;
}

/** The recording at −23 dBFS, from where its level is that of the whole. */
async function noiseOf(recording: string): Promise<Float64Array> {
  const { channels } = await readWav(dataFile('noises', `${recording}.wav`));
  const sound = mono(channels);
  return Float64Array.from({ length: samples }, (_, n) => sound[n % sound.length]!);
}

async function runModel(recording: string, ear: string) {
  const paths = await readPaths(dataFile('paths', ear));
  const secondary = secondaryModelOf(paths.secondary, latencySamples);
  const plant = new Plant(paths, await noiseOf(recording), { latencySamples });
  const engine = new EngineModel(48000);
  engine.setSecondary(secondary);
  engine.configure({ mode: MODE_ANC });
  const [reference, error, output, disturbance] = Array.from(
    { length: 4 },
    () => new Int32Array(samples),
  );
  let on = 0;
  let off = 0;
  for (let n = 0; n < samples; n++) {
    reference![n] = toQ31(plant.reference());
    output![n] = engine.output(reference![n]!);
    error![n] = toQ31(plant.error(output![n]! / 2147483648));
    engine.adapt(error![n]!);
    disturbance![n] = engine.disturbance;
    if (n < samples / 2) continue;
    on += plant.sound ** 2;
    off += plant.disturbance ** 2;
  }
  const attenuationDb = 10 * Math.log10(off / on);
  return {
    secondary,
    reference: reference!,
    error: error!,
    output: output!,
    disturbance: disturbance!,
    weights: engine.weights,
    attenuationDb,
  };
}

describe.skipIf(DATA_MISSING)(`${seconds} s in a closed loop`, { timeout: 60_000 }, () => {
  test.each(cases)('$recording, $ear', async ({ recording, ear }) => {
    const model = await runModel(recording, ear);
    // A loop that learned nothing would prove nothing.
    expect(model.attenuationDb).toBeGreaterThan(3);
    for (const preset of ['native', 'check'] as const) {
      const core = runCore(preset, 48000, model.reference, model.error, [
        { at: 0, secondary: model.secondary },
        { at: 0, config: { mode: MODE_ANC } },
      ]);
      expect(firstDifference(core.output, model.output), `${preset} output`).toBe(-1);
      expect(firstDifference(core.disturbance, model.disturbance), `${preset} disturbance`).toBe(
        -1,
      );
      expect(firstDifference(core.weights, model.weights), `${preset} weights`).toBe(-1);
    }
  });
});
