import { abilityOf, chunkSamples, sampleRateHz } from '../../../host/sessions/protocol/index.ts';
import { openContext, OutputClock } from '../audio/audio-context.ts';
import { type Microphone, openMicrophone } from '../audio/microphone.ts';
import type { FromLocal, LocalOptions, ToLocal } from '../audio/worklet-messages.ts';
import { AudioClock } from '../measure/audio-clock.ts';
import { coreModule } from '../shared/core-module.ts';
import { filterTimeMs } from '../shared/filter-time.ts';
import { PageError } from '../shared/page-error.ts';
import { Figures } from './figures.ts';
import type { LiveStore, Run } from './live-store.ts';

/** what the audio graph renders at a time */
const blockSamples = 128;

/** Microphone → canceller in the audio graph → loudspeaker, without a network. */
export async function startLocalRun(store: LiveStore): Promise<Run> {
  const module = await coreModule();
  const filterMs = await filterTimeMs(module, store.settings, blockSamples);
  const microphone = await openMicrophone(store.deviceId, store.settings.channels);
  try {
    const context = await openContext();
    await context.audioWorklet.addModule('/local-worklet.js');
    return new LocalRun(store, microphone, context, module, filterMs);
  } catch (error) {
    microphone.close();
    throw error;
  }
}

class LocalRun implements Run {
  #store: LiveStore;
  #microphone: Microphone;
  #context: AudioContext;
  #module: WebAssembly.Module;
  #filterMs: number;
  #source: MediaStreamAudioSourceNode;
  #gain: GainNode;
  #node: AudioWorkletNode;
  #figures: Figures;
  #output: OutputClock;
  #captured = new AudioClock(sampleRateHz);
  #timer: ReturnType<typeof setInterval>;

  constructor(
    store: LiveStore,
    microphone: Microphone,
    context: AudioContext,
    module: WebAssembly.Module,
    filterMs: number,
  ) {
    this.#store = store;
    this.#microphone = microphone;
    this.#context = context;
    this.#module = module;
    this.#filterMs = filterMs;
    this.#figures = new Figures(store);
    this.#output = new OutputClock(context);
    this.#timer = setInterval(() => this.#output.look(), 50);
    this.#source = context.createMediaStreamSource(microphone.stream);
    this.#gain = new GainNode(context, { gain: store.isMuted ? 0 : 1 });
    this.#gain.connect(context.destination);
    this.#node = this.#makeNode();
    microphone.stream.getAudioTracks()[0]!.onended = () =>
      store.show({ remark: 'The microphone is gone. Stop, choose another one, start again.' });
    store.show({
      phase: { kind: 'running' },
      error: null,
      remark: '',
      ability: abilityOf(store.settings),
      microphone,
    });
  }

  #makeNode(): AudioWorkletNode {
    const { isSwapped, effectiveSettings } = this.#store;
    const processorOptions: LocalOptions = {
      module: this.#module,
      settings: effectiveSettings,
      swapped: isSwapped,
    };
    const node = new AudioWorkletNode(this.#context, 'anc-local', {
      outputChannelCount: [1],
      processorOptions,
    });
    node.port.onmessage = ({ data }: MessageEvent<FromLocal>) => this.#received(data);
    this.#source.connect(node).connect(this.#gain);
    return node;
  }

  #received(message: FromLocal): void {
    if ('failure' in message) {
      const error = new PageError('CORE_FAILED', message.failure, { hint: message.hint });
      this.#store.run = null;
      this.#store.show({ phase: { kind: 'idle' }, error });
      return void this.stop();
    }
    const { frame, before, after } = message;
    this.#captured.put(frame + chunkSamples, performance.now());
    this.#figures.sound.put(before, after);
    const output = this.#output.latency;
    const capturedMs = this.#captured.toMs(frame);
    if (!output || capturedMs === null) return;
    const inputMs = this.#microphone.latencyMs ?? 0;
    const blockMs = (1000 * blockSamples) / sampleRateHz;
    const heardMs =
      (1000 * frame) / sampleRateHz + output.heardSinceEpochMs - performance.timeOrigin;
    const takenMs = capturedMs + blockMs + this.#filterMs;
    this.#figures.latency.put({
      parts: {
        capture: inputMs + blockMs,
        filter: this.#filterMs,
        playback: heardMs - takenMs,
      },
      totalMs: inputMs + output.outputMs,
    });
  }

  change(): void {
    const message: ToLocal = this.#store.effectiveSettings;
    this.#node.port.postMessage(message);
  }

  setMuted(isMuted: boolean): void {
    this.#gain.gain.setTargetAtTime(isMuted ? 0 : 1, this.#context.currentTime, 0.02);
  }

  setSwapped(): void {
    const old = this.#node;
    old.port.onmessage = null;
    this.#source.disconnect(old);
    old.disconnect();
    this.#node = this.#makeNode();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#figures.close();
    this.#microphone.close();
    if (this.#context.state !== 'closed') await this.#context.close();
  }
}
