import { DspError } from '../errors.ts';
import { levelDb } from '../audio/level.ts';
import { convolve } from '../plant/convolve.ts';
import { bandPower, OCTAVES, welch } from '../simulate/bands.ts';
import { deriveSettings } from './derive.ts';
import type { DerivedSettings } from './derive.ts';
import { excitation } from './excitation.ts';
import type { Excitation } from './excitation.ts';
import { fitFir, fitInNoise } from './fit.ts';

export interface IdentificationOptions {
  readonly sampleRateHz: number;
  /** default `white` */
  readonly excitation?: Excitation;
  /** of the measurement, after listening and ramp; default 4 */
  readonly seconds?: number;
  /** of the models, delay included; default 512 */
  readonly taps?: number;
  /** loudest drive, RMS; default −20 dBFS */
  readonly maxDriveDb?: number;
  /** an identification below this is refused; default 8 dB */
  readonly minErleDb?: number;
  readonly seed?: number;
}

export interface BandConfidence {
  readonly centreHz: number;
  /** what the model explains over what it does not, dB */
  readonly signalToErrorDb: number;
}

export interface Identification {
  /** impulse response loudspeaker → error microphone, loop latency included */
  readonly secondary: Float64Array;
  /** loudspeaker → reference microphone */
  readonly feedback: Float64Array;
  /** echo return loss enhancement: error microphone over what the model leaves of it, dB, on sound the model was not fitted to */
  readonly erleDb: number;
  readonly octaves: readonly BandConfidence[];
  /** RMS of the drive that was reached, dBFS */
  readonly driveDb: number;
  /** RMS at the error microphone before the first sound, dBFS */
  readonly backgroundDb: number;
  readonly derived: DerivedSettings;
}

const LISTEN_S = 0.5;
const STEP_S = 0.05;
/** Nobody is startled: the drive begins here and rises by so much a step, only as far as needed. */
const START_DB = -60;
const RAISE_DB = 1.5;
/** The error microphone should hear it so far above the background, but within these levels. */
const ABOVE_DB = 20;
const QUIETEST_DB = -50;
const LOUDEST_DB = -26;
/** … and at least so far, or the noise's own ups and downs would be taken for it. */
const LEAST_ABOVE_DB = 6;
const HOLD_OUT = 0.25;
const MIN_ERLE_DB = 8;
const FULL_SCALE = 0.999;

type Phase = 'listen' | 'ramp' | 'measure' | 'done';

/**
 * Measures both paths from the loudspeaker at the pace of the audio: listens to the background, raises a test sound only
 * as far as needed, records, and fits by least squares. Surrounding noise that the reference microphone hears too is
 * predicted from it and taken out first.
 */
export class Identifier {
  phase: Phase = 'listen';
  private readonly options: IdentificationOptions;
  private readonly sound: () => number;
  private readonly step: number;
  private readonly measured: number;
  private readonly drive: Float64Array;
  private readonly reference: Float64Array;
  private readonly error: Float64Array;
  private index = 0;
  private driveDb = START_DB;
  private power = 0;
  private background = 0;
  private clipped = 0;
  private now = 0;

  constructor(options: IdentificationOptions) {
    this.options = options;
    const { sampleRateHz, seconds = 4, seed = 1 } = options;
    this.sound = excitation(options.excitation ?? 'white', sampleRateHz, seed);
    this.step = Math.round(STEP_S * sampleRateHz);
    this.measured = Math.round(seconds * sampleRateHz);
    this.drive = new Float64Array(this.measured);
    this.reference = new Float64Array(this.measured);
    this.error = new Float64Array(this.measured);
  }

  /** The loudspeaker's next sample. */
  output(reference: number): number {
    this.now =
      this.phase === 'ramp' || this.phase === 'measure'
        ? this.sound() * 10 ** (this.driveDb / 20)
        : 0;
    if (this.phase === 'measure') {
      this.drive[this.index] = this.now;
      this.reference[this.index] = reference;
    }
    return this.now;
  }

  adapt(error: number): void {
    this.power += error * error;
    this.index++;
    if (this.phase === 'listen') this.listen();
    else if (this.phase === 'ramp') this.ramp();
    else if (this.phase === 'measure') this.measure(error);
  }

