/** Every acoustic algorithm by its name: what `anc simulate --algorithm` takes. */
import { secondaryFromImpulseResponse } from '../model/index.ts';
import type { Arithmetic } from '../simulate/simulate.ts';
import type { SimulationSettings } from '../simulate/settings.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { floatController, integerController } from './engine.ts';
import { NormalEquations } from './normal-equations/normal-equations.ts';

export interface AlgorithmOptions extends Omit<
  ControllerOptions,
  'taps' | 'outputLimit' | 'leakage'
> {
  readonly arithmetic: Arithmetic;
  readonly settings: SimulationSettings;
  /** only when it was asked for: every algorithm has its own default */
  readonly stepSize: number | undefined;
}

export interface Algorithm {
  readonly title: string;
  /** the paper */
  readonly source: string;
  /** the first is the default */
  readonly arithmetics: readonly Arithmetic[];
  create(options: AlgorithmOptions): Controller;
}

/** Of the online probe, relative to what the error microphone hears. */
const PROBE_DB = -16;
const MODEL_TAPS = 512;
const MODEL_DELAY = 256;

/** FxNLMS as in the firmware, which can be off and transparent as well. */
function createFxnlms(options: AlgorithmOptions): Controller {
  const { secondary, settings, sampleRateHz } = options;
  const make = options.arithmetic === 'integer' ? integerController : floatController;
  return make(settings, engineModelOf(secondary), sampleRateHz);
}

/** Leading zeros become the delay of the engine's model. */
function engineModelOf(path: Float64Array) {
  if (!path.some((v) => v !== 0)) return null;
  const silent = path.findIndex((v) => v !== 0);
  const delay = Math.min(MODEL_DELAY, silent);
  return secondaryFromImpulseResponse([...path.subarray(delay)], delay, MODEL_TAPS);
}

type Maker = (options: ControllerOptions) => Controller;

/** In float64, always on unless the settings say off. */
function float64(title: string, source: string, make: Maker): Algorithm {
  return {
    title,
    source,
    arithmetics: ['float64'],
    create: ({ settings, arithmetic: _, ...options }) => {
      if (settings.mode !== 'anc' || settings.mute) return { output: () => 0, adapt: () => {} };
      const { stepSize, ...rest } = options;
      return make({
        ...rest,
        taps: settings.taps,
        outputLimit: 10 ** (settings.outputLimitDb / 20),
        ...(stepSize === undefined ? {} : { stepSize }),
      });
    },
  };
}

export const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  fxnlms: {
    title: 'leaky FxNLMS with pre-emphasis',
    source: 'Kuo and Morgan, Active Noise Control Systems, 1996, ch. 3',
    arithmetics: ['integer', 'float64'],
    create: createFxnlms,
  },
  'normal-equations': float64(
    'online normal equations with an error that no octave may exceed',
    'Elliott, Signal Processing for Active Control, 2001, ch. 3',
    (options) => new NormalEquations(options),
  ),
  'normal-equations-online': float64(
    'the same, with a probe 16 dB below the residual that keeps the secondary model true',
    'Eriksson and Allie, JASA 85, 1989; Bao, Sas and van Brussel, JSV 161, 1993',
    (options) => new NormalEquations({ ...options, probeDb: PROBE_DB }),
  ),
};
