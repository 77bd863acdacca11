import type { Core } from '@anc/wasm/browser';
import { chunkSamples, type SessionSettings } from '../protocol/index.ts';

/** One session’s filter on a core, the same on the server, in the AudioWorklet and in the file page’s worker. */
export interface Canceller {
  /** samples that `process` takes; nlms takes fewer, too */
  readonly blockSamples: number;
  /**
   * @param primary −1..1
   * @param reference of equal length; not looked at with one channel
   * @param intensity 0 none of the estimated noise is taken away, 1 all
   * @param output where the result goes; may be `primary`
   */
  process(
    primary: Float32Array,
    reference: Float32Array,
    intensity: number,
    output: Float32Array,
  ): void;
  dispose(): void;
}

export type FilterSettings = Pick<
  SessionSettings,
  'algorithm' | 'taps' | 'stepSize' | 'channels' | 'delay'
>;

/** e for d and x: what is left when all of the estimated noise is taken away. */
interface Filter {
  run(d: Float32Array, x: Float32Array): Float32Array;
  dispose(): void;
}

/**
 * @param blockSamples of fdaf, whose taps are a multiple of it
 * @throws CoreError CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY
 */
export function createCanceller(
  core: Core,
  settings: FilterSettings,
  blockSamples = chunkSamples,
): Canceller {
  const filter = filterOf(core, settings, blockSamples);
  return {
    blockSamples,
    process(primary, reference, intensity, output) {
      const rest = filter.run(primary, reference);
      for (let i = 0; i < primary.length; i += 1) {
        const d = primary[i]!;
        output[i] = d - intensity * (d - rest[i]!);
      }
    },
    dispose: () => filter.dispose(),
  };
}

function filterOf(core: Core, settings: FilterSettings, blockSamples: number): Filter {
  if (settings.channels === 1) return enhancer(core, settings, blockSamples);
  if (settings.algorithm === 'fdaf' || settings.algorithm === 'nlms')
    return floatFilter(core, settings, blockSamples);
  return integerFilter(core, settings, blockSamples);
}

function enhancer(core: Core, settings: FilterSettings, blockSamples: number): Filter {
  const { algorithm, taps, stepSize, delay } = settings;
  const session = core.createLineEnhancer({
    filter: algorithm === 'fdaf' ? 'fdaf' : 'nlms',
    taps,
    stepSize,
    delay,
    blockSamples,
  });
  return {
    run(d) {
      session.input.set(d);
      session.process(d.length);
      return session.rest;
    },
    dispose: () => session.dispose(),
  };
}

function floatFilter(core: Core, settings: FilterSettings, blockSamples: number): Filter {
  const { algorithm, taps, stepSize } = settings;
  const options = { taps, stepSize, blockSamples };
  const session = algorithm === 'fdaf' ? core.createFdaf(options) : core.createNlmsF32(options);
  return {
    run(d, x) {
      session.primary.set(d);
      session.reference.set(x);
      session.process(d.length);
      return session.error;
    },
    dispose: () => session.dispose(),
  };
}

function integerFilter(core: Core, settings: FilterSettings, blockSamples: number): Filter {
  const { algorithm, taps, stepSize } = settings;
  const format = algorithm === 'nlms-q31' ? 'q31' : 'q15';
  const session = core.createNlms({ format, taps, stepSize, blockSamples });
  const error = new Float32Array(blockSamples);
  const toQ31 = (value: number) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value * 2 ** 31));
  return {
    run(d, x) {
      const { primary, reference } = session;
      for (let i = 0; i < d.length; i += 1) {
        primary[i] = toQ31(d[i]!);
        reference[i] = toQ31(x[i]!);
      }
      session.process(d.length);
      for (let i = 0; i < d.length; i += 1) error[i] = session.error[i]! / 2 ** 31;
      return error;
    },
    dispose: () => session.dispose(),
  };
}
