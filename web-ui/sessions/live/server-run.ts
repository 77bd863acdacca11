import {
  type AudioFrame,
  chunkSamples,
  liveSettings,
  sampleRateHz,
  type ServerMessage,
  type SessionSettings,
} from '../../../host/sessions/protocol/index.ts';
import { Throttle } from '../../src/throttle.ts';
import { openContext, OutputClock } from '../audio/audio-context.ts';
import { type Microphone, openMicrophone } from '../audio/microphone.ts';
import type { Captured, CaptureOptions, PlaybackReport } from '../audio/worklet-messages.ts';
import { AudioClock } from '../measure/audio-clock.ts';
import { ChunkTracker } from '../measure/chunk-tracker.ts';
import { api } from '../shared/api-client.ts';
import { Figures } from './figures.ts';
import type { LiveStore, Run, RunView } from './live-store.ts';
import { type ClientState, SessionClient, type Tickets } from './session-client.ts';
import { apiTickets } from './tickets.ts';

const changeMs = 100;
/** input chunks that wait for their answer, to be compared with it */
const mostWaiting = 300;

/** Microphone → worklet → WebSocket → server → WebSocket → jitter buffer → loudspeaker. */
export async function startServerRun(store: LiveStore): Promise<Run> {
  const microphone = await openMicrophone(store.deviceId, store.settings.channels);
  try {
    const context = await openContext();
    await context.audioWorklet.addModule('/capture-worklet.js');
    await context.audioWorklet.addModule('/playback-worklet.js');
    return new ServerRun(store, microphone, context, apiTickets(api));
  } catch (error) {
    microphone.close();
    throw error;
  }
}

class ServerRun implements Run {
  #store: LiveStore;
  #microphone: Microphone;
  #context: AudioContext;
  #capture: AudioWorkletNode;
  #playback: AudioWorkletNode;
  #gain: GainNode;
  #client: SessionClient;
  #figures: Figures;
  #output: OutputClock;
  #captured = new AudioClock(sampleRateHz);
  #tracker: ChunkTracker;
  #timer: ReturnType<typeof setInterval>;
  #sequence = 0;
  #channels: 1 | 2;
  /** a slider moves more often than the server listens: all that may change is told, as it is then */
  #changes = new Throttle<null>(changeMs, () => this.#tell());
  #waiting = new Map<number, Float32Array>();

