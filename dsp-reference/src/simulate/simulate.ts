/** A run of the canceller on a plant, offline: what `anc simulate` and the panel's what-if show. */
import type { Bound } from '../bounds.ts';
import { DspError } from '../errors.ts';
import type { SecondaryModel } from '../model/index.ts';
import { makeNoise } from '../noise/generators.ts';
import type { Paths } from '../paths/paths.ts';
import { Plant } from '../plant/plant.ts';
import { impulseResponseOf, secondaryModelOf } from '../secondary-model.ts';
import { BAND_50_TO_1000, OCTAVES, THIRD_OCTAVES, bandResult, welch } from './bands.ts';
import type { BandResult } from './bands.ts';
import { ALGORITHMS } from '../controllers/index.ts';
import type { Controller, ControllerFactory } from '../controllers/controller.ts';
import type { Excitation } from '../identification/excitation.ts';
import { identifyPaths } from '../identification/identify-paths.ts';
import type { Identification } from '../identification/identify.ts';
import { completeSettings } from './settings.ts';
import type { SimulationSettings } from './settings.ts';
import { convergenceOf, timelineOf } from './timeline.ts';
import type { Convergence, TimePoint } from './timeline.ts';

/** `f32` is the C core in single precision. */
export type Arithmetic = 'integer' | 'float64' | 'f32';

export interface SimulationOptions {
  readonly paths: Paths;
  /** one of NOISE_KINDS, `sine:HZ`, or samples at the rate of the paths, which are repeated to fill the time */
  readonly noise: string | Float64Array;
  /** how to call given samples in the report */
  readonly noiseName?: string;
  /** of the whole run; default 20, at least 1 */
  readonly seconds?: number;
  /** RMS at the reference microphone in dBFS (0 = full-scale square wave); default −23 */
  readonly levelDb?: number;
  /** default 0 */
  readonly latencySamples?: number;
  /** default −90 dBFS */
  readonly micNoiseDb?: number;
  readonly seed?: number;
  /** those that differ from DEFAULT_SETTINGS */
  readonly settings?: Partial<SimulationSettings>;
  /** what the controller knows of the secondary path; default `exact` */
  readonly secondaryModel?: 'exact' | 'none' | SecondaryModel;
  /** instead of secondaryModel: measure it before the run, with this sound, in the same noise 40 dB down */
  readonly identify?: Excitation;
  /** one of ALGORITHMS; default `fxnlms` */
  readonly algorithm?: string;
  /** `integer` only for `fxnlms`, and its default there */
  readonly arithmetic?: Arithmetic;
  /** makes the C core's controllers; needed for `f32` */
  readonly f32?: ControllerFactory;
  /** the part at the end that the tables are measured over; default half the run, at most 10 s */
  readonly measureSeconds?: number;
  /** shown beside the table */
  readonly bound?: Bound | null;
  /** 0..1, about every 0.1 s of sound */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** What was run, for the head of a report. */
export interface SimulationSetup {
  readonly paths: string;
  readonly fit: string;
  readonly noise: string;
  readonly sampleRateHz: number;
  readonly seconds: number;
  readonly measureSeconds: number;
  readonly levelDb: number;
  readonly latencySamples: number;
  readonly micNoiseDb: number;
  readonly seed: number;
  readonly secondaryModel: 'exact' | 'none' | 'given' | 'identified';
  readonly algorithm: string;
  readonly arithmetic: Arithmetic;
  readonly settings: SimulationSettings;
}

/** −1..1. error and disturbance are the sound at the error microphone, without microphone noise. */
export interface SimulationSignals {
  readonly reference: Float64Array;
  readonly error: Float64Array;
  readonly disturbance: Float64Array;
  readonly output: Float64Array;
}

export interface SimulationResult {
  readonly setup: SimulationSetup;
  /** 25 Hz to 8 kHz */
  readonly thirdOctaves: readonly BandResult[];
  /** 63 Hz to 2 kHz */
  readonly octaves: readonly BandResult[];
  readonly band50To1000: BandResult;
  /** 50–1000 Hz in windows of 0.25 s */
  readonly timeline: readonly TimePoint[];
  readonly convergence: readonly Convergence[];
  /** largest magnitude of the output, dBFS; null when it was silent */
  readonly outputPeakDb: number | null;
  /** samples of a microphone at full scale */
  readonly clippedSamples: number;
  readonly computeSeconds: number;
  readonly bound: Bound | null;
  readonly identification: Identification | null;
  readonly signals: SimulationSignals;
}

const CHUNK = 4800;
const DEFAULT_SECONDS = 20;
const LEVEL_DB = -23;

/**
 * Runs the canceller on the plant of docs/plant.md.
 * @throws DspError SETTING_INVALID, NOISE_UNKNOWN, MODEL_IMPOSSIBLE, SIMULATION_INVALID (times, samples, algorithm),
 *   IDENTIFICATION_REFUSED; what `f32` throws; the reason of `signal` when it is aborted
 */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const setup = setupOf(options);
  const { sampleRateHz } = setup;
  const noise = noiseOf(options, setup);
  const identification = options.identify
    ? identifyPaths({ ...setup, paths: options.paths, noise, excitation: options.identify })
    : null;
  const plant = new Plant(options.paths, noise, setup);
  const controller = ALGORITHMS[setup.algorithm]!.create({
    arithmetic: setup.arithmetic,
    settings: setup.settings,
    makeF32: options.f32 && ((o) => options.f32!(setup.algorithm, o)),
    stepSize: options.settings?.stepSize,
    sampleRateHz,
    seed: setup.seed,
    secondary: identification?.secondary ?? secondaryOf(options, setup),
    feedback: identification?.feedback ?? feedbackOf(options, setup),
  });
  const started = performance.now();
  const run = await runLoop(plant, controller, options);
  const computeSeconds = (performance.now() - started) / 1000;

