import type { Core } from '@anc/wasm';
import { type SessionSettings, frameFlags, headerBytes } from '../../protocol/index.ts';
import { nowMs } from '../clock.ts';
import { Analyser } from './analyser.ts';
import { type Batch, entryBytes, padded } from './batch.ts';
import type { SecondReport } from './messages.ts';
import { SessionFilter, refusalOf } from './session-filter.ts';

const binaryFrame = 0x82; // FIN, opcode 2 (RFC 6455, 5.2)

/** One session in a worker: entries of a batch in, whole WebSocket frames out. */
export class WorkerSession {
  readonly number: number;
  readonly #filter: SessionFilter;
  readonly #analyser: Analyser;

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  constructor(number: number, core: Core, settings: SessionSettings) {
    this.number = number;
    this.#analyser = new Analyser(number, !settings.bypassMl);
    this.#filter = new SessionFilter(core, settings, (input, output, count) =>
      this.#analyser.add(input, output, count),
    );
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
   * @param at where the entry begins in the input
   * @param to where its answers go in the output
   * @param beganMs the clock now
   * @returns where the next answer goes
   */
  process(input: Batch, at: number, output: Batch, to: number, beganMs: number): number {
    const from = at + entryBytes;
    const refusal = refusalOf(input, from);
    if (refusal !== 0) {
      this.#beginEntry(output, to, 0, refusal, entryBytes);
      return to + entryBytes;
    }
    const fills = input.words[(at >> 2) + 2]!;
    for (let left = fills; left > 0; left -= 1)
      to = this.#fill(input, at, output, to, left, beganMs);
    const end = this.#beginFrame(input, at, output, to, 0, beganMs);
    this.#filter.run(input, from, output, to + entryBytes + headerBytes);
    output.words[(to + entryBytes + 28) >> 2] = Math.round((nowMs() - beganMs) * 1000);
    return end;
  }

  /** Silence as long as the chunk behind it, numbered `before` less. */
  #fill(
    input: Batch,
    at: number,
    output: Batch,
    to: number,
    before: number,
    beganMs: number,
  ): number {
    const from = at + entryBytes;
    const end = this.#beginFrame(input, at, output, to, frameFlags.filled, beganMs);
    const sequence = (to + entryBytes + 4) >> 2;
    output.words[sequence] = input.words[(from + 4) >> 2]! - before;
    output.bytes.fill(0, to + entryBytes + headerBytes, end);
    this.#filter.runSilence(input.bytes[from + 2]! | (input.bytes[from + 3]! << 8));
    return end;
  }

  /** Everything but the samples and the filter’s time. @returns where the entry ends */
  #beginFrame(
    input: Batch,
    at: number,
    output: Batch,
    to: number,
    flags: number,
    beganMs: number,
  ): number {
    const from = at + entryBytes;
    const isFloat = (input.bytes[from + 1]! & frameFlags.float32) !== 0;
    const frames = input.bytes[from + 2]! | (input.bytes[from + 3]! << 8);
    const payload = headerBytes + frames * (isFloat ? 4 : 2);
    const frame = to + entryBytes;
    const lengthBytes = payload < 126 ? 2 : 4;
    const { bytes, words, float64 } = output;
    const end = frame + padded(payload);
    this.#beginEntry(output, to, payload + lengthBytes, frame - lengthBytes, end - to);
    bytes[frame - lengthBytes] = binaryFrame;
    if (lengthBytes === 2) bytes[frame - 1] = payload;
    else {
      bytes[frame - 3] = 126;
      bytes[frame - 2] = payload >> 8;
      bytes[frame - 1] = payload;
    }
    const word = frame >> 2;
    words.set(input.words.subarray(from >> 2, (from >> 2) + 4), word);
    bytes[frame + 1] = (isFloat ? frameFlags.float32 : 0) | flags;
    const receivedAtMs = input.float64[(at + 16) >> 3]!;
    float64[(frame + 16) >> 3] = receivedAtMs;
    words[word + 6] = Math.max(0, Math.round((beganMs - receivedAtMs) * 1000));
    words[word + 7] = 0;
    return end;
  }

  #beginEntry(output: Batch, to: number, wire: number, begin: number, entry: number): void {
    const word = to >> 2;
    output.words[word] = this.number;
    output.words[word + 1] = wire;
    output.words[word + 2] = begin;
    output.words[word + 3] = entry;
  }
}
