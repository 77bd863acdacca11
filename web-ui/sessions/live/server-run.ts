import {
  chunkSamples,
  liveSettings,
  type ServerMessage,
  type SessionSettings,
} from '../../../host/sessions/protocol/index.ts';
import { Throttle } from '../../src/throttle.ts';
import { openContext, OutputClock } from '../audio/audio-context.ts';
import { type Microphone, openMicrophone } from '../audio/microphone.ts';
import type { CaptureOptions, ToCapture, ToPlayback } from '../audio/worklet-messages.ts';
import type { FromNetwork, PlainState, ToNetwork } from '../network/network-messages.ts';
import type { Tickets } from '../network/session-client.ts';
import { api } from '../shared/api-client.ts';
import { PageError, pageErrorOf } from '../shared/page-error.ts';
import { showSpectra } from './figures.ts';
import type { LiveStore, Run, RunView } from './live-store.ts';
import { apiTickets } from './tickets.ts';

const changeMs = 100;
const outputMs = 50;

/** Microphone → worklet → network worker → server → network worker → jitter buffer → loudspeaker. */
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
  #gain: GainNode;
  #network = new Worker('/network-worker.js', { type: 'module' });
  #tickets: Tickets;
  #output: OutputClock;
  #timer: ReturnType<typeof setInterval>;
  /** a slider moves more often than the server listens: all that may change is told, as it is then */
  #changes = new Throttle<null>(changeMs, () => this.#tell());

  constructor(store: LiveStore, microphone: Microphone, context: AudioContext, tickets: Tickets) {
    this.#store = store;
    this.#microphone = microphone;
    this.#context = context;
    this.#tickets = tickets;
    this.#output = new OutputClock(context);
    this.#timer = setInterval(() => this.#lookAtOutput(), outputMs);
    const { effectiveSettings: settings, isSwapped: swapped, isMuted } = store;
    const processorOptions: CaptureOptions = { channels: settings.channels, swapped, chunkSamples };
    this.#capture = new AudioWorkletNode(context, 'anc-capture', {
      numberOfOutputs: 0,
      processorOptions,
    });
    const playback = new AudioWorkletNode(context, 'anc-playback', {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this.#gain = new GainNode(context, { gain: isMuted ? 0 : 1 });
    this.#network.onmessage = ({ data }: MessageEvent<FromNetwork>) => this.#received(data);
    this.#network.onerror = ({ message }) =>
      this.#ended(new PageError('NETWORK_WORKER', message || 'The worker has ended.'), '');
    this.#send(
      {
        kind: 'start',
        settings,
        origin: location.origin.replace(/^http/, 'ws'),
        capture: portOf(this.#capture),
        playback: portOf(playback),
        inputMs: microphone.latencyMs ?? 0,
      },
      ['capture', 'playback'],
    );
    context.createMediaStreamSource(microphone.stream).connect(this.#capture);
    playback.connect(this.#gain).connect(context.destination);
    microphone.stream.getAudioTracks()[0]!.onended = () =>
      store.show({ remark: 'The microphone is gone. Stop, choose another one, start again.' });
    store.show({ microphone });
  }

  /** @param ports names of those that go along */
  #send(message: ToNetwork, ports: readonly string[] = []): void {
    const given = message as unknown as Record<string, Transferable>;
    this.#network.postMessage(
      message,
      ports.map((name) => given[name]!),
    );
  }

  #lookAtOutput(): void {
    this.#output.look();
    const { latency } = this.#output;
    if (latency) this.#send({ kind: 'output', latency });
  }

  #received(data: FromNetwork): void {
    const store = this.#store;
    switch (data.kind) {
      case 'admit':
        return void this.#admit(data);
      case 'state':
        return this.#state(data.state);
      case 'message':
        return this.#message(data.message);
      case 'figures':
        Object.assign(store, data.figures);
        return store.changed('levels', 'latency');
      case 'sound':
        return showSpectra(store, data.before, data.after);
    }
  }

  async #admit({
    request,
    sessionId,
    settings,
  }: Extract<FromNetwork, { readonly kind: 'admit' }>): Promise<void> {
    try {
      const admission = sessionId
        ? await this.#tickets.again(sessionId)
        : await this.#tickets.create(settings!);
      this.#send({ kind: 'admission', request, admission });
    } catch (error) {
      const { code, message, hint } = pageErrorOf(error);
      const { status = 0 } = error as { status?: number };
      this.#send({ kind: 'refusal', request, error: { status, code, message, hint } });
    }
  }

  #state(state: PlainState): void {
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
        const { error, reason } = state;
        const shown = error && new PageError(error.code, error.message, { hint: error.hint });
        return this.#ended(shown, shown ? '' : endText(reason));
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
          remark: `This server goes down within ${seconds} s. The page looks for another one then.`,
        });
      }
      case 'error':
        return store.show({ remark: [message.message, message.hint].filter(Boolean).join(' ') });
      default:
    }
  }

  change(settings: Partial<SessionSettings>): void {
    if (liveSettings.some((name) => settings[name] !== undefined)) this.#changes.put(null);
  }

  #tell(): void {
    const { effectiveSettings } = this.#store;
    const entries = liveSettings.map((name) => [name, effectiveSettings[name]]);
    this.#send({ kind: 'settings', settings: Object.fromEntries(entries) });
  }

  setMuted(isMuted: boolean): void {
    this.#gain.gain.setTargetAtTime(isMuted ? 0 : 1, this.#context.currentTime, 0.02);
  }

  setSwapped(swapped: boolean): void {
    const message: ToCapture = { swapped };
    this.#capture.port.postMessage(message);
  }

  /** The worker says when it is done; the sound stops at once. */
  async stop(): Promise<void> {
    this.#send({ kind: 'end' });
    await this.#silence();
  }

  #ended(error: PageError | null, remark: string): void {
    this.#network.terminate();
    void this.#silence();
    const { run } = this.#store;
    // Stopped by the page: it has said so itself.
    if (run !== this && run !== null) return;
    this.#store.run = null;
    this.#store.show({ phase: { kind: 'idle' }, error, remark });
  }

  async #silence(): Promise<void> {
    clearInterval(this.#timer);
    this.#microphone.close();
    if (this.#context.state !== 'closed') await this.#context.close();
  }
}

/** A line between a worklet and the network worker, past the page. */
function portOf(node: AudioWorkletNode): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const message: ToCapture & ToPlayback = { network: port2 };
  node.port.postMessage(message, [port2]);
  return port1;
}

const endTexts: Readonly<Record<string, string>> = {
  client: '',
  owner: 'The session was ended by its owner or an operator.',
  idle: 'The session was ended because nothing came for too long.',
  replaced: 'The session goes on in another window.',
};

function endText(reason: string): string {
  return endTexts[reason] ?? `The session has ended: ${reason}.`;
}
