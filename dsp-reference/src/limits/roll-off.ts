import { inverse, minimumPhase, transform } from '../controllers/spectrum.ts';
import type { Paths } from '../paths/paths.ts';
import { convolve } from '../plant/convolve.ts';

/** Below LOW_HZ the loudspeaker is raised to what it has from there to HIGH_HZ; below FLOOR_HZ by as much as there. */
const LOW_HZ = 250;
const HIGH_HZ = 1000;
const FLOOR_HZ = 20;
const SIZE = 16384;
const TAPS = 2048;

/**
 * The same paths with a loudspeaker that is as loud at low frequencies as from 250 to 1000 Hz: the secondary path behind a
 * minimum-phase filter, so that nothing comes later.
 */
export function withoutRollOff(paths: Paths): Paths {
  const { secondary, sampleRateHz } = paths;
  const padded = new Float64Array(SIZE);
  padded.set(secondary.subarray(0, SIZE));
  const { re, im } = transform(padded);
  const power = re.map((v, k) => v * v + im[k]! * im[k]!);
  const binOf = (hz: number) => Math.round((hz * SIZE) / sampleRateHz);
  const level =
    power.subarray(binOf(LOW_HZ), binOf(HIGH_HZ)).reduce((sum, v) => sum + v, 0) /
    (binOf(HIGH_HZ) - binOf(LOW_HZ));
  const logGain = power.map((_, k) => {
    const bin = Math.max(binOf(FLOOR_HZ), Math.min(k, SIZE - k));
    return bin < binOf(LOW_HZ) ? Math.max(0, 0.5 * Math.log(level / power[bin]!)) : 0;
  });
  const equaliser = inverse(minimumPhase(logGain)).slice(0, TAPS);
  const longer = new Float64Array(secondary.length + TAPS);
  longer.set(secondary);
  return { ...paths, secondary: convolve(longer, equaliser).slice(0, TAPS) };
}
