/** Sixth step: anc plays and learns until it gets no better, and nothing goes wrong meanwhile. */
import { AncError, type TelemetryEvent } from '@anc/link';
import type { Device } from '../device.ts';

export interface AdaptProgress {
  /** of the headset's time */
  readonly seconds: number;
  /** over the last second, all frequencies, by the headset's own estimate of off */
  readonly attenuationDb: number;
}

export interface Adaptation {
  readonly attenuationDb: number;
  /** until the seconds after it differ by less than half a dB; null: they still did at the end */
  readonly settledSeconds: number | null;
}

const LEAST_S = 4;
const MOST_S = 15;
const SETTLED_DB = 0.5;
const SILENCE_MS = 3000;

/** Sums telemetry to seconds of the headset's time. */
class Seconds {
  readonly attenuationsDb: number[] = [];
  #from: number | null = null;
  #error = 0;
  #off = 0;
  #rate: number;

  constructor(sampleRateHz: number) {
    this.#rate = sampleRateHz;
  }

  /** true when a second is full */
  add({ sampleIndex, errorMeanSquare, disturbanceMeanSquare }: TelemetryEvent): boolean {
    this.#from ??= sampleIndex;
    this.#error += errorMeanSquare;
    this.#off += disturbanceMeanSquare;
    if (sampleIndex - this.#from < this.#rate) return false;
    this.attenuationsDb.push(10 * Math.log10((this.#off || 1) / (this.#error || 1)));
    this.#from = sampleIndex;
    this.#error = this.#off = 0;
    return true;
  }

  get isSettled(): boolean {
    const last = this.attenuationsDb.slice(-3);
    return last.length === 3 && Math.max(...last) - Math.min(...last) < SETTLED_DB;
  }
}

function unstable(what: string): AncError {
  return new AncError('TUNE_UNSTABLE', `while it learned ${what}`, {
    hint: 'Did the ear piece move? Begin again; with the goal robust the model follows. `anc monitor` shows what the supervisor does.',
  });
}

/** Errors: TUNE_UNSTABLE, TUNE_NO_SIGNALS, those of the link, or the signal's reason. */
export async function adapt(
  device: Device,
  onProgress: (progress: AdaptProgress) => void,
  signal: AbortSignal,
): Promise<Adaptation> {
  signal.throwIfAborted();
  const seconds = new Seconds(device.info.sampleRateHz);
  let rollbacks: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let endListening = () => {};
  let endState = () => {};
  let abort = () => {};
  await device.setMode('anc');
  try {
    await new Promise<void>((resolve, reject) => {
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort);
      endState = device.on('state', (state, reason) => {
        if (state !== 'connected') reject(reason ?? new AncError('DEVICE_DISCONNECTED', state));
      });
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(
          () => reject(new AncError('TUNE_NO_SIGNALS', 'no telemetry came for 3 s')),
          SILENCE_MS,
        );
      };
      watch();
      endListening = device.on('telemetry', (event) => {
        watch();
        if (event.mode !== 'anc') return;
        rollbacks ??= event.rollbacks;
        if (event.rollbacks > rollbacks) reject(unstable('the supervisor rolled the filter back'));
        if (event.guard === 'muted') reject(unstable('the supervisor muted the output'));
        if (!seconds.add(event)) return;
        const done = seconds.attenuationsDb.length;
        onProgress({ seconds: done, attenuationDb: seconds.attenuationsDb.at(-1)! });
        if (done >= MOST_S || (done >= LEAST_S && seconds.isSettled)) resolve();
      });
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    endState();
    endListening();
  }
  return {
    attenuationDb: seconds.attenuationsDb.at(-1)!,
    settledSeconds: seconds.isSettled ? seconds.attenuationsDb.length - 2 : null,
  };
}
