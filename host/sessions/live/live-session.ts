import {
  FrameError,
  type NoiseEvent,
  type ServerLatency,
  type ServerMessage,
  type SessionSettings,
  type SessionStats,
  frameFlags,
  headerBytes,
  peakLimit,
} from '../protocol/index.ts';
import { BandAverage } from './band-average.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { NoiseGate } from './classifier/noise-gate.ts';
import { nowMs } from './clock.ts';
import { LatencyRecorder, noLatency } from './latency-recorder.ts';
import type { LiveMetrics } from './live-metrics.ts';
import { Sequence } from './sequence.ts';
import type { AdmittedSession, SessionProgress } from './session-directory.ts';
import { type Batch, entryBytes, slotHeaderBytes } from './worker/batch.ts';
import type { WorkerLink, PooledSession } from './worker/link.ts';
import { type SecondReport, refusals } from './worker/messages.ts';
import { decibel } from './decibel.ts';
import { bypassedFrame } from './wire.ts';

/** Where a session’s answers go. */
export interface Listener {
  /** One whole WebSocket frame. @returns true while `wire` is still being written: leave it alone then */
  sendFrame(wire: Uint8Array): boolean;
  send(message: ServerMessage): void;
  refused(error: FrameError): void;
  /** frames thrown away since the last call, because the client reads too slowly */
  takeDropped(): number;
}

export interface SessionEvents {
  readonly metrics: LiveMetrics;
  noise(session: LiveSession, event: NoiseEvent): void;
  failed(session: LiveSession, message: string): void;
}

interface Counts {
  processed: number;
  dropped: number;
  filled: number;
  refused: number;
}

const staleMs = 2500;

const refusalMessages = {
  FRAME_NOT_FINITE: 'a sample is not finite',
  FRAME_OUT_OF_RANGE: `a sample is above ${peakLimit}, full scale is 1`,
} as const;

/** One live session on the sockets’ thread: its queue, its figures, its connection while there is one. */
export class LiveSession implements PooledSession {
  readonly id: string;
  readonly userId: string;
  readonly number: number;
  readonly queue: ChunkQueue;
  readonly startedAtMs = nowMs();
  settings: SessionSettings;
  link: WorkerLink | null = null;
  isWaiting = false;
  listener: Listener | null = null;
  /** of the last chunk, or of the connection */
  heardAtMs = nowMs();
  readonly #events: SessionEvents;
  readonly #sequence = new Sequence();
  readonly #latency = new LatencyRecorder();
  readonly #bands = new BandAverage();
  readonly #noise = new NoiseGate();
  readonly #counts: Counts;
  #told: Counts;
  #report: SecondReport | null = null;
  #reportAtMs = 0;
  #lastLatency: ServerLatency = noLatency;

  constructor(number: number, admitted: AdmittedSession, events: SessionEvents) {
    this.number = number;
    this.id = admitted.sessionId;
    this.userId = admitted.userId;
    this.settings = admitted.settings;
    this.queue = new ChunkQueue(admitted.settings.bufferSize);
    this.#events = events;
    this.#counts = { processed: admitted.chunksBefore, dropped: 0, filled: 0, refused: 0 };
    this.#told = { ...this.#counts };
  }

  /** for a chunk without a number */
  get nextSequence(): number {
    return this.#sequence.following;
  }

  attach(listener: Listener): void {
    this.listener = listener;
    this.heardAtMs = nowMs();
    this.#sequence.restart();
  }

  /** @param frame checked but for its samples */
  accept(frame: Uint8Array, receivedAtMs: number): void {
    this.heardAtMs = receivedAtMs;
    const sequence = frame[4]! | (frame[5]! << 8) | (frame[6]! << 16) | (frame[7]! << 24);
    const { fills, isLate } = this.#sequence.take(sequence);
    if (isLate) {
      this.#counts.refused += 1;
      return;
    }
    if (!this.link?.isReady) {
      this.bypass(frame, receivedAtMs);
      return;
    }
    this.#counts.dropped += this.queue.push(frame, receivedAtMs, fills);
    this.link.wake(this);
  }

  refuse(): void {
    this.#counts.refused += 1;
  }

