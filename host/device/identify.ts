/** The headset measures the path from its loudspeaker to its microphones, watched from here. */
import {
  AncError,
  type Excitation,
  type IdentificationEvent,
  type IdentifyPhase,
  type IdentifyReason,
} from '@anc/link';
import type { Device } from './device.ts';

export interface IdentifyOptions {
  /** Default white. */
  readonly excitation?: Excitation;
  /** Of measuring and judging, 1 to 10, default 4. Listening, ramp and solving take up to 3 s more. */
  readonly seconds?: number;
  /** Loudest drive, RMS, −60 to −6 dBFS, default −20. */
  readonly maxDriveDb?: number;
}

export interface IdentifyProgress {
  readonly phase: IdentifyPhase;
  /** Of the phases measure and judge, 0 to 1. */
  readonly share: number;
  readonly driveDb: number;
  /** At the error microphone. */
  readonly levelDb: number;
  /** Of the judged sound so far; null before. */
  readonly erleDb: number | null;
}

export interface Identified {
  /** Error microphone over what the model leaves of it, on sound that it was not fitted to. */
  readonly erleDb: number;
  readonly octaves: readonly { readonly centreHz: number; readonly signalToErrorDb: number }[];
  readonly driveDb: number;
  readonly backgroundDb: number;
  /** Until the response begins, loop latency included. */
  readonly delaySamples: number;
  /** Behind the delay, for 99.9 % of the energy. */
  readonly modelTaps: number;
  /** Suggested for the parameters. */
  readonly suggested: { readonly taps: number; readonly stepSize: number };
}

const pollMs = 500;
const centresHz = [63, 125, 250, 500, 1000, 2000, 4000, 8000];

/** What is wrong, and what to do about it. */
const refusals: Readonly<Record<string, readonly [string, string]>> = {
  aborted: ['it was aborted', 'Start it again.'],
  hostGone: [
    'the headset did not hear from this host for a while',
    'Look at the link: `anc info`.',
  ],
  muted: ['the output is muted', '`anc params set mute false`'],
  clipped: [
    'a microphone was at full scale',
    'Lower the surrounding noise, the gain of the microphones, or --max-drive-db.',
  ],
  unheard: [
    'the model explains too little of the error microphone’s sound',
    'The loudspeaker hardly reaches it: look at the fit and the wiring, or allow more with --max-drive-db.',
  ],
  noisy: [
    'the model explains too little of the error microphone’s sound',
    'The surroundings are loud: measure in a quieter place, longer, or louder.',
  ],
  tooSlow: [
    'the headset missed samples',
    'Try again; a busy headset may have too little time for it.',
  ],
  impossible: [
    'no path was found that its model can hold',
    'At most 256 samples of delay and 512 taps, a gain of 2^±16.',
  ],
} satisfies Readonly<Record<Exclude<IdentifyReason, 'accepted'>, readonly [string, string]>>;

function progressOf(event: IdentificationEvent): IdentifyProgress {
  const { phase, progressPermille, driveTenthDb, levelTenthDb, erleTenthDb } = event;
  return {
    phase,
    share: progressPermille / 1000,
    driveDb: driveTenthDb / 10,
    levelDb: levelTenthDb / 10,
    erleDb: erleTenthDb === 0 ? null : erleTenthDb / 10,
  };
}

function refused(reason: IdentifyReason, erleDb: number): AncError {
  const [text, hint] = refusals[reason] ?? [reason, 'Update this tool.'];
  const judged = reason === 'unheard' || reason === 'noisy';
  return new AncError(
    'DEVICE_IDENTIFICATION_REFUSED',
    `the path was not identified: ${text}${judged ? ` (${erleDb.toFixed(1)} dB; 8 are needed)` : ''}`,
    { hint },
  );
}

/** Resolves at the event of the end, after a while, or when aborted: whoever waits looks for himself. */
function turn(ended: EventTarget, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      ended.removeEventListener('end', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, pollMs);
    ended.addEventListener('end', done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

async function untilDone(device: Device, ended: EventTarget, signal: AbortSignal) {
  for (;;) {
    await turn(ended, signal);
    signal.throwIfAborted();
    const state = await device.request('getIdentification');
    if (state.phase === 'done') return state;
  }
}

/**
 * The model is then in the headset, until it restarts. Whatever goes wrong, the headset is told to be silent and in its former mode.
 * Errors: DEVICE_IDENTIFICATION_REFUSED, DEVICE_BUSY, DEVICE_NOT_READY, DEVICE_OUT_OF_RANGE, those of the link, or the signal's reason.
 */
export async function identify(
  device: Device,
  options: IdentifyOptions = {},
  onProgress: (progress: IdentifyProgress) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Identified> {
  const ended = new EventTarget();
  let hasStarted = false;
  const endListening = device.on('identification', (event) => {
    if (!hasStarted) return;
    onProgress(progressOf(event));
    if (event.phase === 'done') ended.dispatchEvent(new Event('end'));
  });
  try {
    signal.throwIfAborted();
    await device.request('identify', {
      excitation: options.excitation ?? 'white',
      durationMs: Math.round(1000 * (options.seconds ?? 0)),
      maxDriveTenthDb: Math.round(10 * (options.maxDriveDb ?? 0)),
    });
    hasStarted = true;
    const state = await untilDone(device, ended, signal);
    const erleDb = state.erleTenthDb / 10;
    if (state.reason !== 'accepted') throw refused(state.reason, erleDb);
    const stepSize = device.dictionary.byName('stepSize');
    return {
      erleDb,
      octaves: state.octavesTenthDb.map((tenths, i) => ({
        centreHz: centresHz[i]!,
        signalToErrorDb: tenths / 10,
      })),
      driveDb: state.driveTenthDb / 10,
      backgroundDb: state.backgroundTenthDb / 10,
      delaySamples: state.delaySamples,
      modelTaps: state.modelTaps,
      suggested: {
        taps: state.controlTaps,
        stepSize: Number(device.dictionary.fromRaw(stepSize, state.stepSize)),
      },
    };
  } catch (error) {
    if (hasStarted) await device.request('identifyAbort').catch(() => {});
    throw error;
  } finally {
    endListening();
  }
}
