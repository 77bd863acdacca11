import type { Block, View } from './block.ts';
import type { CoreExports } from './exports.ts';
import { checkOption } from './errors.ts';

export interface MixOptions {
  /** how much of what the filter took out is out: 0 none, 1 all */
  readonly intensity: number;
  /** no sample is larger afterwards, above 0; full scale 1 */
  readonly limit: number;
}

/** The sums of squares of a block before and after. */
export interface MixedSquares {
  readonly input: number;
  readonly output: number;
}

/** What a canceller’s error becomes before it is heard. */
export class Mixer {
  readonly #exports: CoreExports;
  readonly #squares: View<Float32Array>;

  constructor(exports: CoreExports, block: Block) {
    this.#exports = exports;
    this.#squares = block.buffer(Float32Array, 4);
  }

  /** Bytes of the block that a mixer takes. */
  static readonly bytes = 16;

  /** @throws CoreError CORE_OPTION_INVALID */
  mix(
    primary: View<Float32Array>,
    rest: View<Float32Array>,
    { intensity, limit }: MixOptions,
    count: number,
  ): MixedSquares {
    checkOption(intensity >= 0 && intensity <= 1, 'intensity', intensity, 'a number from 0 to 1');
    checkOption(limit > 0, 'limit', limit, 'a number above 0');
    const { pointer } = this.#squares;
    this.#exports.mix_f32(primary.pointer, rest.pointer, intensity, limit, count, pointer);
    const { array } = this.#squares;
    return { input: array[0]!, output: array[1]! };
  }
}
