import type { Core, MixedSquares, NlmsFormat } from '@anc/wasm';
import { type SessionSettings, chunkSamples, peakLimit } from '../../protocol/index.ts';

/** One adaptive filter: write `primary` and, with two channels, `reference`; `run`; read `rest`, the primary without noise. */
export interface Kernel {
  /** takes nothing but whole blocks */
  readonly isWholeBlocks: boolean;
  /** room for the block’s samples each, full scale 1; taken anew for each run, because the module’s memory may have grown */
  readonly primary: Float32Array;
  readonly reference: Float32Array | null;
  readonly rest: Float32Array;
  run(count: number): void;
  /** After `run`: the rest becomes what is heard, primary − intensity · (primary − rest). */
  mix(count: number, intensity: number): MixedSquares;
  setStepSize(stepSize: number): void;
  dispose(): void;
}

export const kernelBlock = chunkSamples;
/** a sample’s power that counts as nothing: −90 dBFS. A reference below teaches little, and silence nothing */
const nothing = 1e-9;

/**
 * @param blockSamples room of the arrays, and what fdaf takes at a time
 * @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY
 */
export function createKernel(
  core: Core,
  settings: SessionSettings,
  blockSamples = kernelBlock,
): Kernel {
  const { algorithm, channels, taps } = settings;
  if (algorithm === 'nlms-q15' || algorithm === 'nlms-q31')
    return new FixedPointKernel(
      core,
      algorithm === 'nlms-q15' ? 'q15' : 'q31',
      settings,
      blockSamples,
    );
  const isWholeBlocks = algorithm === 'fdaf';
  const epsilon = isWholeBlocks ? nothing : nothing * taps;
  const options = { ...settings, epsilon, blockSamples };
  return channels === 1 ? new EnhancerKernel(core, options) : new CancellerKernel(core, options);
}

type FloatSettings = SessionSettings & {
  readonly epsilon: number;
  readonly blockSamples: number;
};

class CancellerKernel implements Kernel {
  readonly isWholeBlocks: boolean;
  readonly run: (count: number) => void;
  readonly #session: ReturnType<Core['createFdaf']> | ReturnType<Core['createNlmsF32']>;

  constructor(core: Core, { algorithm, taps, stepSize, epsilon, blockSamples }: FloatSettings) {
    const options = { taps, stepSize, epsilon, blockSamples };
    this.isWholeBlocks = algorithm === 'fdaf';
    if (this.isWholeBlocks) {
      const session = core.createFdaf(options);
      this.#session = session;
      this.run = () => session.process();
    } else {
      const session = core.createNlmsF32(options);
      this.#session = session;
      this.run = (count) => session.process(count);
    }
  }

  get primary(): Float32Array {
    return this.#session.primary;
  }

  get reference(): Float32Array {
    return this.#session.reference;
  }

  get rest(): Float32Array {
    return this.#session.error;
  }

  mix(count: number, intensity: number): MixedSquares {
    return this.#session.mix({ intensity, limit: peakLimit }, count);
  }

  setStepSize(stepSize: number): void {
    this.#session.setStepSize(stepSize);
  }

  dispose(): void {
    this.#session.dispose();
  }
}

class EnhancerKernel implements Kernel {
  readonly isWholeBlocks: boolean;
  readonly reference = null;
  readonly #session: ReturnType<Core['createLineEnhancer']>;

  constructor(core: Core, settings: FloatSettings) {
    const { taps, stepSize, delay, epsilon, blockSamples } = settings;
    this.isWholeBlocks = settings.algorithm === 'fdaf';
    this.#session = core.createLineEnhancer({
      filter: this.isWholeBlocks ? 'fdaf' : 'nlms',
      ...{ taps, stepSize, delay, epsilon, blockSamples },
    });
  }

  get primary(): Float32Array {
    return this.#session.input;
  }

  get rest(): Float32Array {
    return this.#session.rest;
  }

  run(count: number): void {
    this.#session.process(count);
  }

  mix(count: number, intensity: number): MixedSquares {
    return this.#session.mix({ intensity, limit: peakLimit }, count);
  }

  setStepSize(stepSize: number): void {
    this.#session.setStepSize(stepSize);
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/** The headset’s arithmetic: 24 bits in and out. */
class FixedPointKernel implements Kernel {
  readonly isWholeBlocks = false;
  readonly primary: Float32Array;
  readonly reference: Float32Array;
  readonly rest: Float32Array;
  readonly #session: ReturnType<Core['createNlms']>;

  constructor(
    core: Core,
    format: NlmsFormat,
    { taps, stepSize }: SessionSettings,
    blockSamples: number,
  ) {
    this.primary = new Float32Array(blockSamples);
    this.reference = new Float32Array(blockSamples);
    this.rest = new Float32Array(blockSamples);
    this.#session = core.createNlms({ format, taps, stepSize, ioBits: 24, blockSamples });
  }

  run(count: number): void {
    const { primary, reference, error } = this.#session;
    for (let i = 0; i < count; i += 1) {
      primary[i] = toQ31(this.primary[i]!);
      reference[i] = toQ31(this.reference[i]!);
    }
    this.#session.process(count);
    for (let i = 0; i < count; i += 1) this.rest[i] = error[i]! / 2 ** 31;
  }

  mix(count: number, intensity: number): MixedSquares {
    let [input, output] = [0, 0];
    for (let i = 0; i < count; i += 1) {
      const before = this.primary[i]!;
      const after = before - intensity * (before - this.rest[i]!);
      this.rest[i] = after;
      input += before * before;
      output += after * after;
    }
    return { input, output };
  }

  setStepSize(stepSize: number): void {
    this.#session.setStepSize(stepSize);
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/** 24 bits left-justified in 32, rounded to nearest, saturated. */
function toQ31(value: number): number {
  return Math.max(-8388608, Math.min(8388607, Math.round(value * 8388608))) << 8;
}
