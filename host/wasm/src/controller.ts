import { Block, type View } from './block.ts';
import { checkOption, isWhole } from './errors.ts';
import type { CoreExports } from './exports.ts';
import { checkBlockSamples, checkCount } from './nlms.ts';

export interface ControllerOptions {
  /** 8000..192000 */
  readonly sampleRateHz: number;
  /** of the control filter, 32..2048, a multiple of 16 */
  readonly taps: number;
  /** impulse response of the model of loudspeaker → error microphone, latency included, at most 4096 values; empty: none */
  readonly secondary: ArrayLike<number>;
  /** the same of loudspeaker → reference microphone; default none */
  readonly feedback?: ArrayLike<number>;
  /** 0..2; default the algorithm's own */
  readonly stepSize?: number;
  /** decay of the weights, 1/s, 0..1000; default the algorithm's own */
  readonly leakage?: number;
  /** largest magnitude of the output, above 0 up to 1; default −1 dBFS */
  readonly outputLimit?: number;
  /** of what is random, u32; default 1 */
  readonly seed?: number;
  /** room for so many samples at a time, 1..65536; default 512 */
  readonly blockSamples?: number;
}

const outputLimitDefault = 10 ** (-1 / 20);
const pathTapsMax = 4096;
const pathValueMax = 1e6;
const optionsBytes = 64;
/** The algorithm's own step and leakage. */
const own = -1;

/** What the core can be created with, in the order of its list. */
export function controllerNames(exports: CoreExports): string[] {
  return Array.from({ length: exports.controller_count() }, (_, index) => {
    const bytes = new Uint8Array(exports.memory.buffer, exports.controller_name(index) >>> 0);
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  });
}

/**
 * An acoustic controller in single precision (firmware/core/controllers): reference and error microphone in, loudspeaker out,
 * −1..1 is full scale. Blocks through `reference`, `error`, `process` and `output`; or, where the error already contains the
 * output of the same instant, sample by sample with `step` and `adapt`. Memory that grew renews the arrays: see NlmsSession.
 */
export class ControllerSession {
  readonly name: string;
  readonly blockSamples: number;
  #block: Block;
  #exports: CoreExports;
  #reference: View<Float32Array>;
  #error: View<Float32Array>;
  #output: View<Float32Array>;

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  constructor(exports: CoreExports, name: string, options: ControllerOptions) {
    const names = controllerNames(exports);
    checkOption(names.includes(name), 'controller', name, `one of ${names.join(', ')}`);
    const { blockSamples = 512 } = options;
    check(options);
    checkBlockSamples(blockSamples);
    this.name = name;
    this.blockSamples = blockSamples;
    this.#exports = exports;
    this.#block = open(exports, names.indexOf(name), options, 4 * blockSamples);
    this.#reference = this.#block.buffer(Float32Array, blockSamples);
    this.#error = this.#block.buffer(Float32Array, blockSamples);
    this.#output = this.#block.buffer(Float32Array, blockSamples);
  }

  /** What the session takes of the memory. */
  get bytes(): number {
    return this.#block.bytes;
  }

  /** The reference microphone, to be written. */
  get reference(): Float32Array {
    return this.#reference.array;
  }

  /** The error microphone, to be written. */
  get error(): Float32Array {
    return this.#error.array;
  }

  /** What the loudspeaker plays. */
  get output(): Float32Array {
    return this.#output.array;
  }

  /** Of the control filter, newest tap first; not a copy. */
  get weights(): Float32Array {
    const { pointer } = this.#block;
    const taps = this.#exports.controller_taps(pointer);
    return this.#block.viewAt(Float32Array, this.#exports.controller_weights(pointer), taps).array;
  }

  /** How often its output was no number, and it started again. */
  get resets(): number {
    return this.#exports.controller_resets(this.#block.pointer);
  }

  /** One sample for the loudspeaker from the reference's sample. @throws CoreError CORE_DISPOSED */
  step(reference: number): number {
    return this.#exports.controller_output(this.#block.pointer, reference);
  }