  constructor(store: LiveStore, microphone: Microphone, context: AudioContext, tickets: Tickets) {
    this.#store = store;
    this.#microphone = microphone;
    this.#context = context;
    this.#channels = store.settings.channels;
    this.#figures = new Figures(store);
    this.#output = new OutputClock(context);
    this.#timer = setInterval(() => this.#output.look(), 50);
    const processorOptions: CaptureOptions = {
      channels: this.#channels,
      swapped: store.isSwapped,
      chunkSamples,
    };
    this.#capture = new AudioWorkletNode(context, 'anc-capture', {
      numberOfOutputs: 0,
      processorOptions,
    });
    this.#playback = new AudioWorkletNode(context, 'anc-playback', {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this.#gain = new GainNode(context, { gain: store.isMuted ? 0 : 1 });
    this.#client = new SessionClient({
      tickets,
      settings: store.effectiveSettings,
      origin: location.origin.replace(/^http/, 'ws'),
      onState: (state) => this.#state(state),
      onMessage: (message) => this.#message(message),
      onFrame: (frame, receivedMs) => this.#frame(frame, receivedMs),
    });
    this.#tracker = new ChunkTracker(this.#figures.latency, this.#captured, this.#client.clock, {
      sampleRateHz,
    });
    this.#capture.port.onmessage = ({ data }: MessageEvent<Captured>) => this.#chunk(data);
    this.#playback.port.onmessage = ({ data }: MessageEvent<PlaybackReport>) => this.#report(data);
    context.createMediaStreamSource(microphone.stream).connect(this.#capture);
    this.#playback.connect(this.#gain).connect(context.destination);
    microphone.stream.getAudioTracks()[0]!.onended = () =>
      store.show({ remark: 'The microphone is gone. Stop, choose another one, start again.' });
    store.show({ microphone });
  }

  #chunk({ frame, samples }: Captured): void {
    this.#captured.put(frame + chunkSamples, performance.now());
    const sequence = this.#sequence++;
    const { sampleFormat } = this.#store.settings;
    const capturedAtMs = performance.now();
    const fields = { sequence, capturedAtMs, channels: this.#channels, sampleFormat, samples };
    if (!this.#client.sendFrame(fields)) return;
    this.#tracker.sent(sequence, frame, capturedAtMs);
    this.#waiting.set(sequence, this.#channels === 2 ? every(samples, 2) : samples);
    if (this.#waiting.size > mostWaiting)
      this.#waiting.delete(this.#waiting.keys().next().value ?? 0);
  }

  #frame(frame: AudioFrame, receivedMs: number): void {
    this.#tracker.received(frame, receivedMs);
    const after = frame.channels === 2 ? every(frame.samples, 2) : frame.samples;
    const before = this.#waiting.get(frame.sequence);
    this.#waiting.delete(frame.sequence);
    if (before?.length === after.length && !frame.filled) this.#figures.sound.put(before, after);
    const samples = after.slice();
    this.#playback.port.postMessage({ sequence: frame.sequence, samples }, [samples.buffer]);
  }

  #report({ starts, stats }: PlaybackReport): void {
    this.#store.jitter = stats;
    this.#store.unsent = this.#client.unsent;
    const latency = this.#output.latency;
    if (!latency) return;
    // Date.now() counts whole ms: half a one is its mean error. Both clocks are read here, so their offset is today's.
    const toPage = performance.now() - Date.now() + 0.5;
    const device = { inputMs: this.#microphone.latencyMs ?? 0, ...latency };
    for (const { sequence, frame, takenAtMs } of starts)
      this.#tracker.played(sequence, frame, takenAtMs + toPage, device);
  }

  #state(state: ClientState): void {
    const show = (change: Partial<RunView>) => this.#store.show(change);
    switch (state.kind) {
      case 'connecting':
        return show({ phase: { kind: 'starting' } });
      case 'live':
        return show({
          phase: { kind: 'running' },
          error: null,
          remark: state.resumed ? 'The connection is back; the session goes on.' : '',
        });
      case 'reconnecting':
        return show({ phase: state });
      case 'ended': {
        const remark = state.error ? '' : endText(state.reason);
        show({ phase: { kind: 'idle' }, error: state.error, remark });
        this.#store.run = null;
        return void this.#close();
      }
    }
  }

  #message(message: ServerMessage): void {
    const store = this.#store;
    switch (message.type) {
      case 'ready':
        // What was changed while the connection was away is told now.
        if (message.resumed) this.#tell();
        return store.show({ ability: message.ability });
      case 'stats':
        store.stats = message;
        return store.changed('stats');
      case 'noise':
        store.noise = message.event;
        return store.changed('noise');
      case 'draining': {
        const seconds = Math.ceil(message.deadlineMs / 1000);
        return store.show({
          remark: `This server goes down within ${seconds} s; the session will be taken over or has to be started again.`,
        });
      }
      case 'error':
        return store.show({ remark: [message.message, message.hint].filter(Boolean).join(' ') });
      default:
    }
  }

  change(settings: Partial<SessionSettings>): void {
    const names = liveSettings.filter((name) => settings[name] !== undefined);
    if (names.length > 0) this.#changes.put(null);
  }

  #tell(): void {
    const { effectiveSettings } = this.#store;
    this.#client.change(
      Object.fromEntries(liveSettings.map((name) => [name, effectiveSettings[name]])),
    );
  }

  setMuted(isMuted: boolean): void {
    this.#gain.gain.setTargetAtTime(isMuted ? 0 : 1, this.#context.currentTime, 0.02);
  }

  setSwapped(swapped: boolean): void {
    this.#capture.port.postMessage({ swapped });
  }

  async stop(): Promise<void> {
    this.#client.end();
    await this.#close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    this.#figures.close();
    this.#microphone.close();
    if (this.#context.state !== 'closed') await this.#context.close();
  }
}

const endTexts: Readonly<Record<string, string>> = {
  client: '',
  owner: 'The session was ended by its owner or an operator.',
  idle: 'The session was ended because nothing came for too long.',
  shutdown: 'The server went down and ended the session.',
  replaced: 'The session goes on in another window.',
};

function endText(reason: string): string {
  return endTexts[reason] ?? `The session has ended: ${reason}.`;
}

function every(samples: Float32Array, step: number): Float32Array {
  return Float32Array.from({ length: samples.length / step }, (_, i) => samples[i * step]!);
}
