/** The engine's integer model in a closed loop with real recordings and measured paths. */
import { mono } from '../audio/level.ts';
import { readWav } from '../audio/read-wav.ts';
import { readPaths } from '../paths/read.ts';
import { Plant } from '../plant/plant.ts';
import { secondaryModelOf } from '../secondary-model.ts';
import { dataFile } from '../testing.ts';
import { MODE_ANC } from './config.ts';
import type { EngineConfig } from './config.ts';
import type { CoreCase, CoreEvent, CoreResult } from './core-runner.ts';
import { EngineModel } from './engine.ts';
import { MAX_SECONDARY_TAPS } from './kernel.ts';

const sampleRateHz = 48000;
const latencySamples = 5;

/** What a 24-bit converter delivers, left-justified in 32 bits. */
function toQ31(sample: number): number {
  return Math.max(-0x800000, Math.min(0x7fffff, Math.round(sample * 0x800000))) * 256;
}

/** The recording at −23 dBFS, from where its level is that of the whole. */
async function noiseOf(recording: string, samples: number): Promise<Float64Array> {
  const { channels } = await readWav(dataFile('noises', `${recording}.wav`));
  const sound = mono(channels);
  return Float64Array.from({ length: samples }, (_, n) => sound[n % sound.length]!);
}

/** What the loop's integer model heard, played and learned. */
export interface RecordedLoop extends CoreCase, CoreResult {
  /** over the second half */
  readonly attenuationDb: number;
}

/** The integer model on a recording at measured paths, in a closed loop at sample level. */
export async function runRecorded(
  recording: string,
  ear: string,
  seconds: number,
  config: Partial<EngineConfig> = {},
  modelTaps = MAX_SECONDARY_TAPS,
): Promise<RecordedLoop> {
  const samples = sampleRateHz * seconds;
  const paths = await readPaths(dataFile('paths', ear));
  const plant = new Plant(paths, await noiseOf(recording, samples), { latencySamples });
  const secondary = secondaryModelOf(paths.secondary, latencySamples, modelTaps);
  const events: CoreEvent[] = [
    { at: 0, secondary },
    { at: 0, config: { ...config, mode: MODE_ANC } },
  ];
  const engine = new EngineModel(sampleRateHz);
  engine.setSecondary(secondary);
  engine.configure(events[1]!.config!);
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
    sampleRateHz,
    events,
    reference: reference!,
    error: error!,
    output: output!,
    disturbance: disturbance!,
    weights: engine.weights,
    attenuationDb,
  };
}
