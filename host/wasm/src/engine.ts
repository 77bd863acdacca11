import { Block, type View } from './block.ts';
import { checkOption, CoreError, isWhole } from './errors.ts';
import type { CoreExports } from './exports.ts';
import { checkBlockSamples, checkCount } from './nlms.ts';

/** Raw values of the parameter table (firmware/protocol/parameters.yaml), out of range is clamped. */
export interface EngineConfig {
  /** 0 off, 1 transparency, 2 anc */
  readonly mode: number;
  readonly adapt: boolean;
  readonly mute: boolean;
  /** 0 FIR, 1 multirate: 64 direct weights, then those at an eighth of the rate */
  readonly filterForm: number;
  /** 32..1024, rounded down to a multiple of 16; multirate 128.. and 32 */
  readonly taps: number;
  /** µ in 1e-5, 0..20000 */
  readonly stepSize_e5: number;
  /** 1e-3 per second, 0..20000 */
  readonly leakage_e3: number;
  /** 0.1 dBFS, -1000..-300 */
  readonly energyFloorDb_e1: number;
  /** 0.1 dBFS, -400..0 */
  readonly outputLimitDb_e1: number;
  /** 0.1 dB, -400..120 */
  readonly transparencyGainDb_e1: number;
}

/** h[n] = taps_q15[n − delaySamples]·2^(exponent − 15) */
export interface SecondaryModel {
  /** 0..256 */
  readonly delaySamples: number;
  /** -16..16 */
  readonly exponent: number;
  /** 1..512 of them */
  readonly taps_q15: Int16Array;
}

/** Levels since the last call; a mean square of 2^32 is that of a full-scale square wave, peaks are Q31. */
export interface EngineLevels {
  readonly samples: number;
  readonly referenceMeanSquare: number;
  readonly errorMeanSquare: number;
  readonly outputMeanSquare: number;
  readonly disturbanceMeanSquare: number;
  readonly antiNoiseMeanSquare: number;
  readonly referencePeak: number;
  readonly errorPeak: number;
  readonly outputPeak: number;
  readonly clippedSamples: number;
  readonly limitedSamples: number;
  readonly silentSamples: number;
}

/** As anc_engine_init leaves them. */
const defaults: EngineConfig = {
  mode: 0,
  adapt: true,
  mute: false,
  filterForm: 0,
  taps: 1024,
  stepSize_e5: 400,
  leakage_e3: 10,
  energyFloorDb_e1: -700,
  outputLimitDb_e1: -10,
  transparencyGainDb_e1: 0,
};

const scratchBytes = 4 * 1024 + 16;
const modelTapsMax = 512;

/**
 * The headset's engine, one channel (firmware/core/dsp/engine.h): reference and error microphone in, loudspeaker out,
 * Q31. Blocks through `reference`, `error`, `process` and `output`; or, where the error already contains the output of
 * the same instant, sample by sample with `step` and `adapt`.
 */
export class EngineSession {
  readonly sampleRateHz: number;
  readonly blockSamples: number;
  #block: Block;
  #exports: CoreExports;
  #config = defaults;
  #reference: View<Int32Array>;
  #error: View<Int32Array>;
  #output: View<Int32Array>;
  #scratch: View<Int32Array>;

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  constructor(exports: CoreExports, sampleRateHz: number, blockSamples = 512) {
    const isRate = isWhole(sampleRateHz, 8000, 192000);
    checkOption(isRate, 'sampleRateHz', sampleRateHz, 'a whole number from 8000 to 192000');
    checkBlockSamples(blockSamples);
    this.sampleRateHz = sampleRateHz;
    this.blockSamples = blockSamples;
    this.#exports = exports;
    const [bytes, stateBytes] = [4 * blockSamples, exports.engine_bytes()];
    const block = new Block(exports, stateBytes, [bytes, bytes, bytes, scratchBytes]);
    this.#block = block;
    this.#reference = block.buffer(Int32Array, blockSamples);
    this.#error = block.buffer(Int32Array, blockSamples);
    this.#output = block.buffer(Int32Array, blockSamples);
    this.#scratch = block.buffer(Int32Array, scratchBytes / 4);
    exports.engine_init(block.pointer, sampleRateHz);
  }

  /** What the session takes of the memory. */
  get bytes(): number {
    return this.#block.bytes;
  }

  /** The reference microphone, to be written. */
  get reference(): Int32Array {
    return this.#reference.array;
  }

  /** The error microphone, to be written. */
  get error(): Int32Array {
    return this.#error.array;
  }

  /** What the loudspeaker plays. */
  get output(): Int32Array {
    return this.#output.array;
  }

  /** The weights in use, Q28, newest tap first; not a copy. */
  get weights(): Int32Array {
    const { pointer } = this.#block;
    const at = this.#exports.engine_weights(pointer);
    const count = this.#exports.engine_weight_count(pointer);
    return this.#block.viewAt(Int32Array, at, count).array;
  }

