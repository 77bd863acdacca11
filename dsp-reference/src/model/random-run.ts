/** The engine's integer model on random cases. */
import type { CoreCase, CoreEvent, CoreResult } from './core-runner.ts';
import { EngineModel } from './engine.ts';
import { Random, randomEvents, randomSignal } from './random-case.ts';

export interface RandomRun extends CoreCase, CoreResult {
  /** whether the weights were ever other than 0 */
  readonly adapted: boolean;
}

function accepted(answer: boolean): void {
  if (!answer) throw new Error('the model refused a random event');
}

function applyEvent(engine: EngineModel, event: CoreEvent): void {
  if (event.config) engine.configure(event.config);
  if (event.secondary) accepted(engine.setSecondary(event.secondary));
  if (event.weights) accepted(engine.setWeights(event.weights));
  event.target?.forEach((weight, i) => {
    if (i < engine.weights.length) engine.setTarget(i, weight);
  });
  if (event.follow !== undefined) engine.follow(event.follow);
  if (event.freeze !== undefined) engine.freeze(event.freeze);
  if (event.guardMute !== undefined) engine.mute(event.guardMute);
  if (event.duck !== undefined) engine.duck(event.duck);
  if (event.inject !== undefined) engine.inject(event.inject);
  if (event.correct) accepted(engine.correctSecondary(event.correct));
  if (event.notch) engine.setNotch(event.notch.index, event.notch.k1_q20, event.notch.k2_q20);
  if (event.releaseNotch !== undefined) engine.releaseNotch(event.releaseNotch);
  if (event.action === 'reset') engine.resetWeights();
  if (event.action === 'save') engine.saveWeights();
  if (event.action === 'restore') engine.restoreWeights();
}

/** One random run: the model's own answers and the inputs that led to them. */
export function runRandom(seed: number, forms?: readonly number[]): RandomRun {
  const r = new Random(seed);
  // The listening time before anc speaks is 200 ms: at 8 kHz short runs get past it.
  const sampleRateHz = r.pick([8000, 8000, 8000, 11025, 48000]);
  const samples = sampleRateHz > 20000 ? 14000 : r.between(3000, 6000);
  const events = randomEvents(r, samples, forms);
  const noise = randomSignal(r);
  const disturb = randomSignal(r);
  const closedLoop = r.chance(50);
  const engine = new EngineModel(sampleRateHz);
  const reference = new Int32Array(samples);
  const error = new Int32Array(samples);
  const output = new Int32Array(samples);
  const disturbance = new Int32Array(samples);
  let adapted = false;
  let next = 0;
  for (let i = 0; i < samples; i++) {
    for (; next < events.length && events[next]!.at <= i; next++) applyEvent(engine, events[next]!);
    reference[i] = noise();
    output[i] = engine.output(reference[i]!);
    const heard = closedLoop ? (disturb() >> 2) + (output[i - 3] ?? 0) / 2 : disturb();
    error[i] = Math.max(-0x80000000, Math.min(0x7fffffff, Math.round(heard)));
    engine.adapt(error[i]!);
    disturbance[i] = engine.disturbance;
    if (i % 512 === 0) adapted ||= engine.weights.some((w) => w !== 0);
  }
  const { weights } = engine;
  return { sampleRateHz, events, reference, error, output, disturbance, weights, adapted };
}
