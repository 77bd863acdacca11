import {
  type AudioFrame,
  chunkSamples,
  sampleRateHz,
  type SessionSettings,
} from '../../../host/sessions/protocol/index.ts';
import type { OutputLatency } from '../audio/audio-context.ts';
import type { JitterStats } from '../audio/jitter-buffer.ts';
import type { Captured, Playable, PlaybackReport } from '../audio/worklet-messages.ts';
import { AudioClock } from '../measure/audio-clock.ts';
import { BeforeAfter } from '../measure/before-after.ts';
import { ChunkTracker } from '../measure/chunk-tracker.ts';
import { LatencyLog } from '../measure/latency-log.ts';
import type { FromNetwork, ToNetwork } from './network-messages.ts';
import { type ClientState, SessionClient, type Tickets } from './session-client.ts';

/** input chunks that wait for their answer, to be compared with it */
const mostWaiting = 300;
const figuresMs = 200;
/** figures between two looks at the spectra */
const soundEvery = 3;

type Start = Extract<ToNetwork, { readonly kind: 'start' }>;

/** A session’s way over the network, and all that is measured on it. Runs beside the page, which may be busy drawing. */
export class NetworkSession {
  readonly #client: SessionClient;
  readonly #tracker: ChunkTracker;
  readonly #captured = new AudioClock(sampleRateHz);
  readonly #sound = new BeforeAfter();
  readonly #latency = new LatencyLog();
  readonly #waiting = new Map<number, Float32Array>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #start: Start;
  readonly #post: (message: FromNetwork, transfer?: Transferable[]) => void;
  #output: OutputLatency | null = null;
  #jitter: JitterStats | null = null;
  #sequence = 0;
  #ticks = 0;

  constructor(
    start: Start,
    tickets: Tickets,
    post: (message: FromNetwork, transfer?: Transferable[]) => void,
  ) {
    this.#start = start;
    this.#post = post;
    this.#client = new SessionClient({
      tickets,
      settings: start.settings,
      origin: start.origin,
      onState: (state) => this.#state(state),
      onMessage: (message) => post({ kind: 'message', message }),
      onFrame: (frame, receivedMs) => this.#received(frame, receivedMs),
    });
    this.#tracker = new ChunkTracker(this.#latency, this.#captured, this.#client.clock, {
      sampleRateHz,
    });
    start.capture.onmessage = ({ data }: MessageEvent<Captured>) => this.#send(data);
    start.playback.onmessage = ({ data }: MessageEvent<PlaybackReport>) => this.#played(data);
    this.#timer = setInterval(() => this.#tell(), figuresMs);
  }

  change(settings: Partial<SessionSettings>): void {
    this.#client.change(settings);
  }

  setOutput(latency: OutputLatency): void {
    this.#output = latency;
  }

  end(): void {
    this.#client.end();
  }

  #send({ frame, samples }: Captured): void {
    const nowMs = performance.now();
    this.#captured.put(frame + chunkSamples, nowMs);
    const { channels, sampleFormat } = this.#start.settings;
    const sequence = this.#sequence++;
    const fields = { sequence, capturedAtMs: nowMs, channels, sampleFormat, samples };
    if (!this.#client.sendFrame(fields)) return;
    this.#tracker.sent(sequence, frame, nowMs);
    this.#waiting.set(sequence, channels === 2 ? firstOf(samples) : samples);
    if (this.#waiting.size <= mostWaiting) return;
    const oldest = this.#waiting.keys().next().value;
    if (oldest !== undefined) this.#waiting.delete(oldest);
  }

  #received(frame: AudioFrame, receivedMs: number): void {
    this.#tracker.received(frame, receivedMs);
    const { sequence, filled } = frame;
    const after = frame.channels === 2 ? firstOf(frame.samples) : frame.samples;
    const before = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    if (before?.length === after.length && !filled) this.#sound.put(before, after);
    const playable: Playable = { sequence, samples: after };
    this.#start.playback.postMessage(playable, [after.buffer]);
  }

  #played({ starts, stats }: PlaybackReport): void {
    this.#jitter = stats;
    if (!this.#output) return;
    // Date.now() counts whole ms: half a one is its mean error. Both clocks are read here, so their offset is today’s.
    const toHere = performance.now() - Date.now() + 0.5;
    const { outputMs, heardSinceEpochMs } = this.#output;
    const device = {
      inputMs: this.#start.inputMs,
      outputMs,
      heardOffsetMs: heardSinceEpochMs - performance.timeOrigin,
    };
    for (const { sequence, frame, takenAtMs } of starts)
      this.#tracker.played(sequence, frame, takenAtMs + toHere, device);
  }

  #tell(): void {
    const figures = {
      levels: this.#sound.levels,
      latency: this.#latency.table(),
      jitter: this.#jitter,
      unsent: this.#client.unsent,
    };
    this.#post({ kind: 'figures', figures });
    this.#ticks += 1;
    if (this.#ticks % soundEvery !== 0) return;
    const { before, after } = this.#sound.recent();
    this.#post({ kind: 'sound', before, after }, [before.buffer, after.buffer]);
  }

  #state(state: ClientState): void {
    if (state.kind !== 'ended') return this.#post({ kind: 'state', state });
    clearInterval(this.#timer);
    this.#start.capture.close();
    this.#start.playback.close();
    const { reason, error } = state;
    const plain = error && {
      status: 0,
      code: error.code,
      message: error.message,
      hint: error.hint,
    };
    this.#post({ kind: 'state', state: { kind: 'ended', reason, error: plain } });
  }
}

/** The first of two interleaved channels. */
function firstOf(samples: Float32Array): Float32Array {
  return Float32Array.from({ length: samples.length / 2 }, (_, i) => samples[2 * i]!);
}
