import type { AudioFrame } from '../../../host/sessions/protocol/index.ts';
import type { AudioClock } from './audio-clock.ts';
import type { ClockOffset } from './clock-offset.ts';
import { type LatencyLog, partsOf } from './latency-log.ts';

interface Underway {
  readonly firstFrame: number;
  readonly sentMs: number;
  received?: { serverMs: number; queueMs: number; filterMs: number; receivedMs: number };
}

/** What the sound device says, ms. */
export interface DeviceLatency {
  /** between the membrane and the first audio block, as the browser reports it; 0 when it does not */
  readonly inputMs: number;
  /** between the last audio block and the loudspeaker */
  readonly outputMs: number;
  /** this thread’s time minus the audio clock’s at the loudspeaker */
  readonly heardOffsetMs: number;
}

/** chunks that may be underway: about three seconds */
const most = 300;

/** Follows every chunk from the microphone to the loudspeaker. */
export class ChunkTracker {
  #underway = new Map<number, Underway>();
  #log: LatencyLog;
  #captured: AudioClock;
  #server: ClockOffset;
  #sampleRateHz: number;

  constructor(
    log: LatencyLog,
    captured: AudioClock,
    server: ClockOffset,
    { sampleRateHz }: { readonly sampleRateHz: number },
  ) {
    this.#log = log;
    this.#captured = captured;
    this.#server = server;
    this.#sampleRateHz = sampleRateHz;
  }

  sent(sequence: number, firstFrame: number, sentMs: number): void {
    this.#underway.set(sequence, { firstFrame, sentMs });
    if (this.#underway.size <= most) return;
    const oldest = this.#underway.keys().next().value;
    if (oldest !== undefined) this.#underway.delete(oldest);
  }

  received(frame: AudioFrame, receivedMs: number): void {
    const chunk = this.#underway.get(frame.sequence);
    // Silence that the server filled in was never sent; its header has no times of ours.
    if (!chunk || frame.filled) return;
    const queueMs = frame.queueMicros / 1000;
    const filterMs = frame.filterMicros / 1000;
    // Every chunk is a question about the server’s clock as well.
    this.#server.put(chunk.sentMs, frame.receivedAtMs, receivedMs - queueMs - filterMs);
    const serverMs = this.#server.toLocalMs(frame.receivedAtMs);
    if (serverMs !== null) chunk.received = { serverMs, queueMs, filterMs, receivedMs };
  }

  /** @param frame of the audio clock at which the chunk’s first sample was taken */
  played(sequence: number, frame: number, takenMs: number, device: DeviceLatency): void {
    const chunk = this.#underway.get(sequence);
    this.#underway.delete(sequence);
    const capturedMs = chunk && this.#captured.toMs(chunk.firstFrame);
    if (!chunk?.received || capturedMs === undefined || capturedMs === null) return;
    const framesMs = (1000 * (frame - chunk.firstFrame)) / this.#sampleRateHz;
    const times = {
      soundMs: capturedMs - device.inputMs,
      sentMs: chunk.sentMs,
      ...chunk.received,
      takenMs,
      heardMs: (1000 * frame) / this.#sampleRateHz + device.heardOffsetMs,
      totalMs: framesMs + device.inputMs + device.outputMs,
    };
    this.#log.put({ parts: partsOf(times), totalMs: times.totalMs });
  }

  reset(): void {
    this.#underway.clear();
  }
}
