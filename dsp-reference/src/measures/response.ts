/** What an impulse response says of itself at single frequencies. */

interface Spectrum {
  readonly re: number;
  readonly im: number;
}

/** Direct Fourier sum at one frequency; the phasor turns by recursion. */
function at(response: ArrayLike<number>, hz: number, sampleRateHz: number): Spectrum {
  const omega = (2 * Math.PI * hz) / sampleRateHz;
  const [turnRe, turnIm] = [Math.cos(omega), -Math.sin(omega)];
  let [c, s, re, im] = [1, 0, 0, 0];
  for (let n = 0; n < response.length; n++) {
    re += response[n]! * c;
    im += response[n]! * s;
    [c, s] = [c * turnRe - s * turnIm, c * turnIm + s * turnRe];
  }
  return { re, im };
}

/** Of a third of an octave: how dense the means and maxima below are taken. */
const STEPS_A_THIRD = 4;

function* frequencies(lowHz: number, highHz: number): Generator<number> {
  const ratio = 2 ** (1 / (3 * STEPS_A_THIRD));
  for (let hz = lowHz; hz <= highHz * 1.000001; hz *= ratio) yield hz;
}

/** Mean of the gain in dB over a logarithmic frequency axis. */
export function gainDb(
  response: ArrayLike<number>,
  lowHz: number,
  highHz: number,
  sampleRateHz: number,
): number {
  let [sum, count] = [0, 0];
  for (const hz of frequencies(lowHz, highHz)) {
    const { re, im } = at(response, hz, sampleRateHz);
    sum += 10 * Math.log10(Math.max(1e-20, re * re + im * im));
    count++;
  }
  return sum / count;
}

export interface LoopGain {
  /** largest magnitude of filter times path; below 0 dB the loop cannot howl, whatever its phase */
  readonly gainDb: number;
  readonly hz: number;
}

const LOOP_HIGH_HZ = 16000;
/** Periods that have to fit into the second half of a path, or its noise cannot be told from it. */
const PERIODS = 2;

/** The last part of a response, where only what the measurement did not average out is left. */
const TAIL_SHARE = 0.5;
/** A response counts where it has so many times the power of that: less is its noise's own ups and downs. */
const HEARD = 10;

/** Whether a measured path is more than its own noise, by third octave: its second half is taken for noise alone. */
function heardAt(path: ArrayLike<number>, hz: number, sampleRateHz: number): boolean {
  const tail = Array.from(path).slice(Math.floor((1 - TAIL_SHARE) * path.length));
  const edge = 2 ** (1 / 6);
  let [whole, noise] = [0, 0];
  for (const f of frequencies(hz / edge, hz * edge)) {
    const [h, t] = [at(path, f, sampleRateHz), at(tail, f, sampleRateHz)];
    whole += h.re ** 2 + h.im ** 2;
    noise += (t.re ** 2 + t.im ** 2) / TAIL_SHARE;
  }
  return whole > HEARD * noise;
}

/**
 * Of the loop control filter → loudspeaker → reference microphone → control filter. By the small-gain theorem it is stable
 * where this is below one; the distance to that is its margin (Elliott, Signal Processing for Active Control, 2001, ch. 6).
 * From the frequency up that the path is long enough for. null: one of the two is silent, or the path is nowhere more than the noise of its measurement.
 */
export function loopGain(
  filter: ArrayLike<number>,
  path: ArrayLike<number>,
  sampleRateHz: number,
): LoopGain | null {
  let most: LoopGain | null = null;
  const lowHz = (PERIODS * sampleRateHz) / Math.max(1, TAIL_SHARE * path.length);
  for (const hz of frequencies(lowHz, Math.min(LOOP_HIGH_HZ, sampleRateHz / 2))) {
    const [w, f] = [at(filter, hz, sampleRateHz), at(path, hz, sampleRateHz)];
    const power = (w.re ** 2 + w.im ** 2) * (f.re ** 2 + f.im ** 2);
    const gainDb = 10 * Math.log10(power);
    if (power > 0 && !(most && gainDb <= most.gainDb) && heardAt(path, hz, sampleRateHz))
      most = { gainDb, hz };
  }
  return most;
}
