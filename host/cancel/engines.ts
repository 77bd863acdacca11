/**
 * Electrical cancelling offline: e = primary − w ∗ reference, by the float64 reference or by the C core as WebAssembly,
 * behind one interface. Samples are −1..1.
 */
import { Nlms } from '@anc/dsp-reference';
import { AncError } from '@anc/link';
import { type Core, loadCore } from '@anc/wasm';

export const engineNames = ['float64', 'f32', 'fdaf', 'q31', 'q15'] as const;
export type EngineName = (typeof engineNames)[number];

export interface CancellerOptions {
  readonly engine: EngineName;
  readonly taps: number;
  /** µ, 0..2 */
  readonly stepSize: number;
  /** share of each weight that is forgotten a sample, 0 up to 1; not of the integer engines */
  readonly leak?: number;
  /** ε beside xᵀx, full scale is 1; not of the integer engines, whose ε is one unit of their energy */
  readonly epsilon?: number;
  /** of the integer engines' samples; default 32 */
  readonly ioBits?: 16 | 24 | 32;
}

export interface Canceller {
  /** e for x and d of equal length; state carries over from call to call */
  process(x: Float64Array, d: Float64Array): Float64Array;
  /** w, newest tap first; a copy */
  weights(): Float64Array;
  dispose(): void;
}

const blockSamples = 4096;
const weightUnit = 2 ** -28;
const int32Min = -(2 ** 31);
const int32Max = 2 ** 31 - 1;

export function isInteger(engine: EngineName): engine is 'q15' | 'q31' {
  return engine === 'q15' || engine === 'q31';
}

/**
 * @param core to share one memory among many; default a new one
 * @throws AncError CANCEL_OPTION; CoreError CORE_MISSING, CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY; DspError ALGORITHM_INVALID
 */
export async function createCanceller(options: CancellerOptions, core?: Core): Promise<Canceller> {
  const { engine } = options;
  if (engine === 'float64') return float64Canceller(options);
  const shared = core ?? (await loadCore());
  if (engine === 'f32') return f32Canceller(options, shared);
  if (engine === 'fdaf') return fdafCanceller(options, shared);
  return integerCanceller(engine, options, shared);
}

function f32Canceller({ taps, stepSize, epsilon, leak }: CancellerOptions, core: Core): Canceller {
  const session = core.createNlmsF32({
    taps,
    stepSize,
    ...(epsilon === undefined ? {} : { epsilon }),
    ...(leak === undefined ? {} : { leak }),
    blockSamples,
  });
  return {
    process(x, d) {
      const e = new Float64Array(d.length);
      for (let at = 0; at < d.length; at += blockSamples) {
        const count = Math.min(blockSamples, d.length - at);
        session.reference.set(x.subarray(at, at + count));
        session.primary.set(d.subarray(at, at + count));
        session.process(count);
        e.set(session.error.subarray(0, count), at);
      }
      return e;
    },
    weights: () => Float64Array.from(session.weights),
    dispose: () => session.dispose(),
  };
}

/** The longest block that the taps are a multiple of, 32 to 512. @throws AncError CANCEL_OPTION when there is none */
export function fdafBlock(taps: number): number {
  let block = 512;
  while (block >= 32 && taps % block !== 0) block /= 2;
  if (block >= 32) return block;
  throw new AncError('CANCEL_OPTION', `fdaf takes a multiple of 32 taps, not ${taps}.`, {
    hint: `Take --taps ${32 * Math.ceil(taps / 32)}.`,
  });
}

/** Calls take whole blocks; only the last of a run may be shorter, and is padded with zeros. */
function fdafCanceller({ taps, stepSize, epsilon, leak }: CancellerOptions, core: Core): Canceller {
  const session = core.createFdaf({
    taps,
    stepSize,
    ...(epsilon === undefined ? {} : { epsilon }),
    ...(leak === undefined ? {} : { leak }),
    blockSamples: fdafBlock(taps),
  });
  const { blockSamples: block } = session;
  return {
    process(x, d) {
      const e = new Float64Array(d.length);
      for (let at = 0; at < d.length; at += block) {
        const count = Math.min(block, d.length - at);
        session.reference.fill(0, count).set(x.subarray(at, at + count));
        session.primary.fill(0, count).set(d.subarray(at, at + count));
        session.process();
        e.set(session.error.subarray(0, count), at);
      }
      return e;
    },
    weights: () => Float64Array.from(session.weights),
    dispose: () => session.dispose(),
  };
}

function float64Canceller({ taps, stepSize, leak, epsilon }: CancellerOptions): Canceller {
  const nlms = new Nlms({
    taps,
    stepSize,
    ...(leak === undefined ? {} : { leak }),
    ...(epsilon === undefined ? {} : { epsilon }),
  });
  return {
    process: (x, d) => d.map((v, i) => nlms.step(x[i]!, v)),
    weights: () => nlms.weights.slice(),
    dispose: () => {},
  };
}

function integerCanceller(
  format: 'q15' | 'q31',
  { taps, stepSize, leak = 0, epsilon = 0, ioBits = 32 }: CancellerOptions,
  core: Core,
): Canceller {
  if (leak !== 0 || epsilon !== 0)
    throw new AncError('CANCEL_OPTION', `${format} has neither leakage nor a settable epsilon.`, {
      hint: 'Leave --leak and --epsilon out, or take --engine float64.',
    });
  const session = core.createNlms({ format, taps, stepSize, ioBits, blockSamples });
  const toQ31 = quantiser(ioBits);
  return {
    process(x, d) {
      const e = new Float64Array(d.length);
      for (let at = 0; at < d.length; at += blockSamples) {
        const count = Math.min(blockSamples, d.length - at);
        const { reference, primary, error } = session;
        for (let i = 0; i < count; i++) {
          reference[i] = toQ31(x[at + i]!);
          primary[i] = toQ31(d[at + i]!);
        }
        session.process(count);
        for (let i = 0; i < count; i++) e[at + i] = error[i]! / 2 ** 31;
      }
      return e;
    },
    weights: () => Float64Array.from(session.weights, (w) => w * weightUnit),
    dispose: () => session.dispose(),
  };
}

/** To `bits` left-justified in 32, rounded to nearest and saturated. */
function quantiser(bits: number): (value: number) => number {
  const [scale, left] = [2 ** (bits - 1), 2 ** (32 - bits)];
  return (value) =>
    Math.max(int32Min, Math.min(int32Max - left + 1, Math.round(value * scale) * left));
}
