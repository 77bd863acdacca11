import { fitInNoise } from '../../identification/fit.ts';
import { Random } from '../../noise/random.ts';
import { convolve } from '../../plant/convolve.ts';

export interface OnlineIdentificationOptions {
  readonly sampleRateHz: number;
  readonly secondary: Float64Array;
  /** of the probe at the error microphone, relative to what that hears, dB, negative */
  readonly probeDb: number;
  readonly seed: number;
}

const WINDOW_S = 2;
const HOLD_OUT = 0.25;
/** On sound that it was not fitted to, a correction must explain so many times what as many taps explain by chance. */
const SIGNIFICANT = 1.5;
/** What a correction makes of the reference, over what the model makes of it, power; less is not worth a fresh start. */
const NOTICEABLE = 0.001;
/** Half the probe's power is white, half below this: models go wrong at low frequencies, where the fit leaks. */
const LOW_HZ = 150;
/** Of the level that the probe follows: slowly up, quickly down. */
const RISE = 0.1;
const FALL = 0.5;
/** Mean square at the error microphone below which there is nothing to hide a probe under: −80 dBFS. */
const FAINT = 1e-8;

/**
 * Keeps the secondary model true while it plays: adds a probe far below what the error microphone hears, and every two
 * seconds fits what is left of that microphone's sound, after the present model and after all that the reference explains,
 * to the probe. What it finds is the error of the model. Because the reference takes the noise out, the probe can be weak.
 * (Eriksson and Allie, J. Acoust. Soc. Am. 85, 1989, with the noise predicted as by Bao, Sas and van Brussel, J. Sound
 * Vib. 161, 1993; here by least squares over a window.)
 */
export class OnlineIdentification {
  /** impulse response, corrected so far */
  readonly secondary: Float64Array;
  corrections = 0;
  private readonly options: OnlineIdentificationOptions;
  private readonly random: Random;
  private readonly probe: Float64Array;
  private readonly reference: Float64Array;
  private readonly disturbance: Float64Array;
  private readonly pole: number;
  private readonly lowGain: number;
  private low = 0;
  private filled = 0;
  private written = 0;
  private heardPower = 0;
  private amplitude = 0;

  constructor(options: OnlineIdentificationOptions) {
    this.options = options;
    this.secondary = options.secondary.slice();
    this.pole = 1 - Math.exp((-2 * Math.PI * LOW_HZ) / options.sampleRateHz);
    this.lowGain = Math.sqrt((2 - this.pole) / this.pole);
    this.random = new Random(options.seed + 1000);
    const length = Math.round(WINDOW_S * options.sampleRateHz);
    this.probe = new Float64Array(length);
    this.reference = new Float64Array(length);
    this.disturbance = new Float64Array(length);
  }

  /** The probe's next sample; the reference's of the same instant is kept with it. */
  next(reference: number): number {
    const white = this.random.white();
    this.low += this.pole * (white - this.low);
    const v = this.amplitude * (white + this.lowGain * this.low) * Math.SQRT1_2;
    if (this.written < this.probe.length) {
      this.probe[this.written] = v;
      this.reference[this.written] = reference;
    }
    this.written++;
    return v;
  }

  /**
   * After each block of samples: e − ŝ∗y, the mean square of e, and whether no microphone clipped.
   * @returns whether the model has changed
   */
  add(disturbance: Float64Array, errorPower: number, isClean: boolean): boolean {
    const share = errorPower > this.heardPower ? RISE : FALL;
    this.heardPower += share * (errorPower - this.heardPower);
    const gain = Math.hypot(...this.secondary);
    const wanted = 10 ** (this.options.probeDb / 20) * Math.sqrt(this.heardPower);
    const isFaint = errorPower < FAINT;
    this.amplitude = gain > 0 && !isFaint ? wanted / gain : 0;
    if (isFaint || !isClean) {
      this.filled = 0;
      this.written = 0;
      return false;
    }
    const room = this.disturbance.length - this.filled;
    this.disturbance.set(disturbance.subarray(0, Math.min(room, disturbance.length)), this.filled);
    this.filled += disturbance.length;
    if (this.filled < this.disturbance.length) return false;
    this.filled = 0;
    this.written = 0;
    return this.correct();
  }

  private correct(): boolean {
    const { probe, reference, disturbance } = this;
    const split = Math.round(probe.length * (1 - HOLD_OUT));
    const taps = this.secondary.length;
    const part = (s: Float64Array) => s.subarray(0, split);
    const trial = fitInNoise(
      { input: part(probe), output: part(disturbance), reference: part(reference) },
      taps,
    );
    const whole = fitInNoise({ input: probe, output: disturbance, reference }, taps);
    if (!trial || !whole) return false;
    const echo = convolve(probe, trial.path);
    let [before, after] = [0, 0];
    for (let n = split; n < probe.length; n++) {
      before += whole.cleaned[n]! ** 2;
      after += (whole.cleaned[n]! - echo[n]!) ** 2;
    }
    if (before - after < ((SIGNIFICANT * taps) / split) * after) return false;
    const heard = (path: Float64Array) =>
      convolve(reference, path).reduce((sum, v) => sum + v * v, 0);
    if (heard(whole.path) < NOTICEABLE * heard(this.secondary)) return false;
    whole.path.forEach((v, i) => (this.secondary[i]! += v));
    this.corrections++;
    return true;
  }
}
