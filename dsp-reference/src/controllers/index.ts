/** Every acoustic algorithm by its name: what `anc simulate --algorithm` takes. */
import { DspError } from '../errors.ts';
import { secondaryFromImpulseResponse } from '../model/index.ts';
import type { Arithmetic } from '../simulate/simulate.ts';
import type { SimulationSettings } from '../simulate/settings.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { floatController, integerController } from './engine.ts';
import { neutralisedFxNlms } from './feedback-neutralisation.ts';
import { FrequencyDomain } from './frequency-domain.ts';
import { Hybrid } from './hybrid.ts';
import { ImcFeedback } from './imc-feedback.ts';
import { ModifiedFxLms } from './modified-fxlms.ts';
import { MultirateForm } from './normal-equations/multirate-form.ts';
import { NormalEquations } from './normal-equations/normal-equations.ts';
import { OnlineSecondary } from './online-secondary.ts';
import { Preconditioned } from './preconditioned.ts';
import { Selective } from './selective.ts';
import { VariableStep } from './variable-step.ts';

type Maker = (options: ControllerOptions) => Controller;

export interface AlgorithmOptions extends Omit<
  ControllerOptions,
  'taps' | 'outputLimit' | 'leakage'
> {
  readonly arithmetic: Arithmetic;
  readonly settings: SimulationSettings;
  /** only when it was asked for: every algorithm has its own default */
  readonly stepSize: number | undefined;
  /** makes the algorithm as the C core has it, for `f32` */
  readonly makeF32?: Maker | undefined;
}

export interface Algorithm {
  readonly title: string;
  /** the paper */
  readonly source: string;
  /** the first is the default */
  readonly arithmetics: readonly Arithmetic[];
  /** @throws DspError SIMULATION_INVALID when `f32` is wanted without makeF32 */
  create(options: AlgorithmOptions): Controller;
}

/** Of the online probe, relative to what the error microphone hears. */
const PROBE_DB = -16;
const MODEL_TAPS = 512;
const MODEL_DELAY = 256;

/** FxNLMS as in the firmware, which can be off and transparent as well; in f32 like the others. */
function createFxnlms(options: AlgorithmOptions): Controller {
  const { secondary, settings, sampleRateHz } = options;
  if (options.arithmetic === 'f32') return createClassic(options, f32Of(options));
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

/** Always on unless the settings say off. */
function createClassic(options: AlgorithmOptions, make: Maker): Controller {
  const { settings, stepSize, secondary, feedback, sampleRateHz, seed } = options;
  if (settings.mode !== 'anc' || settings.mute) return { output: () => 0, adapt: () => {} };
  return make({
    sampleRateHz,
    secondary,
    taps: settings.taps,
    outputLimit: 10 ** (settings.outputLimitDb / 20),
    ...(feedback === undefined ? {} : { feedback }),
    ...(stepSize === undefined ? {} : { stepSize }),
    ...(seed === undefined ? {} : { seed }),
  });
}

function f32Of({ makeF32 }: AlgorithmOptions): Maker {
  if (makeF32) return makeF32;
  throw new DspError('SIMULATION_INVALID', 'f32 is the C core, and nobody has given it.', {
    hint: 'Give `f32`, a maker of its controllers.',
  });
}

function float64(title: string, source: string, make: Maker): Algorithm {
  const create = (options: AlgorithmOptions) => createClassic(options, make);
  return { title, source, arithmetics: ['float64'], create };
}

/** In float64, and in single precision as the C core has it. */
function classic(title: string, source: string, make: Maker): Algorithm {
  return {
    title,
    source,
    arithmetics: ['float64', 'f32'],
    create: (options) =>
      createClassic(options, options.arithmetic === 'f32' ? f32Of(options) : make),
  };
}

export const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  fxnlms: {
    title: 'leaky FxNLMS with pre-emphasis',
    source: 'Kuo and Morgan, Active Noise Control Systems, 1996, ch. 3',
    arithmetics: ['integer', 'float64', 'f32'],
    create: createFxnlms,
  },
  'normal-equations': classic(
    'online normal equations with an error that no octave may exceed',
    'Elliott, Signal Processing for Active Control, 2001, ch. 3',
    (options) => new NormalEquations(options),
  ),
  'normal-equations-multirate': float64(
    'the same for a filter of few multiplications, its late part at an eighth of the rate',
    'Elliott, Signal Processing for Active Control, 2001, ch. 3; Unser, IEEE Signal Process. Mag. 16(6), 1999',
    (options) => new NormalEquations({ ...options, form: new MultirateForm(options.taps) }),
  ),
  'normal-equations-online': classic(
    'normal equations, with a probe 16 dB below the residual that keeps the secondary model true',
    'Eriksson and Allie, JASA 85, 1989; Bao, Sas and van Brussel, JSV 161, 1993',
    (options) => new NormalEquations({ ...options, probeDb: PROBE_DB }),
  ),
  'modified-fxlms': classic(
    'modified FxNLMS: the delay of the path does not limit the step',
    'Bjarnason, IEEE Trans. Speech Audio Process. 3(6), 1995; Rupp and Sayed, same journal 6(1), 1998',
    (options) => new ModifiedFxLms(options),
  ),
  'imc-feedback': classic(
    'feedback by internal model control, without a reference microphone',
    'Kuo and Morgan, Active Noise Control Systems, 1996, ch. 6',
    (options) => new ImcFeedback(options),
  ),
  hybrid: classic(
    'feed-forward FxNLMS and internal model feedback together',
    'Kuo and Morgan, Active Noise Control Systems, 1996, ch. 6',
    (options) => new Hybrid(options),
  ),
  'feedback-neutralisation': classic(
    'FxNLMS behind neutralisation of the acoustic feedback',
    'Kuo and Morgan, Active Noise Control Systems, 1996, ch. 3',
    neutralisedFxNlms,
  ),
  'variable-step': classic(
    'FxNLMS with a variable step',
    'Shin, Sayed and Song, IEEE Signal Process. Lett. 11(2), 2004',
    (options) => new VariableStep(options),
  ),
  'online-secondary': classic(
    'FxNLMS that measures its secondary path as it goes, with a scheduled probe',
    'Akhtar, Abe and Kawamata, IEEE Trans. Audio Speech Lang. Process. 14(2), 2006',
    (options) => new OnlineSecondary(options),
  ),
  'frequency-domain': classic(
    'delayless partitioned frequency-domain FxLMS',
    'Yang, Guo and Yang, Appl. Sci. 8(11) 2313, 2018; Morgan and Thi, IEEE Trans. Signal Process. 43(8), 1995',
    (options) => new FrequencyDomain(options),
  ),
  preconditioned: classic(
    'frequency-domain FxLMS preconditioned by minimum-phase factors',
    'Elliott and Rafaely, IEEE Trans. Signal Process. 48(5), 2000',
    (options) => new Preconditioned(options),
  ),
  selective: classic(
    'stored filter for the nearest spectrum, then FxNLMS',
    'Shi, Gan, Lam, Wen and Shi, IEEE/ACM Trans. Audio Speech Lang. Process. 28, 2020',
    (options) => new Selective(options),
  ),
};
