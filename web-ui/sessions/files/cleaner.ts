import { levelDb } from '../../../dsp-reference/src/audio/level.ts';
import { encodeWav } from '../../../dsp-reference/src/audio/wav.ts';
import { type Core, loadCore } from '../../../host/wasm/src/browser.ts';
import { spectraOf } from '../measure/spectra.ts';
import { PageError, pageErrorOf } from '../shared/page-error.ts';
import { clean } from './clean.ts';
import type { CleanedView, FromCleaner, ToCleaner } from './clean-messages.ts';
import { type Recording, readRecording } from './recording.ts';

const spectraSeconds = 30;
/** a spectrum of fewer samples says nothing */
const leastSamples = 4096;

/** The worker’s side: holds the recording and the result, so that they cross over only once. */
export class Cleaner {
  #post: (message: FromCleaner, transfer?: Transferable[]) => void;
  #recording: Recording | null = null;
  #cleaned: Float32Array | null = null;
  #core: Core | null = null;
  #run = 0;

  constructor(post: (message: FromCleaner, transfer?: Transferable[]) => void) {
    this.#post = post;
  }

  async receive(message: ToCleaner): Promise<void> {
    try {
      await this.#handle(message);
    } catch (error) {
      const { code, message: text, hint } = pageErrorOf(error);
      this.#post({ kind: 'failure', code, message: text, hint });
    }
  }

  async #handle(message: ToCleaner): Promise<void> {
    switch (message.kind) {
      case 'read':
        return this.#read(message);
      case 'clean':
        return this.#clean(message);
      case 'cancel':
        this.#run += 1;
        return;
      case 'encode': {
        const { sampleRateHz, format } = this.#present;
        const channels = [Float64Array.from(this.#cleaned ?? [])];
        const bytes = encodeWav({ sampleRateHz, channels }, format);
        return this.#post({ kind: 'encoded', bytes }, [bytes.buffer]);
      }
    }
  }

  get #present(): Recording {
    if (this.#recording) return this.#recording;
    throw new PageError('FILES_NUMBER', 'No file has been given yet.', {
      hint: 'Drop a WAV file.',
    });
  }

  #read({ files }: ToCleaner & { readonly kind: 'read' }): void {
    this.#run += 1;
    this.#recording = null;
    this.#cleaned = null;
    this.#recording = readRecording(files);
    const { name, sampleRateHz, format, primary, reference, notes } = this.#recording;
    const seconds = primary.length / sampleRateHz;
    const channels = reference ? 2 : 1;
    const recording = { name, sampleRateHz, format, channels, seconds, notes } as const;
    this.#post({ kind: 'read', recording });
  }

  async #clean({
    module,
    settings,
    swapped,
  }: ToCleaner & { readonly kind: 'clean' }): Promise<void> {
    const recording = this.#present;
    const run = (this.#run += 1);
    this.#core ??= await loadCore(module);
    const start = performance.now();
    const after = await clean(this.#core, recording, {
      settings,
      swapped,
      onProgress: (share) => this.#post({ kind: 'progress', share }),
      isCancelled: () => run !== this.#run,
    });
    if (!after) return this.#post({ kind: 'cancelled' });
    const elapsedMs = performance.now() - start;
    this.#cleaned = after;
    const input = swapped && recording.reference ? recording.reference : recording.primary;
    const cleaned = viewOf(recording, input, after, elapsedMs);
    this.#post({ kind: 'cleaned', cleaned }, [cleaned.before.buffer, cleaned.after.buffer]);
  }
}

function viewOf(
  { sampleRateHz, format }: Recording,
  input: Float64Array,
  after: Float32Array,
  elapsedMs: number,
): CleanedView {
  const half = input.length >> 1;
  const change = levelDb(input.subarray(half)) - levelDb(after.subarray(half));
  // Of the beginning, where the filter still learns, the spectra say nothing.
  const from = Math.max(half, input.length - spectraSeconds * sampleRateHz);
  const isLong = input.length - from >= leastSamples;
  const isInteger = format.startsWith('pcm');
  return {
    before: Float32Array.from(input),
    after: after.slice(),
    elapsedMs,
    reductionDb: Number.isFinite(change) ? change : null,
    clippedSamples: isInteger ? after.filter((value) => Math.abs(value) >= 1).length : 0,
    spectra: isLong
      ? spectraOf(input.subarray(from), Float64Array.from(after.subarray(from)), sampleRateHz)
      : null,
  };
}
