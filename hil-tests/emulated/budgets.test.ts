/** No figure grows by more than 3 % unseen: `npm run bench -- firmware --write` writes new limits, which a commit then shows. */
import { describe, expect, test } from 'vitest';
import { AUDIO_CASES, exceeded, measureBudgets, readLimits } from './budgets.ts';
import { INSTRUCTION_SETS } from './instruction-sets.ts';
import { compilerOf, missingFor } from './programs.ts';

const limits = readLimits();

function reasonToSkip(set: (typeof INSTRUCTION_SETS)[number]): string | false {
  const missing = missingFor(set);
  if (missing) return missing;
  const wanted = limits[set.name]?.compiler;
  const compiler = compilerOf(set);
  return compiler !== wanted && `the limits are of ${wanted} and this is ${compiler}`;
}

for (const set of INSTRUCTION_SETS) {
  const reason = reasonToSkip(set);
  if (reason) process.stderr.write(`skipped: budgets of ${set.name}, because ${reason}\n`);
  test.skipIf(reason)(`${set.name} keeps its budgets`, { timeout: 120_000 }, async () => {
    const measured = await measureBudgets(set);
    expect(exceeded(measured, limits[set.name]!)).toEqual([]);
    // What is no longer measured has no limit either.
    expect(Object.keys(limits[set.name]!.cases)).toEqual(Object.keys(measured.cases));
  });
}

describe('the goals of a 160 MHz chip, 3,333 cycles a sample', () => {
  const taken = (name: string) => limits['rv32imc']!.cases[name]!.instructions;

  test('256 taps and a path of 128 leave it room', () => {
    expect(taken('FxNLMS, 256 + 128')).toBeLessThan(3000);
  });

  test('filter and update take at most 8 instructions a tap together', () => {
    const taps = (taken('FxNLMS, 512 + 128') - taken('FxNLMS, 256 + 128')) / 256;
    expect(taps).toBeLessThan(8);
  });
});

test('a figure that grows by more than 3 % is named, one that is new as well', () => {
  const stack = { stackBytes: 100 };
  const size = { text: 1000, data: 0, bss: 0 };
  const name = AUDIO_CASES[0]!.name;
  const budgets = (instructions: number) => ({
    compiler: 'gcc',
    cases: { [name]: { instructions, ...stack } },
    sizes: { block: size },
  });
  expect(exceeded(budgets(1030), budgets(1000))).toEqual([]);
  expect(exceeded(budgets(1031), budgets(1000))).toEqual([
    `${name}, instructions a sample: 1031, limit 1000`,
  ]);
  expect(exceeded(budgets(1), { ...budgets(1), sizes: {} })).toContain(
    'block, text: 1000, no limit',
  );
});