  /** Learns from the error microphone's sample of the same instant; once after each `step`. */
  adapt(error: number): void {
    this.#exports.controller_adapt(this.#block.pointer, error);
  }

  /** `step` and `adapt` for the first `count` samples. @throws CoreError CORE_OPTION_INVALID, CORE_DISPOSED */
  process(count: number = this.blockSamples): void {
    checkCount(count, this.blockSamples);
    this.#exports.controller_process(
      this.#block.pointer,
      this.#reference.pointer,
      this.#error.pointer,
      this.#output.pointer,
      count,
    );
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#block.dispose();
  }
}

function check(options: ControllerOptions): void {
  const { sampleRateHz, taps, stepSize = 0, leakage = 0, outputLimit = 1, seed = 0 } = options;
  const isRate = isWhole(sampleRateHz, 8000, 192000);
  checkOption(isRate, 'sampleRateHz', sampleRateHz, 'a whole number from 8000 to 192000');
  checkOption(isWhole(taps / 16, 2, 128), 'taps', taps, 'a multiple of 16 from 32 to 2048');
  checkPath('secondary', options.secondary);
  checkPath('feedback', options.feedback ?? []);
  checkOption(stepSize >= 0 && stepSize <= 2, 'stepSize', stepSize, 'a number from 0 to 2');
  checkOption(leakage >= 0 && leakage <= 1000, 'leakage', leakage, 'a number from 0 to 1000');
  const isLimit = Math.fround(outputLimit) > 0 && outputLimit <= 1;
  checkOption(isLimit, 'outputLimit', outputLimit, 'a number above 0 up to 1');
  checkOption(isWhole(seed, 0, 2 ** 32 - 1), 'seed', seed, 'a whole number of 32 bits');
}

function checkPath(name: string, path: ArrayLike<number>): void {
  const isShort = path.length <= pathTapsMax;
  checkOption(isShort, name, `${path.length} values`, `at most ${pathTapsMax} values`);
  for (const value of Array.from(path)) {
    const isFine = Math.abs(Math.fround(value)) < pathValueMax;
    checkOption(isFine, `each value of ${name}`, value, `a number below ${pathValueMax}`);
  }
}

/** The block with the controller in front. The options and paths are needed while it is set up only. */
function open(
  exports: CoreExports,
  index: number,
  options: ControllerOptions,
  bufferBytes: number,
): Block {
  const { secondary, feedback = [] } = options;
  const pathBytes = [4 * secondary.length, 4 * feedback.length];
  const scratch = new Block(exports, optionsBytes, pathBytes);
  try {
    const paths = [secondary, feedback].map((path) => {
      const view = scratch.buffer(Float32Array, path.length);
      view.array.set(path);
      return view;
    });
    write(new DataView(exports.memory.buffer, scratch.pointer, optionsBytes), options, paths);
    const bytes = exports.controller_bytes(index, scratch.pointer);
    checkOption(bytes > 0, 'taps', options.taps, 'a number that this controller takes');
    const block = new Block(exports, bytes, [bufferBytes, bufferBytes, bufferBytes]);
    exports.controller_init(block.pointer, index, scratch.pointer, bytes);
    return block;
  } finally {
    scratch.dispose();
  }
}

/** controller_options_t, see firmware/ports/wasm/controllers.c */
function write(to: DataView, options: ControllerOptions, paths: readonly View<Float32Array>[]) {
  to.setFloat32(0, options.sampleRateHz, true);
  to.setUint16(4, options.taps, true);
  for (const [i, { pointer, array }] of paths.entries()) {
    to.setUint32(8 + 8 * i, pointer, true);
    to.setUint32(12 + 8 * i, array.length, true);
  }
  to.setFloat32(24, options.stepSize ?? own, true);
  to.setFloat32(28, options.leakage ?? own, true);
  to.setFloat32(32, options.outputLimit ?? outputLimitDefault, true);
  to.setUint32(36, options.seed ?? 1, true);
}