  answer(batch: Batch, at: number): boolean {
    const { words, float64 } = batch;
    const entry = at >> 2;
    const refusal = words[entry + 2]!;
    if (refusal > 0) {
      this.#counts.refused += 1;
      const code = refusals[refusal - 1]!;
      this.listener?.refused(new FrameError(code, refusalMessages[code]));
      return false;
    }
    const end = at + words[entry + 1]!;
    const slot = words[entry + 3]!;
    const receivedAtMs = float64[(at + 16) >> 3]!;
    let isBusy = false;
    for (let begin = at + entryBytes; begin < end; begin += slot) {
      const frame = begin + slotHeaderBytes;
      if ((batch.bytes[frame + 1]! & frameFlags.filled) !== 0) this.#counts.filled += 1;
      else this.#counts.processed += 1;
      if (this.listener?.sendFrame(wireAt(batch, frame))) isBusy = true;
      const word = (frame + 24) >> 2;
      this.#latency.add(words[word]! / 1000, words[word + 1]! / 1000, nowMs() - receivedAtMs);
    }
    return isBusy;
  }

  bypass(frame: Uint8Array, receivedAtMs: number): void {
    this.#events.metrics.error('CHUNK_BYPASSED', 1);
    this.listener?.sendFrame(bypassedFrame(frame, receivedAtMs));
  }

  second(report: SecondReport): void {
    this.#report = report;
    this.#reportAtMs = nowMs();
    this.#bands.add(report.bands);
    const kind = report.noise && this.#noise.take(report.noise);
    if (!kind) return;
    const event: NoiseEvent = {
      at: new Date().toISOString(),
      ...kind,
      levelDbfs: decibel(report.inputSquares) ?? -120,
      emergency: kind.kind === 'siren',
    };
    this.listener?.send({ type: 'noise', event });
    this.#events.noise(this, event);
  }

  failed(message: string): void {
    this.#events.failed(this, message);
  }

  set(settings: SessionSettings): void {
    this.settings = settings;
    this.queue.limit = settings.bufferSize;
    this.link?.settings(this);
  }

  /** Once a second: takes the figures of that second and tells them. */
  tick(): void {
    this.#counts.dropped += this.listener?.takeDropped() ?? 0;
    const { processed, dropped, filled, refused } = this.#counts;
    const told = this.#told;
    this.#told = { ...this.#counts };
    this.#events.metrics.second({
      sessionId: this.id,
      processed: processed - told.processed,
      dropped: dropped - told.dropped,
      filled: filled - told.filled,
      refused: refused - told.refused,
      latenciesMs: this.#latency.totalsMs,
      queueMs: this.#latency.queuesMs,
      filterMs: this.#latency.filtersMs,
      cancellationDb: cancellation(this.#sound),
    });
    this.#lastLatency = this.#latency.take();
    this.listener?.send({ type: 'stats', ...this.stats() });
  }

  stats(): SessionStats {
    const sound = this.#sound;
    const { processed, dropped, filled, refused } = this.#counts;
    return {
      chunksProcessed: processed,
      chunksDropped: dropped,
      chunksFilled: filled,
      chunksRefused: refused,
      queueDepth: this.queue.length,
      inputDbfs: sound && decibel(sound.inputSquares),
      outputDbfs: sound && decibel(sound.outputSquares),
      cancellationDb: cancellation(sound),
      latency: this.#lastLatency,
    };
  }

  /** The last second of sound, unless it is long ago. */
  get #sound(): SecondReport | null {
    return nowMs() - this.#reportAtMs < staleMs ? this.#report : null;
  }

  /** Also begins new averages of the bands. */
  takeProgress(): SessionProgress {
    return { settings: this.settings, stats: this.stats(), bands: this.#bands.take() };
  }
}

/** The WebSocket frame around an answer. */
function wireAt({ memory, bytes }: Batch, frame: number): Buffer {
  const flags = bytes[frame + 1]!;
  const frames = bytes[frame + 2]! | (bytes[frame + 3]! << 8);
  const payload = headerBytes + frames * (flags & frameFlags.float32 ? 4 : 2);
  const header = payload < 126 ? 2 : 4;
  return Buffer.from(memory, frame - header, header + payload);
}

function cancellation(sound: SecondReport | null): number | null {
  if (!sound) return null;
  const [input, output] = [decibel(sound.inputSquares), decibel(sound.outputSquares)];
  return input === null || output === null ? null : Math.round(100 * (input - output)) / 100;
}
