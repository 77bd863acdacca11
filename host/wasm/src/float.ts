import { Block, type View } from './block.ts';
import { checkOption, isWhole } from './errors.ts';
import type { CoreExports } from './exports.ts';
import { type MixOptions, type MixedSquares, Mixer } from './mixer.ts';
import { checkBlockSamples, checkCount, checkStepSize } from './nlms.ts';

export interface FloatOptions {
  /** µ, 0..2 */
  readonly stepSize: number;
  /** beside the energy of the reference; full scale is 1; default 1e-12 */
  readonly epsilon?: number;
  /** share of each weight that is forgotten a sample, of FDAF a block, 0 up to 1; default 0 */
  readonly leak?: number;
}

export interface NlmsF32Options extends FloatOptions {
  /** 16..4096, a multiple of 16 */
  readonly taps: number;
  /** room for so many samples at a time, 1..65536; default 512 */
  readonly blockSamples?: number;
}

export interface FdafOptions extends FloatOptions {
  /** a multiple of blockSamples, at most 4096 */
  readonly taps: number;
  /** samples that are processed at a time, 32..4096, a power of two; default 512 */
  readonly blockSamples?: number;
}

/** What both have: three buffers of floats, −1..1 is full scale. */
abstract class FloatSession {
  readonly taps: number;
  readonly blockSamples: number;
  protected readonly exports: CoreExports;
  protected readonly block: Block;
  readonly #mixer: Mixer;
  protected readonly buffers: {
    reference: View<Float32Array>;
    primary: View<Float32Array>;
    error: View<Float32Array>;
    weights: View<Float32Array>;
  };

  protected constructor(
    exports: CoreExports,
    stateBytes: number,
    taps: number,
    blockSamples: number,
  ) {
    this.exports = exports;
    this.taps = taps;
    this.blockSamples = blockSamples;
    const bytes = 4 * blockSamples;
    const block = new Block(exports, stateBytes, [bytes, bytes, bytes, 4 * taps, Mixer.bytes]);
    this.block = block;
    this.buffers = {
      reference: block.buffer(Float32Array, blockSamples),
      primary: block.buffer(Float32Array, blockSamples),
      error: block.buffer(Float32Array, blockSamples),
      weights: block.buffer(Float32Array, taps),
    };
    this.#mixer = new Mixer(exports, block);
  }

  /** What the session takes of the memory. */
  get bytes(): number {
    return this.block.bytes;
  }

  /** x, to be written */
  get reference(): Float32Array {
    return this.buffers.reference.array;
  }

  /** d, to be written */
  get primary(): Float32Array {
    return this.buffers.primary.array;
  }

  /** e */
  get error(): Float32Array {
    return this.buffers.error.array;
  }

  /** From the next sample on; what was learned stays. @throws CoreError CORE_OPTION_INVALID, CORE_DISPOSED */
  abstract setStepSize(stepSize: number): void;

  /** w, newest tap first, as they are now: computed for each call into the same place */
  abstract get weights(): Float32Array;

  /**
   * After `process`: the first `count` errors become what is heard.
   * @throws CoreError CORE_OPTION_INVALID
   */
  mix(options: MixOptions, count: number = this.blockSamples): MixedSquares {
    checkCount(count, this.blockSamples);
    return this.#mixer.mix(this.buffers.primary, this.buffers.error, options, count);
  }

  /** Gives the memory back. */
  dispose(): void {
    this.block.dispose();
  }
}

export function checkFloat({ stepSize, epsilon = 0, leak = 0 }: FloatOptions): void {
  checkStepSize(stepSize);
  checkOption(epsilon >= 0 && epsilon < 1e30, 'epsilon', epsilon, 'a number from 0');
  checkOption(leak >= 0 && leak < 1, 'leak', leak, 'a number from 0 up to 1');
}

export function checkNlmsTaps(taps: number): void {
  checkOption(isWhole(taps / 16, 1, 256), 'taps', taps, 'a multiple of 16 from 16 to 4096');
}

export function checkFdafSizes(taps: number, blockSamples: number): void {
  const isPower = isWhole(Math.log2(blockSamples), 5, 12);
  checkOption(isPower, 'blockSamples', blockSamples, 'a power of two from 32 to 4096');
  const isFine = isWhole(taps / blockSamples, 1, 4096 / blockSamples);
  checkOption(isFine, 'taps', taps, `a multiple of ${blockSamples}, at most 4096`);
}

/** NLMS in single precision; the same bits as the native kernel. Memory that grew renews the arrays: see NlmsSession. */
export class NlmsF32Session extends FloatSession {
  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  constructor(exports: CoreExports, options: NlmsF32Options) {
    const { taps, stepSize, epsilon = 1e-12, leak = 0, blockSamples = 512 } = options;
    checkNlmsTaps(taps);
    checkFloat(options);
    checkBlockSamples(blockSamples);
    super(exports, exports.nlms_f32_bytes(taps), taps, blockSamples);
    exports.nlms_f32_init(this.block.pointer, taps, stepSize, epsilon, leak);
  }

  setStepSize(stepSize: number): void {
    checkStepSize(stepSize);
    this.exports.nlms_f32_set_step(this.block.pointer, stepSize);
  }

  get weights(): Float32Array {
    this.exports.nlms_f32_weights(this.block.pointer, this.buffers.weights.pointer);
    return this.buffers.weights.array;
  }

  /** The first `count` samples. @throws CoreError CORE_OPTION_INVALID, CORE_DISPOSED */
  process(count: number = this.blockSamples): void {
    checkCount(count, this.blockSamples);
    const { reference, primary, error } = this.buffers;
    const state = this.block.pointer;
    this.exports.nlms_f32_process(state, reference.pointer, primary.pointer, error.pointer, count);
  }
}

/** FDAF in single precision, whole blocks at a time; the same bits as the native kernel. */
export class FdafSession extends FloatSession {
  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  constructor(exports: CoreExports, options: FdafOptions) {
    const { taps, stepSize, epsilon = 1e-12, leak = 0, blockSamples = 512 } = options;
    checkFdafSizes(taps, blockSamples);
    checkFloat(options);
    super(exports, exports.fdaf_f32_bytes(taps, blockSamples), taps, blockSamples);
    exports.fdaf_f32_init(this.block.pointer, taps, blockSamples, stepSize, epsilon, leak);
  }

  setStepSize(stepSize: number): void {
    checkStepSize(stepSize);
    this.exports.fdaf_f32_set_step(this.block.pointer, stepSize);
  }

  get weights(): Float32Array {
    this.exports.fdaf_f32_weights(this.block.pointer, this.buffers.weights.pointer);
    return this.buffers.weights.array;
  }

  /** All `blockSamples` of the block. @throws CoreError CORE_DISPOSED */
  process(): void {
    const { reference, primary, error } = this.buffers;
    const state = this.block.pointer;
    this.exports.fdaf_f32_process(state, reference.pointer, primary.pointer, error.pointer);
  }
}
