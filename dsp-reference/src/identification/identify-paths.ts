import type { Paths } from '../paths/paths.ts';
import { Plant } from '../plant/plant.ts';
import type { PlantOptions } from '../plant/plant.ts';
import type { Excitation } from './excitation.ts';
import { Identifier } from './identify.ts';
import type { Identification } from './identify.ts';

/** A headset is fitted in a place that is quieter than where it is worn. */
const QUIETER_DB = 40;

export interface PathIdentification extends PlantOptions {
  readonly paths: Paths;
  readonly noise: Float64Array;
  readonly excitation: Excitation;
}

/** Measures the paths of a plant as a headset would, in the same noise 40 dB down. @throws DspError IDENTIFICATION_REFUSED */
export function identifyPaths(options: PathIdentification): Identification {
  const { paths, noise, excitation, seed = 1 } = options;
  const quiet = noise.map((v) => v * 10 ** (-QUIETER_DB / 20));
  const plant = new Plant(paths, quiet, { ...options, seed: seed + 100 });
  const identifier = new Identifier({ sampleRateHz: paths.sampleRateHz, excitation, seed });
  while (identifier.phase !== 'done') {
    identifier.adapt(plant.error(identifier.output(plant.reference())));
  }
  return identifier.result();
}
