/** What the microphones of a headset hear with the loudspeaker silent: what every bound is computed from. */
import { convolve } from '../plant/convolve.ts';
import { Plant } from '../plant/plant.ts';
import type { Paths } from '../paths/paths.ts';
import { type Band, bandPower, type PowerSpectrum } from '../simulate/bands.ts';

export interface Situation {
  readonly paths: Paths;
  /** at its level and at the rate of the paths */
  readonly noise: Float64Array;
  readonly latencySamples: number;
  readonly micNoiseDb: number;
}

export interface Heard {
  /** reference microphone, with its noise */
  readonly x: Float64Array;
  /** sound at the error microphone, without that microphone's noise */
  readonly d: Float64Array;
}

export function hear({ paths, noise, latencySamples, micNoiseDb }: Situation): Heard {
  const plant = new Plant(paths, noise, { latencySamples, micNoiseDb });
  const [x, d] = [new Float64Array(plant.length), new Float64Array(plant.length)];
  for (let n = 0; n < plant.length; n++) {
    x[n] = plant.reference();
    d[n] = plant.disturbance;
  }
  return { x, d };
}

/** x through the secondary path and the loop's latency: what the control filter works on. */
export function filteredReference(x: Float64Array, { paths, latencySamples }: Situation) {
  const late = new Float64Array(paths.secondary.length + latencySamples);
  late.set(paths.secondary, latencySamples);
  return convolve(x, late);
}

/** What is less than this has no attenuation worth a name, dBFS. */
const SILENCE_DB = -120;

/** off over on in one band, dB, positive is quieter; null where there is no sound. */
export function attenuationIn({ lowHz, highHz }: Band, off: PowerSpectrum, on: PowerSpectrum) {
  const power = bandPower(off, lowHz, highHz);
  if (power < 10 ** (SILENCE_DB / 10)) return null;
  return 10 * Math.log10(power / bandPower(on, lowHz, highHz));
}
