import { Block, type View } from './block.ts';
import { checkOption, isWhole } from './errors.ts';
import type { CoreExports } from './exports.ts';

export type NlmsFormat = 'q15' | 'q31';

export interface NlmsOptions<F extends NlmsFormat = NlmsFormat> {
  /** arithmetic, docs/algorithms.md */
  readonly format: F;
  /** 16..1024, a multiple of 16 */
  readonly taps: number;
  /** µ, 0..2, kept to 15 significant bits */
  readonly stepSize: number;
  /** the error is rounded to it; default 32 */
  readonly ioBits?: 16 | 24 | 32;
  /** room for so many samples at a time, 1..65536; default 512 */
  readonly blockSamples?: number;
}

const unitsOfStep = 1e9;

/**
 * NLMS as an electrical canceller, e = d − wᵀx, with zero initial state. Samples are Q31. Write into `reference` and
 * `primary`, call `process`, read `error`. The arrays lie in the module's memory: take them from the session after another
 * one was created, because memory that grew has left old arrays empty.
 */
export class NlmsSession {
  readonly taps: number;
  readonly blockSamples: number;
  #block: Block;
  #setStep: (state: number, step_e9: number) => void;
  #run: (state: number, x: number, d: number, e: number, count: number) => void;
  #reference: View<Int32Array>;
  #primary: View<Int32Array>;
  #error: View<Int32Array>;
  #weights: View<Int32Array>;

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  constructor(exports: CoreExports, options: NlmsOptions) {
    const { format, taps, stepSize, ioBits = 32, blockSamples = 512 } = options;
    checkOption(format === 'q15' || format === 'q31', 'format', format, 'q15 or q31');
    checkOption(isWhole(taps / 16, 1, 64), 'taps', taps, 'a multiple of 16 from 16 to 1024');
    checkStepSize(stepSize);
    checkOption([16, 24, 32].includes(ioBits), 'ioBits', ioBits, '16, 24 or 32');
    checkBlockSamples(blockSamples);
    this.taps = taps;
    this.blockSamples = blockSamples;
    const kernel = kernelOf(exports, format);
    const bufferBytes = 4 * blockSamples;
    const block = new Block(exports, kernel.bytes(), [bufferBytes, bufferBytes, bufferBytes]);
    this.#block = block;
    this.#run = kernel.process;
    this.#setStep = kernel.setStep;
    kernel.init(block.pointer, taps, ioBits, Math.round(stepSize * unitsOfStep));
    this.#reference = block.buffer(Int32Array, blockSamples);
    this.#primary = block.buffer(Int32Array, blockSamples);
    this.#error = block.buffer(Int32Array, blockSamples);
    this.#weights = block.viewAt(Int32Array, kernel.weights(block.pointer), taps);
  }

  /** What the session takes of the memory. */
  get bytes(): number {
    return this.#block.bytes;
  }

  /** x, Q31, to be written */
  get reference(): Int32Array {
    return this.#reference.array;
  }

  /** d, Q31, to be written */
  get primary(): Int32Array {
    return this.#primary.array;
  }

  /** e, Q31 */
  get error(): Int32Array {
    return this.#error.array;
  }

  /** w, Q28, newest tap first; not a copy */
  get weights(): Int32Array {
    return this.#weights.array;
  }

  /** From the next sample on; what was learned stays. @throws CoreError CORE_OPTION_INVALID, CORE_DISPOSED */
  setStepSize(stepSize: number): void {
    checkStepSize(stepSize);
    this.#setStep(this.#block.pointer, Math.round(stepSize * unitsOfStep));
  }

  /** The first `count` samples. @throws CoreError CORE_OPTION_INVALID, CORE_DISPOSED */
  process(count: number = this.blockSamples): void {
    checkCount(count, this.blockSamples);
    this.#run(
      this.#block.pointer,
      this.#reference.pointer,
      this.#primary.pointer,
      this.#error.pointer,
      count,
    );
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#block.dispose();
  }
}

function kernelOf(exports: CoreExports, format: NlmsFormat) {
  return format === 'q15'
    ? {
        bytes: exports.nlms_q15_bytes,
        init: exports.nlms_q15_init,
        setStep: exports.nlms_q15_set_step,
        process: exports.nlms_q15_process,
        weights: exports.nlms_q15_weights,
      }
    : {
        bytes: exports.nlms_q31_bytes,
        init: exports.nlms_q31_init,
        setStep: exports.nlms_q31_set_step,
        process: exports.nlms_q31_process,
        weights: exports.nlms_q31_weights,
      };
}

export function checkStepSize(stepSize: number): void {
  checkOption(stepSize >= 0 && stepSize <= 2, 'stepSize', stepSize, 'a number from 0 to 2');
}

export function checkBlockSamples(blockSamples: number): void {
  const isFine = isWhole(blockSamples, 1, 65536);
  checkOption(isFine, 'blockSamples', blockSamples, 'a whole number from 1 to 65536');
}

export function checkCount(count: number, most: number): void {
  checkOption(isWhole(count, 0, most), 'count', count, `a whole number from 0 to ${most}`);
}
