import type { Core } from '@anc/wasm';
import {
  type SessionSettings,
  frameFlags,
  headerBytes,
  maxFrames,
  peakLimit,
} from '../../protocol/index.ts';
import type { Batch } from './batch.ts';
import { type Kernel, createKernel, kernelBlock } from './kernel.ts';
import { OutputQueue } from './output-queue.ts';

const int16FullScale = 32768;

/** Who hears what went in and came out, block by block: `count` samples, valid during the call. */
export interface SoundListener {
  add(
    input: Float32Array,
    output: Float32Array,
    count: number,
    inputSquares: number,
    outputSquares: number,
  ): void;
}

/** Where samples go that leave as int16, or that nobody gets. */
const aside = new Float32Array(maxFrames);
const silence = new Float32Array(2 * maxFrames);
const block = new Float32Array(kernelBlock);

/** One session’s filter: samples of a frame, through the kernel, mixed by intensity, into the answer. */
export class SessionFilter {
  intensity: number;
  readonly #kernel: Kernel;
  readonly #channels: 1 | 2;
  readonly #listener: SoundListener;
  readonly #queue: OutputQueue | null;
  #collected = 0;
  #isAnswered = true;

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  constructor(core: Core, settings: SessionSettings, listener: SoundListener) {
    this.#kernel = createKernel(core, settings);
    this.#channels = settings.channels;
    this.intensity = settings.intensity;
    this.#listener = listener;
    this.#queue = this.#kernel.isWholeBlocks ? new OutputQueue(kernelBlock, maxFrames) : null;
  }

  setStepSize(stepSize: number): void {
    this.#kernel.setStepSize(stepSize);
  }

  dispose(): void {
    this.#kernel.dispose();
  }

  /**
   * The samples of a frame whose header has been checked, in their place: the answer’s samples lie from where theirs did.
   * @param frame where it begins
   */
  run({ bytes, int16, float32 }: Batch, frame: number): void {
    const frames = bytes[frame + 2]! | (bytes[frame + 3]! << 8);
    if ((bytes[frame + 1]! & frameFlags.float32) !== 0) {
      const at = (frame + headerBytes) >> 2;
      this.#filter(float32, at, frames, 1, float32, at);
      return;
    }
    const at = (frame + headerBytes) >> 1;
    this.#filter(int16, at, frames, 1 / int16FullScale, aside, 0);
    for (let i = 0; i < frames; i += 1) {
      const value = Math.round(aside[i]! * int16FullScale);
      int16[at + i] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
    }
  }

  /** So many samples of silence, whose answer nobody gets: time goes on for the filter, and no level counts. */
  runSilence(frames: number): void {
    this.#isAnswered = false;
    this.#filter(silence, 0, frames, 1, aside, 0);
    this.#isAnswered = true;
  }

  /** `into` may be `samples`: no sample is written before those up to it are read. */
  #filter(
    samples: Float32Array | Int16Array,
    from: number,
    frames: number,
    scale: number,
    into: Float32Array,
    to: number,
  ): void {
    const queue = this.#queue;
    if (!queue) {
      for (let done = 0; done < frames; done += kernelBlock) {
        const count = Math.min(kernelBlock, frames - done);
        this.#read(samples, from + done * this.#channels, 0, count, scale);
        this.#runBlock(count, into, to + done);
      }
      return;
    }
    queue.prepare(frames);
    for (let done = 0; done < frames;) {
      const count = Math.min(kernelBlock - this.#collected, frames - done);
      this.#read(samples, from + done * this.#channels, this.#collected, count, scale);
      this.#collected = (this.#collected + count) % kernelBlock;
      done += count;
      if (this.#collected > 0) continue;
      // Chunks of whole blocks need no queue.
      if (queue.delay === 0) this.#runBlock(kernelBlock, into, to + done - kernelBlock);
      else {
        this.#runBlock(kernelBlock, block, 0);
        queue.put(block);
      }
    }
    if (queue.delay > 0) queue.take(into, to, frames);
  }

  #read(
    samples: Float32Array | Int16Array,
    from: number,
    to: number,
    count: number,
    scale: number,
  ): void {
    const { primary, reference } = this.#kernel;
    if (!reference && samples instanceof Float32Array) {
      primary.set(samples.subarray(from, from + count), to);
      return;
    }
    if (!reference) {
      for (let i = 0; i < count; i += 1) primary[to + i] = samples[from + i]! * scale;
      return;
    }
    for (let i = 0, at = from; i < count; i += 1, at += 2) {
      primary[to + i] = samples[at]! * scale;
      reference[to + i] = samples[at + 1]! * scale;
    }
  }

  #runBlock(count: number, into: Float32Array, to: number): void {
    const kernel = this.#kernel;
    kernel.run(count);
    const squares = kernel.mix(count, this.intensity);
    const { primary, rest } = kernel;
    into.set(count === kernelBlock ? rest : rest.subarray(0, count), to);
    if (this.#isAnswered) this.#listener.add(primary, rest, count, squares.input, squares.output);
  }
}

const float32Limit = new Uint32Array(Float32Array.of(peakLimit).buffer)[0]!;
const float32Infinity = 0x7f800000;

/** By their bits: 0 when all samples are audio, 1 + the place in `refusals` otherwise. */
export function refusalOf({ bytes, words }: Batch, frame: number): number {
  const flags = bytes[frame + 1]!;
  if ((flags & frameFlags.float32) === 0) return 0;
  const frames = bytes[frame + 2]! | (bytes[frame + 3]! << 8);
  const first = (frame + headerBytes) >> 2;
  const end = first + ((flags & frameFlags.stereo) !== 0 ? 2 * frames : frames);
  let worst = 0;
  for (let i = first; i < end; i += 1) {
    const magnitude = words[i]! & 0x7fffffff;
    if (magnitude > worst) worst = magnitude;
  }
  if (worst <= float32Limit) return 0;
  return worst >= float32Infinity ? 1 : 2;
}
