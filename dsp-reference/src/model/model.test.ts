import { expect, test } from 'vitest';
import { firstDifference, runCore } from './core-runner.ts';
import type { CoreEvent } from './core-runner.ts';
import { FORM_FIR, FORM_MULTIRATE } from './config.ts';
import { EngineModel } from './engine.ts';
import { Random, randomEvents, randomSignal } from './random-case.ts';

const CASES = 120;

function applyEvent(engine: EngineModel, event: CoreEvent): void {
  if (event.config) engine.configure(event.config);
  if (event.secondary) expect(engine.setSecondary(event.secondary)).toBe(true);
  if (event.weights) expect(engine.setWeights(event.weights)).toBe(true);
  event.target?.forEach((weight, i) => {
    if (i < engine.weights.length) engine.setTarget(i, weight);
  });
  if (event.follow !== undefined) engine.follow(event.follow);
  if (event.freeze !== undefined) engine.freeze(event.freeze);
  if (event.guardMute !== undefined) engine.mute(event.guardMute);
  if (event.duck !== undefined) engine.duck(event.duck);
  if (event.inject !== undefined) engine.inject(event.inject);
  if (event.correct) expect(engine.correctSecondary(event.correct)).toBe(true);
  if (event.notch) engine.setNotch(event.notch.index, event.notch.k1_q20, event.notch.k2_q20);
  if (event.releaseNotch !== undefined) engine.releaseNotch(event.releaseNotch);
  if (event.action === 'reset') engine.resetWeights();
  if (event.action === 'save') engine.saveWeights();
  if (event.action === 'restore') engine.restoreWeights();
}

/** One random run: the model's own answers and the inputs that led to them. */
function runModel(seed: number, forms?: readonly number[]) {
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

/** Seeds of a part and the filter's forms in it; in the last two the form changes on the way. */
const PARTS: readonly { part: number; forms?: readonly number[] }[] = [
  ...[0, 1, 2, 3, 4, 5].map((part) => ({ part })),
  ...[6, 7].map((part) => ({ part, forms: [FORM_MULTIRATE, FORM_MULTIRATE, FORM_FIR] })),
];

test.each(PARTS)('random runs equal the C core in every sample, part $part', ({ part, forms }) => {
  let active = 0;
  for (let i = 0; i < CASES / 6; i++) {
    const seed = part * 1000 + i;
    const m = runModel(seed, forms);
    for (const preset of ['native', 'check'] as const) {
      const c = runCore(preset, m.sampleRateHz, m.reference, m.error, m.events);
      const where = `seed ${seed}, ${preset}, first different `;
      expect(firstDifference(c.output, m.output), where + 'output').toBe(-1);
      expect(firstDifference(c.disturbance, m.disturbance), where + 'disturbance').toBe(-1);
      expect(firstDifference(c.weights, m.weights), where + 'weight').toBe(-1);
    }
    if (m.adapted) active++;
  }
  // A run that never adapts proves little: most must.
  expect(active).toBeGreaterThan(CASES / 6 / 3);
});

test.each([FORM_FIR, FORM_MULTIRATE])('form %i carries over between blocks of any size', (form) => {
  const m = runModel(4711, [form]);
  const steady = m.events.filter((event) => event.at === 0);
  const whole = runCore('native', m.sampleRateHz, m.reference, m.error, steady);
  for (const block of [7, 64, 1000]) {
    const parts = runCore('native', m.sampleRateHz, m.reference, m.error, steady, block);
    expect(firstDifference(parts.output, whole.output)).toBe(-1);
    expect(firstDifference(parts.weights, whole.weights)).toBe(-1);
  }
});
