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

const float32Limit = new Uint32Array(Float32Array.of(peakLimit).buffer)[0]!;
const float32Infinity = 0x7f800000;
const int16FullScale = 32768;

const mixed = new Float32Array(maxFrames);

/** Who wants to hear what went in and came out, block by block; valid during the call. */
export type SoundListener = (input: Float32Array, output: Float32Array, count: number) => void;

/** One session’s filter: samples from a frame, through the kernel, mixed by intensity, into the answer. */
export class SessionFilter {
  intensity: number;
  readonly #kernel: Kernel;
  readonly #channels: 1 | 2;
  readonly #listener: SoundListener;
  readonly #queue: OutputQueue | null;
  #collected = 0;

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
   * The samples of a frame whose header has been checked.
   * @param from where the frame begins
   * @param to where the answer’s samples go
   */
  run(input: Batch, from: number, output: Batch, to: number): void {
    const isFloat = (input.bytes[from + 1]! & frameFlags.float32) !== 0;
    const frames = input.bytes[from + 2]! | (input.bytes[from + 3]! << 8);
    const first = (from + headerBytes) >> (isFloat ? 2 : 1);
    const samples = isFloat ? input.float32 : input.int16;
    const scale = isFloat ? 1 : 1 / int16FullScale;
    this.#filter(samples, first, frames, scale);
    if (isFloat)
      output.float32.set(frames === maxFrames ? mixed : mixed.subarray(0, frames), to >> 2);
    else {
      const at = to >> 1;
      for (let i = 0; i < frames; i += 1) output.int16[at + i] = toInt16(mixed[i]!);
    }
  }

  /** So many samples of silence, whose answer nobody hears: time goes on for the filter. */
  runSilence(frames: number): void {
    this.#filter(silence, 0, frames, 1);
  }

  /** Into `mixed`. */
  #filter(samples: Float32Array | Int16Array, first: number, frames: number, scale: number): void {
    const queue = this.#queue;
    queue?.prepare(frames);
    for (let done = 0; done < frames;) {
      const room = queue ? kernelBlock - this.#collected : kernelBlock;
      const count = Math.min(room, frames - done);
      this.#read(samples, first + done * this.#channels, this.#collected, count, scale);
      if (!queue) this.#runBlock(count, done);
      else {
        this.#collected += count;
        if (this.#collected === kernelBlock) {
          this.#collected = 0;
          // Whole blocks that came as whole blocks need no queue.
          if (queue.delay === 0) this.#runBlock(kernelBlock, done + count - kernelBlock);
          else {
            this.#runBlock(kernelBlock, 0, block);
            queue.put(block);
          }
        }
      }
      done += count;
    }
    if (queue && queue.delay > 0) queue.take(mixed.subarray(0, frames));
  }

  #read(
    samples: Float32Array | Int16Array,
    first: number,
    to: number,
    count: number,
    scale: number,
  ): void {
    const { primary, reference } = this.#kernel;
    if (!reference) {
      if (samples instanceof Float32Array) primary.set(samples.subarray(first, first + count), to);
      else for (let i = 0; i < count; i += 1) primary[to + i] = samples[first + i]! * scale;
      return;
    }
    for (let i = 0, at = first; i < count; i += 1, at += 2) {
      primary[to + i] = samples[at]! * scale;
      reference[to + i] = samples[at + 1]! * scale;
    }
  }

  /** out = primary − intensity · (primary − rest), within the limit. */
  #runBlock(count: number, to: number, into: Float32Array = mixed): void {
    const kernel = this.#kernel;
    kernel.run(count);
    const { primary, rest } = kernel;
    const { intensity } = this;
    const kept = 1 - intensity;
    for (let i = 0; i < count; i += 1) {
      const value = kept * primary[i]! + intensity * rest[i]!;
      into[to + i] = value > peakLimit ? peakLimit : value < -peakLimit ? -peakLimit : value;
    }
    this.#listener(primary, to === 0 ? into : into.subarray(to, to + count), count);
  }
}

const block = new Float32Array(kernelBlock);
const silence = new Float32Array(2 * maxFrames);

function toInt16(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value * int16FullScale)));
}

/** By their bits: 0 when all are audio, 1 + the place in `refusals` otherwise. */
export function refusalOf(input: Batch, from: number): number {
  if ((input.bytes[from + 1]! & frameFlags.float32) === 0) return 0;
  const { words } = input;
  const isStereo = (input.bytes[from + 1]! & frameFlags.stereo) !== 0;
  const frames = input.bytes[from + 2]! | (input.bytes[from + 3]! << 8);
  const first = (from + headerBytes) >> 2;
  const end = first + (isStereo ? 2 * frames : frames);
  let worst = 0;
  for (let i = first; i < end; i += 1) {
    const magnitude = words[i]! & 0x7fffffff;
    if (magnitude > worst) worst = magnitude;
  }
  if (worst <= float32Limit) return 0;
  return worst >= float32Infinity ? 1 : 2;
}
