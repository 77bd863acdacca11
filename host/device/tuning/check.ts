/** First step: are both microphones alive, unclipped, and do they hear the same sound? */
import { coherence } from '@anc/dsp-reference';
import { AncError } from '@anc/link';
import type { Recording } from './recording.ts';

export interface MicrophoneLevel {
  /** RMS, dBFS */
  readonly levelDb: number;
  readonly peakDb: number;
}

export interface Check {
  readonly reference: MicrophoneLevel;
  readonly error: MicrophoneLevel;
  /** Of the error microphone's sound from 50 to 1000 Hz, what the reference microphone hears, too; dB that it would allow. */
  readonly coherenceDb: number;
  /** What is left at the error microphone: its own noise and whatever only it hears. An upper limit, 50–1000 Hz, dBFS. */
  readonly floorDb: number;
}

/** A converter's last bits: a microphone that is connected is louder than that in any room. */
const DEAD_DB = -110;
/** Less sound than this teaches no filter anything: 15 dB over the noise of a microphone of −90 dBFS. */
const QUIET_DB = -75;
/** So many equal samples in a row at the peak are a flat top: a microphone's own noise makes any other two differ. */
const FLAT_SAMPLES = 4;
/** Flat tops of a sound below this are the steps of a converter. */
const FLAT_FROM_DB = -60;
/** Half of the power in common: below that a canceller has next to nothing to work with. */
const LEAST_COHERENCE_DB = 3;

const db = (v: number) => 20 * Math.log10(Math.max(1e-9, v));

function levelOf(samples: Float64Array): MicrophoneLevel {
  // a converter's offset is no sound
  const mean = samples.reduce((sum, v) => sum + v, 0) / samples.length;
  const power = samples.reduce((sum, v) => sum + (v - mean) ** 2, 0) / samples.length;
  return {
    levelDb: db(Math.sqrt(power)),
    peakDb: db(samples.reduce((most, v) => Math.max(most, Math.abs(v)), 0)),
  };
}

/** Whether the sound has flat tops: it is cut off, at full scale or before. */
export function isClipped(samples: Float64Array): boolean {
  const peak = samples.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  if (db(peak) < FLAT_FROM_DB) return false;
  let run = 0;
  for (let n = 0; n < samples.length; n++) {
    const v = samples[n]!;
    run = Math.abs(v) === peak && (run === 0 || v === samples[n - 1]) ? run + 1 : 0;
    if (run >= FLAT_SAMPLES) return true;
  }
  return false;
}

function refuse(code: string, text: string, hint: string): AncError {
  return new AncError(code, text, { hint });
}

function checkMicrophone(name: 'reference' | 'error', samples: Float64Array): MicrophoneLevel {
  const level = levelOf(samples);
  const upper = name.toUpperCase();
  if (level.levelDb < DEAD_DB)
    throw refuse(
      `TUNE_${upper}_SILENT`,
      `the ${name} microphone is silent: ${level.levelDb.toFixed(0)} dBFS`,
      'No microphone is that quiet: look at its wiring, its supply, and which slot of the bus the firmware reads.',
    );
  if (isClipped(samples))
    throw refuse(
      'TUNE_CLIPPED',
      `the ${name} microphone clips at ${level.peakDb.toFixed(1)} dBFS`,
      'Lower its gain or the surrounding noise; a clipped sound cannot be cancelled.',
    );
  if (level.levelDb < QUIET_DB)
    throw refuse(
      'TUNE_TOO_QUIET',
      `the ${name} microphone hears ${level.levelDb.toFixed(0)} dBFS; ${QUIET_DB} are needed`,
      'Play the noise that the headset is tuned for, or raise the gain of the microphone.',
    );
  return level;
}

/** Errors: TUNE_REFERENCE_SILENT, TUNE_ERROR_SILENT, TUNE_CLIPPED, TUNE_TOO_QUIET, TUNE_UNRELATED. */
export function checkSignals({ samples, sampleRateHz }: Recording): Check {
  const reference = checkMicrophone('reference', samples.reference);
  const error = checkMicrophone('error', samples.error);
  const { stepHz, gammaSquared, yPower } = coherence(
    samples.reference,
    samples.error,
    sampleRateHz,
  );
  let [all, alone, everywhere] = [0, 0, 0];
  for (let k = 0; k < yPower.length; k++) {
    everywhere += yPower[k]!;
    if (k * stepHz < 50 || k * stepHz > 1000) continue;
    all += yPower[k]!;
    alone += yPower[k]! * (1 - gammaSquared[k]!);
  }
  const coherenceDb = 10 * Math.log10(all / alone);
  if (!(coherenceDb >= LEAST_COHERENCE_DB))
    throw refuse(
      'TUNE_UNRELATED',
      `of what the error microphone hears from 50 to 1000 Hz the reference microphone hears too little: it would allow ${coherenceDb.toFixed(1)} dB, ${LEAST_COHERENCE_DB} are needed`,
      'Look for swapped or loose microphones, wind, handling, or a noise of the microphones themselves; the noise must reach both.',
    );
  return {
    reference,
    error,
    coherenceDb,
    floorDb: error.levelDb + 10 * Math.log10(alone / everywhere),
  };
}
