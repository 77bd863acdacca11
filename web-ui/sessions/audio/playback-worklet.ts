import { JitterBuffer } from './jitter-buffer.ts';
import type { Playable, PlaybackReport, ToPlayback } from './worklet-messages.ts';

/** blocks of 128 between two reports */
const reportBlocks = 16;

/** Plays the chunks that come back, evenly. */
class Playback extends AudioWorkletProcessor {
  readonly #buffer = new JitterBuffer();
  #starts: PlaybackReport['starts'][number][] = [];
  #blocks = 0;
  #network: MessagePort | null = null;

  constructor(options: AudioWorkletNodeOptions) {
    super(options);
    this.port.onmessage = ({ data }: MessageEvent<ToPlayback>) => {
      this.#network = data.network;
      data.network.onmessage = ({ data: chunk }: MessageEvent<Playable>) =>
        this.#buffer.put(chunk.sequence, chunk.samples, currentFrame);
    };
  }

  process(_: Float32Array[][], [output]: Float32Array[][]): boolean {
    const first = output?.[0];
    if (!first) return true;
    const takenAtMs = Date.now();
    for (const start of this.#buffer.read(first, currentFrame))
      this.#starts.push({ ...start, takenAtMs });
    for (const other of output.slice(1)) other.set(first);
    this.#blocks += 1;
    if (this.#blocks % reportBlocks === 0) {
      const report: PlaybackReport = { starts: this.#starts, stats: this.#buffer.stats };
      this.#network?.postMessage(report);
      this.#starts = [];
    }
    return true;
  }
}

registerProcessor('anc-playback', Playback);
