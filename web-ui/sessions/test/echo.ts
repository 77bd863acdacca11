import type { Page } from 'playwright-core';

interface Taps {
  microphone: MediaStreamAudioSourceNode;
  playback: AudioWorkletNode;
}

/** Before the page loads: remembers the nodes at both ends of the session’s way. */
export function tapAudio(): void {
  const taps = ((globalThis as unknown as { taps: Partial<Taps> }).taps = {} as Partial<Taps>);
  const connect = AudioNode.prototype.connect as (...given: unknown[]) => AudioNode;
  AudioNode.prototype.connect = function (this: AudioNode, ...given: unknown[]) {
    if (this instanceof MediaStreamAudioSourceNode) taps.microphone = this;
    if (this instanceof AudioWorkletNode && given[0] instanceof GainNode) taps.playback = this;
    return connect.apply(this, given);
  } as typeof AudioNode.prototype.connect;
}

/** What the microphone heard and what was played at the same time, and what the browser says of both ends. */
export function recordBoth(page: Page, seconds: number) {
  return page.evaluate(async (span) => {
    const { microphone, playback } = (globalThis as unknown as { taps: Taps }).taps;
    const context = microphone.context as AudioContext;
    const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
    const recorder = context.createScriptProcessor(4096, 2, 1);
    const [heard, played]: [number[], number[]] = [[], []];
    await new Promise<void>((resolve) => {
      recorder.onaudioprocess = ({ inputBuffer }) => {
        heard.push(...inputBuffer.getChannelData(0));
        played.push(...inputBuffer.getChannelData(1));
        if (heard.length >= span * context.sampleRate) resolve();
      };
      microphone.connect(splitter).connect(merger, 0, 0);
      playback.connect(merger, 0, 1);
      merger.connect(recorder).connect(context.destination);
    });
    recorder.onaudioprocess = null;
    playback.disconnect(merger);
    const settings = microphone.mediaStream.getAudioTracks()[0]!.getSettings();
    const { latency = 0 } = settings as { latency?: number };
    const deviceMs = 1000 * (latency + context.baseLatency + context.outputLatency);
    return { heard, played, deviceMs };
  }, seconds);
}

/** By how many samples the end of `played` is later than the same sound in `heard`; null when it is not there. */
export function lagOf(heard: readonly number[], played: readonly number[]): number | null {
  const length = 2048;
  const from = played.length - length;
  const piece = played.slice(from);
  const energy = piece.reduce((sum, v) => sum + v * v, 0);
  for (let lag = 0; lag <= from; lag += 1) {
    let difference = 0;
    for (let i = 0; i < length && difference < 0.01 * energy; i += 1)
      difference += (heard[from - lag + i]! - piece[i]!) ** 2;
    if (difference < 0.01 * energy) return lag;
  }
  return null;
}