  private listen(): void {
    const count = Math.round(LISTEN_S * this.options.sampleRateHz);
    if (this.index < count) return;
    this.background = Math.sqrt(this.power / count);
    this.enter('ramp');
  }

  private ramp(): void {
    if (this.index < this.step) return;
    const excess = this.power / this.step - this.background ** 2;
    const level = 10 * Math.log10(Math.max(1e-20, excess));
    const background = 20 * Math.log10(this.background + 1e-10);
    const bounded = Math.max(QUIETEST_DB, Math.min(LOUDEST_DB, background + ABOVE_DB));
    const wanted = Math.max(bounded, background + LEAST_ABOVE_DB);
    const loudest = this.options.maxDriveDb ?? -20;
    if (level >= wanted || this.driveDb >= loudest) return this.enter('measure');
    this.driveDb = Math.min(loudest, this.driveDb + RAISE_DB);
    this.enter('ramp');
  }

  private measure(error: number): void {
    this.error[this.index - 1] = error;
    if (Math.abs(error) >= FULL_SCALE) this.clipped++;
    if (this.index === this.measured) this.enter('done');
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    this.index = 0;
    this.power = 0;
  }

  /**
   * When the phase is `done`.
   * @throws DspError IDENTIFICATION_REFUSED with the reason: silent or clipped microphone, too little of it explained
   */
  result(): Identification {
    const { options, drive, error, reference } = this;
    const taps = options.taps ?? 512;
    if (this.phase !== 'done') throw refused('it has not ended', 'Let it run to its end.');
    if (this.clipped > 0) {
      throw refused(
        `the error microphone clipped in ${this.clipped} samples`,
        'Lower the surrounding noise, the gain of the microphone or maxDriveDb.',
      );
    }
    const split = Math.round(drive.length * (1 - HOLD_OUT));
    const known = (s: Float64Array) => s.subarray(0, split);
    const trial = fitInNoise(
      { input: known(drive), output: known(error), reference: known(reference) },
      taps,
    );
    const whole = fitInNoise({ input: drive, output: error, reference }, taps);
    const feedback = fitFir({ input: drive, output: reference }, taps);
    if (!trial || !whole || !feedback) {
      throw refused('nothing was played or heard', 'Is the loudspeaker connected?');
    }
    const quality = this.quality(trial.path, whole.cleaned, split);
    const minErleDb = options.minErleDb ?? MIN_ERLE_DB;
    if (!(quality.erleDb >= minErleDb)) {
      throw refused(
        `the model explains ${quality.erleDb.toFixed(1)} dB of the error microphone's sound, ${minErleDb} dB are needed`,
        this.background > 0.003
          ? 'The surroundings are loud: measure in a quieter place, longer or louder.'
          : 'The loudspeaker hardly reaches the microphone: check the fit and the wiring, or allow more drive.',
      );
    }
    return {
      secondary: whole.path,
      feedback,
      ...quality,
      driveDb: this.driveDb,
      backgroundDb: 20 * Math.log10(this.background + 1e-10),
      derived: deriveSettings(whole.path, options.sampleRateHz),
    };
  }

  /** On the last part of the sound, which the trial model has not seen. */
  private quality(path: Float64Array, cleaned: Float64Array, split: number) {
    const { sampleRateHz } = this.options;
    const echo = convolve(this.drive, path).subarray(split, this.drive.length);
    const heard = cleaned.subarray(split);
    const left = heard.map((v, n) => v - echo[n]!);
    const signal = welch(echo, sampleRateHz);
    const residual = welch(left, sampleRateHz);
    return {
      erleDb: levelDb(heard) - levelDb(left),
      octaves: OCTAVES.map(({ centreHz, lowHz, highHz }) => ({
        centreHz,
        signalToErrorDb:
          10 *
          Math.log10(
            (bandPower(signal, lowHz, highHz) + 1e-20) /
              (bandPower(residual, lowHz, highHz) + 1e-20),
          ),
      })),
    };
  }
}

function refused(reason: string, hint: string): DspError {
  return new DspError('IDENTIFICATION_REFUSED', `The path was not identified: ${reason}.`, {
    hint,
  });
}
