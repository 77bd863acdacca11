import { expect, test } from 'vitest';
import { firstDifference, runCore } from './core-runner.ts';
import { FORM_FIR, FORM_MULTIRATE } from './config.ts';
import { runRandom } from './random-run.ts';

const CASES = 120;

/** Seeds of a part and the filter's forms in it; in the last two the form changes on the way. */
const PARTS: readonly { part: number; forms?: readonly number[] }[] = [
  ...[0, 1, 2, 3, 4, 5].map((part) => ({ part })),
  ...[6, 7].map((part) => ({ part, forms: [FORM_MULTIRATE, FORM_MULTIRATE, FORM_FIR] })),
];

test.each(PARTS)('random runs equal the C core in every sample, part $part', ({ part, forms }) => {
  let active = 0;
  for (let i = 0; i < CASES / 6; i++) {
    const seed = part * 1000 + i;
    const m = runRandom(seed, forms);
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
  const m = runRandom(4711, [form]);
  const steady = m.events.filter((event) => event.at === 0);
  const whole = runCore('native', m.sampleRateHz, m.reference, m.error, steady);
  for (const block of [7, 64, 1000]) {
    const parts = runCore('native', m.sampleRateHz, m.reference, m.error, steady, block);
    expect(firstDifference(parts.output, whole.output)).toBe(-1);
    expect(firstDifference(parts.weights, whole.weights)).toBe(-1);
  }
});
