/** Some seconds of the microphones out of the signal stream, counted in samples: right at any speed of a virtual headset. */
import { AncError, unpackSamples24 } from '@anc/link';
import type { Device } from '../device.ts';

const referenceAndError = 1 | 2;
const unit = 2 ** -23;
const attempts = 5;

export interface SignalWindow {
  readonly reference: Float64Array;
  readonly error: Float64Array;
}

interface Waiting {
  skipSamples: number;
  readonly samples: number;
  readonly reference: Float64Array;
  readonly error: Float64Array;
  filled: number;
  lost: number;
  readonly resolve: (window: SignalWindow) => void;
  readonly reject: (reason: unknown) => void;
}

/** Listens from its creation to `end`. */
export class SignalWindows {
  #device: Device;
  #ends: (() => void)[];
  #next = NaN;
  #waiting: Waiting | null = null;

  private constructor(device: Device) {
    this.#device = device;
    this.#ends = [
      device.on('signals', (event) => this.#add(event)),
      device.on('state', (state, reason) => {
        if (state !== 'connected')
          this.#waiting?.reject(
            reason ?? new AncError('DEVICE_DISCONNECTED', `${device.uri} is ${state}`),
          );
      }),
    ];
  }

  static async listen(device: Device): Promise<SignalWindows> {
    const windows = new SignalWindows(device);
    await device.setSignalChannels(referenceAndError);
    return windows;
  }

  async end(): Promise<void> {
    for (const end of this.#ends) end();
    await this.#device.setSignalChannels(0).catch(() => {});
  }

  /** The next `samples` after `skipSamples`, without a gap. Errors: SIGNALS_LOST, DEVICE_DISCONNECTED, the signal's reason. */
  next(skipSamples: number, samples: number, signal?: AbortSignal): Promise<SignalWindow> {
    return new Promise<SignalWindow>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const abort = () => reject(signal!.reason as Error);
      signal?.addEventListener('abort', abort, { once: true });
      const end = (settle: () => void) => {
        signal?.removeEventListener('abort', abort);
        this.#waiting = null;
        settle();
      };
      this.#waiting = {
        skipSamples,
        samples,
        reference: new Float64Array(samples),
        error: new Float64Array(samples),
        filled: 0,
        lost: 0,
        resolve: (window) => end(() => resolve(window)),
        reject: (reason) => end(() => reject(reason as Error)),
      };
    });
  }

  #add({ sampleIndex, samples }: { sampleIndex: number; samples: Uint8Array }): void {
    const [reference, error] = unpackSamples24(samples, 2) as [Int32Array, Int32Array];
    const isGap = !Number.isNaN(this.#next) && sampleIndex !== this.#next;
    this.#next = (sampleIndex + reference.length) >>> 0;
    const waiting = this.#waiting;
    if (!waiting) return;
    if (isGap && waiting.filled > 0) {
      waiting.filled = 0;
      waiting.lost += 1;
      if (waiting.lost === attempts)
        return waiting.reject(
          new AncError(
            'SIGNALS_LOST',
            `samples were lost in ${attempts} windows of ${waiting.samples} one after the other`,
          ),
        );
    }
    if (waiting.skipSamples > 0) {
      waiting.skipSamples -= reference.length;
      return;
    }
    const count = Math.min(reference.length, waiting.samples - waiting.filled);
    for (let i = 0; i < count; i += 1) {
      waiting.reference[waiting.filled + i] = reference[i]! * unit;
      waiting.error[waiting.filled + i] = error[i]! * unit;
    }
    waiting.filled += count;
    if (waiting.filled === waiting.samples) waiting.resolve(waiting);
  }
}