  const { reference, disturbance, error, output } = run.signals;
  const last = (s: Float64Array) => {
    return welch(s.subarray(-Math.round(setup.measureSeconds * sampleRateHz)), sampleRateHz);
  };
  const spectra = { reference: last(reference), off: last(disturbance), on: last(error) };
  const timeline = timelineOf(disturbance, error, sampleRateHz);
  const peak = output.reduce((max, y) => Math.max(max, Math.abs(y)), 0);
  return {
    setup,
    thirdOctaves: THIRD_OCTAVES.map((b) => bandResult(spectra, b)),
    octaves: OCTAVES.map((b) => bandResult(spectra, b)),
    band50To1000: bandResult(spectra, BAND_50_TO_1000),
    timeline,
    convergence: convergenceOf(timeline),
    outputPeakDb: peak > 0 ? 20 * Math.log10(peak) : null,
    clippedSamples: run.clippedSamples,
    computeSeconds,
    bound: options.bound ?? null,
    identification,
    signals: run.signals,
  };
}

function setupOf(options: SimulationOptions): SimulationSetup {
  const seconds = options.seconds ?? DEFAULT_SECONDS;
  const measureSeconds = options.measureSeconds ?? Math.min(10, seconds / 2);
  if (!(seconds >= 1 && seconds <= 3600)) {
    throw invalid(`seconds is ${seconds}.`, 'A run takes 1 to 3600 seconds.');
  }
  if (!(measureSeconds >= 0.5 && measureSeconds <= seconds)) {
    throw invalid(`measureSeconds is ${measureSeconds}.`, `Give 0.5 to ${seconds}, the whole run.`);
  }
  const model = options.secondaryModel ?? 'exact';
  const algorithm = options.algorithm ?? 'fxnlms';
  const known = ALGORITHMS[algorithm];
  if (!known) {
    const names = Object.keys(ALGORITHMS).join(', ');
    throw invalid(`There is no algorithm "${algorithm}".`, `Algorithms: ${names}.`);
  }
  const arithmetic = options.arithmetic ?? known.arithmetics[0]!;
  if (!known.arithmetics.includes(arithmetic)) {
    const there = known.arithmetics.join(', ');
    throw invalid(`${algorithm} does not run in ${arithmetic}.`, `It runs in ${there}.`);
  }
  return {
    paths: options.paths.label,
    fit: options.paths.fit,
    noise: options.noiseName ?? (typeof options.noise === 'string' ? options.noise : 'samples'),
    sampleRateHz: options.paths.sampleRateHz,
    seconds,
    measureSeconds,
    levelDb: options.levelDb ?? LEVEL_DB,
    latencySamples: options.latencySamples ?? 0,
    micNoiseDb: options.micNoiseDb ?? -90,
    seed: options.seed ?? 1,
    secondaryModel: options.identify ? 'identified' : typeof model === 'string' ? model : 'given',
    algorithm,
    arithmetic,
    settings: completeSettings(options.settings),
  };
}

/** The source at its level. Given samples are scaled by their own RMS and repeated, generated ones by their nominal. */
function noiseOf(options: SimulationOptions, setup: SimulationSetup): Float64Array {
  const count = Math.round(setup.seconds * setup.sampleRateHz);
  const { noise } = options;
  if (typeof noise === 'string') return makeNoise(noise, count, setup);
  const rms = Math.sqrt(noise.reduce((sum, v) => sum + v * v, 0) / noise.length);
  if (!(rms > 0 && Number.isFinite(rms))) {
    throw invalid('The noise is empty, silent or not finite.', 'Choose another recording.');
  }
  const gain = 10 ** (setup.levelDb / 20) / rms;
  return Float64Array.from({ length: count }, (_, n) => gain * noise[n % noise.length]!);
}

function secondaryOf(options: SimulationOptions, setup: SimulationSetup): Float64Array {
  const model = options.secondaryModel ?? 'exact';
  if (model === 'none') return new Float64Array(0);
  if (model !== 'exact') return impulseResponseOf(model);
  // the same length and delay as the engine's model can hold
  return impulseResponseOf(secondaryModelOf(options.paths.secondary, setup.latencySamples));
}

function feedbackOf(options: SimulationOptions, setup: SimulationSetup): Float64Array {
  const late = new Float64Array(options.paths.feedback.length + setup.latencySamples);
  late.set(options.paths.feedback, setup.latencySamples);
  return late;
}

async function runLoop(
  plant: Plant,
  controller: Controller,
  options: SimulationOptions,
): Promise<{ signals: SimulationSignals; clippedSamples: number }> {
  const [reference, error, disturbance, output] = Array.from(
    { length: 4 },
    () => new Float64Array(plant.length),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  let clippedSamples = 0;
  for (let n = 0; n < plant.length; n++) {
    if (n % CHUNK === 0) {
      options.onProgress?.(n / plant.length);
      // a turn of the event loop, so that an abort can arrive
      await new Promise((resolve) => setTimeout(resolve, 0));
      options.signal?.throwIfAborted();
    }
    const x = plant.reference();
    const y = controller.output(x);
    const e = plant.error(y);
    controller.adapt(e);
    if (Math.abs(x) >= 1 || Math.abs(e) >= 1) clippedSamples++;
    reference[n] = x;
    output[n] = y;
    error[n] = plant.sound;
    disturbance[n] = plant.disturbance;
  }
  options.onProgress?.(1);
  return { signals: { reference, error, disturbance, output }, clippedSamples };
}

function invalid(message: string, hint: string): DspError {
  return new DspError('SIMULATION_INVALID', message, { hint });
}