  /** The last sample's estimate of the error without anti-noise, Q31. */
  get disturbance(): number {
    return this.#exports.engine_disturbance(this.#block.pointer);
  }

  /** Changes the given parameters. A change of taps or form clears the weights. @throws CoreError CORE_OPTION_INVALID */
  configure(changes: Partial<EngineConfig>): void {
    const c = { ...this.#config, ...changes };
    for (const [name, value] of Object.entries(c)) {
      const isFine =
        typeof value === 'boolean' || isWhole(value as number, -(2 ** 31), 2 ** 31 - 1);
      checkOption(isFine, name, value, 'a whole number of 32 bits');
    }
    this.#exports.engine_configure(
      this.#block.pointer,
      Math.max(0, c.mode),
      Number(c.adapt),
      Number(c.mute),
      Math.max(0, c.filterForm),
      Math.max(0, c.taps),
      Math.max(0, c.stepSize_e5),
      Math.max(0, c.leakage_e3),
      c.energyFloorDb_e1,
      c.outputLimitDb_e1,
      c.transparencyGainDb_e1,
    );
    this.#config = c;
  }

  /** Sets the secondary path and clears the weights. @throws CoreError CORE_OPTION_INVALID */
  setSecondary({ delaySamples, exponent, taps_q15 }: SecondaryModel): void {
    const isFine = isWhole(taps_q15.length, 1, modelTapsMax);
    checkOption(isFine, 'taps_q15', `${taps_q15.length} taps`, `1 to ${modelTapsMax} taps`);
    const { pointer, array } = this.#scratch;
    const halves = new Int16Array(array.buffer, pointer, 3 + modelTapsMax);
    halves.fill(0);
    halves.set([delaySamples, taps_q15.length, exponent]);
    halves.set(taps_q15, 3);
    const isKept = this.#exports.engine_set_secondary(this.#block.pointer, pointer) !== 0;
    const given = `delay ${delaySamples}, exponent ${exponent}`;
    checkOption(isKept, 'secondary model', given, 'delay 0 to 256, exponent -16 to 16');
  }

  /** One sample of anti-noise from the reference's sample, Q31. */
  step(ref_q31: number): number {
    return this.#exports.engine_output(this.#block.pointer, ref_q31);
  }

  /** Learns from the error microphone's sample of the same instant; once after each `step`. */
  adapt(err_q31: number): void {
    this.#exports.engine_adapt(this.#block.pointer, err_q31);
  }

  /** `step` and `adapt` for the first `count` samples. @throws CoreError CORE_OPTION_INVALID, CORE_DISPOSED */
  process(count: number = this.blockSamples): void {
    checkCount(count, this.blockSamples);
    this.#exports.engine_process(
      this.#block.pointer,
      this.#reference.pointer,
      this.#error.pointer,
      this.#output.pointer,
      count,
    );
  }

  /** @throws CoreError CORE_OPTION_INVALID when the number or a value is out of range */
  setWeights(weights: Int32Array): void {
    const { pointer } = this.#block;
    const taps = this.#exports.engine_weight_count(pointer);
    checkOption(weights.length === taps, 'weights', `${weights.length} of them`, `${taps} values`);
    this.#scratch.array.set(weights);
    const isKept = this.#exports.engine_set_weights(pointer, this.#scratch.pointer, taps) !== 0;
    if (isKept) return;
    throw new CoreError('CORE_OPTION_INVALID', 'A weight is out of range.', {
      hint: 'Weights are Q28, at most 2^31 − 1 − 2^24 in magnitude.',
    });
  }

  resetWeights(): void {
    this.#exports.engine_reset_weights(this.#block.pointer);
  }

  saveWeights(): void {
    this.#exports.engine_save_weights(this.#block.pointer);
  }

  restoreWeights(): void {
    this.#exports.engine_restore_weights(this.#block.pointer);
  }

  /** Stops and resumes learning, leakage included. */
  freeze(frozen: boolean): void {
    this.#exports.engine_freeze(this.#block.pointer, Number(frozen));
  }

  /** Fades the output out and back in. */
  mute(muted: boolean): void {
    this.#exports.engine_mute(this.#block.pointer, Number(muted));
  }

  /** Means and peaks since the last call; resets them. */
  takeLevels(): EngineLevels {
    const { pointer, array } = this.#scratch;
    this.#exports.engine_take_levels(this.#block.pointer, pointer);
    const view = new DataView(array.buffer, pointer, 72);
    const wide = (index: number) => Number(view.getBigUint64(8 + 8 * index, true));
    const word = (index: number) => view.getUint32(48 + 4 * index, true);
    return {
      samples: view.getUint32(0, true),
      referenceMeanSquare: wide(0),
      errorMeanSquare: wide(1),
      outputMeanSquare: wide(2),
      disturbanceMeanSquare: wide(3),
      antiNoiseMeanSquare: wide(4),
      referencePeak: word(0),
      errorPeak: word(1),
      outputPeak: word(2),
      clippedSamples: word(3),
      limitedSamples: word(4),
      silentSamples: word(5),
    };
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#block.dispose();
  }
}
