/** The headset measures how late its own sound comes back to its error microphone, watched from here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AncError } from '@anc/link';
import type { Device } from './device.ts';

export interface MeasuredLatency {
  /** From a pulse to the peak of its response: converters, DMA and the air between. */
  readonly delaySamples: number;
  readonly delayMs: number;
  /** The peak above the noise. */
  readonly peakDb: number;
}

const POLL_MS = 100;
/** The pulses take 1.4 s of the headset's time. */
const LONGEST_MS = 15_000;

/** Errors: DEVICE_LOOP_UNHEARD, DEVICE_BUSY, DEVICE_NOT_READY, those of the link, or the signal's reason. */
export async function measureLatency(
  device: Device,
  signal: AbortSignal = new AbortController().signal,
): Promise<MeasuredLatency> {
  signal.throwIfAborted();
  const startMs = performance.now();
  let state = await device.request('measureLatency', { start: true });
  while (state.runs && performance.now() - startMs < LONGEST_MS) {
    await sleep(POLL_MS);
    signal.throwIfAborted();
    state = await device.request('measureLatency', {});
  }
  if (!state.heard) {
    throw new AncError(
      'DEVICE_LOOP_UNHEARD',
      'the error microphone did not hear the pulses of the loudspeaker',
      {
        hint: 'Look at the wiring of loudspeaker and error microphone, the outputLimitDb, and how loud the surroundings are.',
      },
    );
  }
  const { delaySamples } = state;
  return {
    delaySamples,
    delayMs: (1000 * delaySamples) / device.info.sampleRateHz,
    peakDb: state.peakTenthDb / 10,
  };
}
