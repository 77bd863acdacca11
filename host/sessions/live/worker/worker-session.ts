import type { Core } from '@anc/wasm';
import { type SessionSettings, frameFlags, headerBytes } from '../../protocol/index.ts';
import { nowMs } from '../clock.ts';
import { binaryFrame } from '../wire.ts';
import { Analyser } from './analyser.ts';
import { type Batch, entryBytes, slotHeaderBytes } from './batch.ts';
import type { SecondReport } from './messages.ts';
import type { Spectra } from './spectra.ts';
import { SessionFilter, refusalOf } from './session-filter.ts';

/** One session in a worker: chunks of a batch become whole WebSocket frames, in their place. */
export class WorkerSession {
  readonly #filter: SessionFilter;
  readonly #analyser: Analyser;

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  constructor(number: number, core: Core, spectra: Spectra, settings: SessionSettings) {
    this.#analyser = new Analyser(number, spectra, !settings.bypassMl);
    this.#filter = new SessionFilter(core, settings, this.#analyser);
  }

  set(settings: SessionSettings): void {
    this.#filter.intensity = settings.intensity;
    this.#filter.setStepSize(settings.stepSize);
    this.#analyser.setClassifying(!settings.bypassMl);
  }

  dispose(): void {
    this.#filter.dispose();
  }

  takeSecond(): SecondReport | null {
    return this.#analyser.takeSecond();
  }

  /**
   * @param at where the entry begins
   * @param beganMs the clock now
   * @returns the clock when it is done
   */
  process(batch: Batch, at: number, beganMs: number): number {
    const { words, float64 } = batch;
    const entry = at >> 2;
    const fills = words[entry + 2]!;
    const slot = words[entry + 3]!;
    const first = at + entryBytes + slotHeaderBytes;
    const frame = first + fills * slot;
    const refusal = refusalOf(batch, frame);
    words[entry + 2] = refusal;
    if (refusal !== 0) return beganMs;
    const receivedAtMs = float64[(at + 16) >> 3]!;
    const queueMicros = Math.max(0, Math.round((beganMs - receivedAtMs) * 1000));
    for (let i = 0; i < fills; i += 1)
      this.#fill(batch, frame, first + i * slot, fills - i, receivedAtMs, queueMicros);
    this.#filter.run(batch, frame);
    const endedMs = nowMs();
    finish(batch, frame, 0, receivedAtMs, queueMicros);
    words[(frame >> 2) + 7] = Math.round((endedMs - beganMs) * 1000);
    return endedMs;
  }

  /** Silence as long as the chunk behind it, numbered `before` less. */
  #fill(
    batch: Batch,
    frame: number,
    to: number,
    before: number,
    receivedAtMs: number,
    queueMicros: number,
  ): void {
    const { bytes, words } = batch;
    bytes.copyWithin(to, frame, frame + 16);
    words[(to + 4) >> 2]! -= before;
    words[(to >> 2) + 7] = 0;
    const frames = bytes[frame + 2]! | (bytes[frame + 3]! << 8);
    const sampleBytes = bytes[frame + 1]! & frameFlags.float32 ? 4 : 2;
    bytes.fill(0, to + headerBytes, to + headerBytes + frames * sampleBytes);
    this.#filter.runSilence(frames);
    finish(batch, to, frameFlags.filled, receivedAtMs, queueMicros);
  }
}

/** The header on its way back, and the WebSocket’s before it. */
function finish(
  { bytes, words, float64 }: Batch,
  frame: number,
  flags: number,
  receivedAtMs: number,
  queueMicros: number,
): void {
  const float32 = bytes[frame + 1]! & frameFlags.float32;
  const frames = bytes[frame + 2]! | (bytes[frame + 3]! << 8);
  bytes[frame + 1] = float32 | flags;
  float64[(frame + 16) >> 3] = receivedAtMs;
  words[(frame >> 2) + 6] = queueMicros;
  const payload = headerBytes + frames * (float32 === 0 ? 2 : 4);
  if (payload < 126) {
    bytes[frame - 2] = binaryFrame;
    bytes[frame - 1] = payload;
    return;
  }
  bytes[frame - 4] = binaryFrame;
  bytes[frame - 3] = 126;
  bytes[frame - 2] = payload >> 8;
  bytes[frame - 1] = payload & 255;
}
