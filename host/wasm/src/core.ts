import { ControllerSession, controllerNames, type ControllerOptions } from './controller.ts';
import { EngineSession } from './engine.ts';
import { CoreError } from './errors.ts';
import { type CoreExports, coreImports, exportNames } from './exports.ts';
import { type FdafOptions, FdafSession, type NlmsF32Options, NlmsF32Session } from './float.ts';
import { type LineEnhancerOptions, LineEnhancerSession } from './line-enhancer.ts';
import { type NlmsOptions, NlmsSession } from './nlms.ts';
import { SpectrumSession } from './spectrum.ts';

/** One instance of the module: one memory with any number of sessions. */
export class Core {
  #exports: CoreExports;

  constructor(exports: CoreExports) {
    this.#exports = exports;
  }

  /** Size of the whole memory now. */
  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  createNlms(options: NlmsOptions): NlmsSession {
    return new NlmsSession(this.#exports, options);
  }

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  createNlmsF32(options: NlmsF32Options): NlmsF32Session {
    return new NlmsF32Session(this.#exports, options);
  }

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  createFdaf(options: FdafOptions): FdafSession {
    return new FdafSession(this.#exports, options);
  }

  /** The acoustic controllers that `createController` knows, by the names of `anc simulate --algorithm`. */
  get controllerNames(): string[] {
    return controllerNames(this.#exports);
  }

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  createController(name: string, options: ControllerOptions): ControllerSession {
    return new ControllerSession(this.#exports, name, options);
  }

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  createLineEnhancer(options: LineEnhancerOptions): LineEnhancerSession {
    return new LineEnhancerSession(this.#exports, options);
  }

  /**
   * @param size samples, 32..8192, a power of two
   * @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY
   */
  createSpectrum(size: number): SpectrumSession {
    return new SpectrumSession(this.#exports, size);
  }

  /** @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
  createEngine(
    sampleRateHz: number,
    { blockSamples }: { blockSamples?: number } = {},
  ): EngineSession {
    return new EngineSession(this.#exports, sampleRateHz, blockSamples);
  }
}

const rebuild = 'Build the core again: npm run build.';

/**
 * @param source the bytes of anc-core.wasm, or the compiled module to share between workers
 * @throws CoreError CORE_INVALID
 */
export async function instantiate(source: BufferSource | WebAssembly.Module): Promise<Core> {
  let exports: WebAssembly.Exports;
  try {
    const module =
      source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
    ({ exports } = await WebAssembly.instantiate(module, coreImports));
  } catch (cause) {
    const { message } = cause as Error;
    throw new CoreError('CORE_INVALID', `The core is no usable WebAssembly: ${message}`, {
      cause,
      hint: `WebAssembly with SIMD is needed (Node 16, Chrome 91, Firefox 89, Safari 16.4). ${rebuild}`,
    });
  }
  const missing = exportNames.filter((name) => !(name in exports));
  if (missing.length > 0)
    throw new CoreError('CORE_INVALID', `The core does not export ${missing.join(', ')}.`, {
      hint: rebuild,
    });
  return new Core(exports as unknown as CoreExports);
}
