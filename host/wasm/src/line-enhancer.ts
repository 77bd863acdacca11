import { Block, type View } from './block.ts';
import { checkOption, isWhole } from './errors.ts';
import type { CoreExports } from './exports.ts';
import { checkFdafSizes, checkFloat, checkNlmsTaps, type FloatOptions } from './float.ts';
import { type MixOptions, type MixedSquares, Mixer } from './mixer.ts';
import { checkBlockSamples, checkCount, checkStepSize } from './nlms.ts';

export interface LineEnhancerOptions extends FloatOptions {
  /** nlms: sample by sample; fdaf: whole blocks, for long filters */
  readonly filter: 'nlms' | 'fdaf';
  /** Δ, 1..48000 samples: longer than the noise is correlated */
  readonly delay: number;
  /** as the filter takes them: nlms 16..4096, a multiple of 16; fdaf a multiple of blockSamples, at most 4096 */
  readonly taps: number;
  /** default 512; nlms: room for so many samples at a time; fdaf: how many are processed, 32..4096, a power of two */
  readonly blockSamples?: number;
}

/**
 * Line enhancer for one microphone in single precision: what can be predicted of `input` from Δ samples ago and earlier is
 * taken out. Write `input`, call `process`, read `rest` and `periodic`; rest + periodic = input. Memory that grew renews
 * the arrays: see NlmsSession.
 */
export class LineEnhancerSession {
  readonly taps: number;
  readonly blockSamples: number;
  readonly #isFdaf: boolean;
  readonly #exports: CoreExports;
  readonly #block: Block;
  readonly #input: View<Float32Array>;
  readonly #rest: View<Float32Array>;
  readonly #periodic: View<Float32Array>;
  readonly #weights: View<Float32Array>;
  readonly #mixer: Mixer;

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  constructor(exports: CoreExports, options: LineEnhancerOptions) {
    const {
      filter,
      delay,
      taps,
      stepSize,
      epsilon = 1e-12,
      leak = 0,
      blockSamples = 512,
    } = options;
    checkOption(filter === 'nlms' || filter === 'fdaf', 'filter', filter, 'nlms or fdaf');
    checkOption(isWhole(delay, 1, 48000), 'delay', delay, 'a whole number from 1 to 48000');
    checkFloat(options);
    this.#isFdaf = filter === 'fdaf';
    if (this.#isFdaf) {
      checkFdafSizes(taps, blockSamples);
    } else {
      checkNlmsTaps(taps);
      checkBlockSamples(blockSamples);
    }
    const fdafBlock = this.#isFdaf ? blockSamples : 0;
    this.#exports = exports;
    this.taps = taps;
    this.blockSamples = blockSamples;
    const bytes = 4 * blockSamples;
    const stateBytes = exports.line_enhancer_f32_bytes(delay, taps, fdafBlock);
    const block = new Block(exports, stateBytes, [bytes, bytes, bytes, 4 * taps, Mixer.bytes]);
    this.#block = block;
    this.#input = block.buffer(Float32Array, blockSamples);
    this.#rest = block.buffer(Float32Array, blockSamples);
    this.#periodic = block.buffer(Float32Array, blockSamples);
    this.#weights = block.buffer(Float32Array, taps);
    this.#mixer = new Mixer(exports, block);
    const state = block.pointer;
    exports.line_enhancer_f32_init(state, delay, taps, fdafBlock, stepSize, epsilon, leak);
  }

  /** What the session takes of the memory. */
  get bytes(): number {
    return this.#block.bytes;
  }

  /** to be written; −1..1 is full scale */
  get input(): Float32Array {
    return this.#input.array;
  }

  /** the input without what is periodic */
  get rest(): Float32Array {
    return this.#rest.array;
  }

  /** what was taken out */
  get periodic(): Float32Array {
    return this.#periodic.array;
  }

  /** w behind the delay, newest tap first, as they are now: computed for each call into the same place */
  get weights(): Float32Array {
    this.#exports.line_enhancer_f32_weights(this.#block.pointer, this.#weights.pointer);
    return this.#weights.array;
  }

  /** From the next sample on; what was learned stays. @throws CoreError CORE_OPTION_INVALID, CORE_DISPOSED */
  setStepSize(stepSize: number): void {
    checkStepSize(stepSize);
    this.#exports.line_enhancer_f32_set_step(this.#block.pointer, stepSize);
  }

  /**
   * The first `count` samples; with fdaf all of the block.
   * @throws CoreError CORE_OPTION_INVALID, CORE_DISPOSED
   */
  process(count: number = this.blockSamples): void {
    checkCount(count, this.blockSamples);
    const isFine = !this.#isFdaf || count === this.blockSamples;
    checkOption(isFine, 'count', count, `the whole block of ${this.blockSamples}`);
    const [input, rest, periodic] = [this.#input, this.#rest, this.#periodic];
    this.#exports.line_enhancer_f32_process(
      this.#block.pointer,
      input.pointer,
      rest.pointer,
      periodic.pointer,
      count,
    );
  }

  /**
   * After `process`: the first `count` samples of `rest` become what is heard.
   * @throws CoreError CORE_OPTION_INVALID
   */
  mix(options: MixOptions, count: number = this.blockSamples): MixedSquares {
    checkCount(count, this.blockSamples);
    return this.#mixer.mix(this.#input, this.#rest, options, count);
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#block.dispose();
  }
}
