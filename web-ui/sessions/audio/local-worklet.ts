import { instantiate } from '../../../host/wasm/src/core.ts';
import { chunkSamples } from '../../../host/sessions/protocol/index.ts';
import { Canceller } from './canceller.ts';
import type { FromLocal, LocalOptions, ToLocal } from './worklet-messages.ts';

/** what the audio graph renders at a time, and all that the canceller waits for */
const blockSamples = 128;

/** The canceller in the audio graph itself: nothing leaves the machine. */
class Local extends AudioWorkletProcessor {
  #options: LocalOptions;
  #canceller: Canceller | null = null;
  #before = new Float32Array(chunkSamples);
  #after = new Float32Array(chunkSamples);
  #filled = 0;

  constructor(options: AudioWorkletNodeOptions) {
    super(options);
    this.#options = options.processorOptions as LocalOptions;
    this.port.onmessage = ({ data }: MessageEvent<ToLocal>) => {
      this.#options = { ...this.#options, settings: data };
      if (!this.#canceller) return;
      this.#canceller.intensity = data.intensity;
      this.#canceller.setStepSize(data.stepSize);
    };
    void this.#load();
  }

  async #load(): Promise<void> {
    try {
      const core = await instantiate(this.#options.module);
      this.#canceller = new Canceller(core, this.#options.settings, blockSamples);
    } catch (error) {
      const { message, hint = '' } = error as Error & { hint?: string };
      this.#post({ failure: message, hint });
    }
  }

  #post(message: FromLocal, transfer: Transferable[] = []): void {
    this.port.postMessage(message, transfer);
  }

  process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
    const first = input?.[0];
    const out = output?.[0];
    if (!first || !out || !this.#canceller) return true;
    const second = input[1] ?? first;
    const [primary, reference] = this.#options.swapped ? [second, first] : [first, second];
    this.#canceller.process(primary, reference, out);
    for (const other of output.slice(1)) other.set(out);
    this.#before.set(primary, this.#filled);
    this.#after.set(out, this.#filled);
    this.#filled += out.length;
    if (this.#filled === chunkSamples) this.#report();
    return true;
  }

  #report(): void {
    const frame = currentFrame + blockSamples - chunkSamples;
    const [before, after] = [this.#before, this.#after];
    this.#post({ frame, before, after }, [before.buffer, after.buffer]);
    this.#before = new Float32Array(chunkSamples);
    this.#after = new Float32Array(chunkSamples);
    this.#filled = 0;
  }
}

registerProcessor('anc-local', Local);
