/** One microphone: what each engine cannot predict from Δ samples ago is left. */
import { LineEnhancer } from '@anc/dsp-reference';
import { type Core, loadCore } from '@anc/wasm';
import { type Canceller, type CancellerOptions, createCanceller, fdafBlock } from './engines.ts';

export interface EnhancerOptions extends CancellerOptions {
  /** Δ, 1..48000 samples: longer than the noise is correlated */
  readonly delay: number;
}

const nlmsBlock = 4096;

/**
 * A canceller whose reference is the primary itself, and delayed here. With fdaf only the last call may have a part of a
 * block.
 * @throws what createCanceller does
 */
export async function createEnhancer(options: EnhancerOptions, core?: Core): Promise<Canceller> {
  const { engine, delay, taps, stepSize, leak, epsilon } = options;
  const settings = {
    delay,
    taps,
    stepSize,
    ...(leak === undefined ? {} : { leak }),
    ...(epsilon === undefined ? {} : { epsilon }),
  };
  if (engine === 'float64') {
    const enhancer = new LineEnhancer(settings);
    return {
      process: (_, d) => d.map((v) => enhancer.step(v).broadband),
      weights: () => enhancer.weights.slice(),
      dispose: () => {},
    };
  }
  const shared = core ?? (await loadCore());
  if (engine === 'f32' || engine === 'fdaf') return floatEnhancer(engine, settings, shared);
  const canceller = await createCanceller(options, shared);
  const line = new DelayLine(delay);
  return { ...canceller, process: (x, d) => canceller.process(line.process(x), d) };
}

function floatEnhancer(
  engine: 'f32' | 'fdaf',
  settings: { delay: number; taps: number; stepSize: number },
  core: Core,
): Canceller {
  const isFdaf = engine === 'fdaf';
  const session = core.createLineEnhancer({
    ...settings,
    filter: isFdaf ? 'fdaf' : 'nlms',
    blockSamples: isFdaf ? fdafBlock(settings.taps) : nlmsBlock,
  });
  const { blockSamples: block } = session;
  return {
    process(_, d) {
      const rest = new Float64Array(d.length);
      for (let at = 0; at < d.length; at += block) {
        const count = Math.min(block, d.length - at);
        session.input.fill(0, count).set(d.subarray(at, at + count));
        session.process(isFdaf ? block : count);
        rest.set(session.rest.subarray(0, count), at);
      }
      return rest;
    },
    weights: () => Float64Array.from(session.weights),
    dispose: () => session.dispose(),
  };
}

/** The signal of some samples ago, zeros first. */
class DelayLine {
  #last: Float64Array;

  constructor(delay: number) {
    this.#last = new Float64Array(delay);
  }

  process(signal: Float64Array): Float64Array {
    const delay = this.#last.length;
    const joined = new Float64Array(delay + signal.length);
    joined.set(this.#last);
    joined.set(signal, delay);
    this.#last = joined.slice(signal.length);
    return joined.subarray(0, signal.length);
  }
}
