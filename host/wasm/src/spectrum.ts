import { Block, type View } from './block.ts';
import { checkOption, isWhole } from './errors.ts';
import type { CoreExports } from './exports.ts';

/**
 * Power spectrum of real samples under a Hann window. Write `signal`, call `process`, read `power`. Memory that grew renews
 * the arrays: see NlmsSession.
 */
export class SpectrumSession {
  /** samples, 32..8192, a power of two */
  readonly size: number;
  readonly #exports: CoreExports;
  readonly #block: Block;
  readonly #signal: View<Float32Array>;
  readonly #power: View<Float32Array>;

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  constructor(exports: CoreExports, size: number) {
    const isPower = isWhole(Math.log2(size), 5, 13);
    checkOption(isPower, 'size', size, 'a power of two from 32 to 8192');
    this.size = size;
    this.#exports = exports;
    const bins = size / 2 + 1;
    this.#block = new Block(exports, exports.spectrum_bytes(size), [4 * size, 4 * bins]);
    this.#signal = this.#block.buffer(Float32Array, size);
    this.#power = this.#block.buffer(Float32Array, bins);
    exports.spectrum_init(this.#block.pointer, size);
  }

  /** to be written */
  get signal(): Float32Array {
    return this.#signal.array;
  }

  /** |X|² of the bins 0 … size / 2; unscaled: white noise of mean square 1 gives 3 / 8 · size in each */
  get power(): Float32Array {
    return this.#power.array;
  }

  /** @throws CoreError CORE_DISPOSED */
  process(): void {
    this.#exports.spectrum_process(this.#block.pointer, this.#signal.pointer, this.#power.pointer);
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#block.dispose();
  }
}
