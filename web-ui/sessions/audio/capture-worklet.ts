import type { Captured, CaptureOptions, ToCapture } from './worklet-messages.ts';

/** Collects the microphone’s blocks of 128 into chunks for the network’s worker, which gets them without a copy. */
class Capture extends AudioWorkletProcessor {
  #options: CaptureOptions;
  #chunk: Float32Array;
  #filled = 0;
  #network: MessagePort | null = null;
  #frame = 0;

  constructor(options: AudioWorkletNodeOptions) {
    super(options);
    this.#options = options.processorOptions as CaptureOptions;
    this.#chunk = this.#empty();
    this.port.onmessage = ({ data }: MessageEvent<ToCapture>) => {
      if ('network' in data) this.#network = data.network;
      else this.#options = { ...this.#options, ...data };
    };
  }

  #empty(): Float32Array {
    return new Float32Array(this.#options.chunkSamples * this.#options.channels);
  }

  process([input]: Float32Array[][]): boolean {
    const first = input?.[0];
    // Before the microphone is there, the input has no channels.
    if (!first) return true;
    const { channels, swapped } = this.#options;
    const second = input[1] ?? first;
    const [primary, reference] = swapped ? [second, first] : [first, second];
    for (let i = 0; i < first.length; i += 1) {
      if (this.#filled === 0) this.#frame = currentFrame + i;
      this.#chunk[this.#filled] = primary[i]!;
      if (channels === 2) this.#chunk[this.#filled + 1] = reference[i]!;
      this.#filled += channels;
      if (this.#filled === this.#chunk.length) this.#send();
    }
    return true;
  }

  #send(): void {
    const message: Captured = { frame: this.#frame, samples: this.#chunk };
    this.#network?.postMessage(message, [this.#chunk.buffer]);
    this.#chunk = this.#empty();
    this.#filled = 0;
  }
}

registerProcessor('anc-capture', Capture);
