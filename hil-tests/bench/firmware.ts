// npm run bench -- firmware [--write]: instructions, sizes and stack of the core on the chips' instruction sets, in QEMU, and what
// that is of each chip's time at 48 kHz. --write puts the table into docs/budgets.md and the limits into firmware/budgets.json.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { AUDIO_CASES, LIMITS_FILE, measureBudgets } from '../emulated/budgets.ts';
import type { Budgets } from '../emulated/budgets.ts';
import { INSTRUCTION_SETS } from '../emulated/instruction-sets.ts';
import { missingFor } from '../emulated/programs.ts';

const RATE = 48000;
const MARK = '<!-- table: npm run bench -- firmware --write -->';

/**
 * cyclesPerInstruction is an assumption, not a measurement: in-order single issue, loads that hit, a multiplier that is done in
 * time. Xtensa's count is that of rv32imc: no compiler for these chips is at hand.
 */
const CHIPS = [
  { name: 'ESP32-C3', megahertz: 160, set: 'rv32imc', cyclesPerInstruction: 1.1 },
  { name: 'ESP32-C6', megahertz: 160, set: 'rv32imac', cyclesPerInstruction: 1.1 },
  { name: 'ESP32-P4', megahertz: 400, set: 'rv32imafc', cyclesPerInstruction: 1.1 },
  { name: 'ESP32, ESP32-S3', megahertz: 240, set: 'rv32imc', cyclesPerInstruction: 1.3 },
] as const;

const measured: Record<string, Budgets> = {};
for (const set of INSTRUCTION_SETS) {
  const missing = missingFor(set);
  if (missing) {
    process.stderr.write(`${set.name} is left out: ${missing}\n`);
    continue;
  }
  measured[set.name] = await measureBudgets(set, (name) => process.stderr.write(`\r${name}      `));
}
process.stderr.write('\n');

const sets = Object.keys(measured);
const counted = sets.filter((set) => Object.keys(measured[set]!.cases).length > 0);
const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const instructionsOf = (set: string, name: string) => measured[set]!.cases[name]!.instructions;
const budget = (megahertz: number) => (megahertz * 1e6) / RATE;
const available = CHIPS.filter((chip) => chip.set in measured);

const instructions = table(
  ['a sample', ...counted, 'deepest stack, bytes'],
  AUDIO_CASES.map(({ name }) => [
    name,
    ...counted.map((set) => instructionsOf(set, name)),
    Math.max(...counted.map((set) => measured[set]!.cases[name]!.stackBytes)),
  ]),
);

const shares = table(
  ['share of one core', ...available.map((chip) => `${chip.name}, ${chip.megahertz} MHz`)],
  AUDIO_CASES.map(({ name }) => [
    name,
    ...available.map(({ set, megahertz, cyclesPerInstruction }) => {
      const cycles = instructionsOf(set, name) * cyclesPerInstruction;
      return `${Math.round((100 * cycles) / budget(megahertz))} %`;
    }),
  ]),
);

/** From two lengths: what a tap takes, and how many are in `share` of a core's time; at most the engine's 1024. */
function tapsThatFit(prefix: string, [few, many]: readonly [number, number], share: number) {
  return available.map(({ set, megahertz, cyclesPerInstruction }) => {
    const at = (taps: number) =>
      instructionsOf(set, `${prefix}, ${taps} + 128`) * cyclesPerInstruction;
    const perTap = (at(many) - at(few)) / (many - few);
    const taps = few + (share * budget(megahertz) - at(few)) / perTap;
    return Math.max(0, Math.min(1024, Math.floor(taps / 16) * 16));
  });
}

const fitting = table(
  ['taps that fit, path of 128', ...available.map((chip) => `${chip.name}`)],
  [
    ['FxNLMS, 90 % of a core', ...tapsThatFit('FxNLMS', [256, 512], 0.9)],
    ['FxNLMS, 50 % of a core', ...tapsThatFit('FxNLMS', [256, 512], 0.5)],
    ['one FIR, 90 % of a core', ...tapsThatFit('one FIR, solved elsewhere', [256, 1024], 0.9)],
    ['one FIR, 50 % of a core', ...tapsThatFit('one FIR, solved elsewhere', [256, 1024], 0.5)],
  ],
);

const objects = [...new Set(sets.flatMap((set) => Object.keys(measured[set]!.sizes)))];
const sizes = table(
  ['text / data / bss, bytes', ...sets],
  objects.map((name) => [
    name,
    ...sets.map((set) => {
      const { text, data, bss } = measured[set]!.sizes[name]!;
      return `${text} / ${data} / ${bss}`;
    }),
  ]),
);

const slope = (prefix: string, few: number, many: number) =>
  (instructionsOf('rv32imc', `${prefix}, ${many} + 128`) -
    instructionsOf('rv32imc', `${prefix}, ${few} + 128`)) /
  (many - few);
const summary =
  'rv32imc' in measured
    ? `A tap of FxNLMS takes ${slope('FxNLMS', 256, 512).toFixed(2)} instructions on rv32imc, filter and update together; one of the FIR that is solved elsewhere ${slope('one FIR, solved elsewhere', 256, 1024).toFixed(2)}.`
    : '';

const text = [
  ...sets.map((set) => `${set}: ${measured[set]!.compiler}, -O3.`),
  '',
  instructions,
  '',
  summary,
  '',
  shares,
  '',
  fitting,
  '',
  sizes,
  '',
].join('\n');
process.stdout.write(text);
mkdirSync('reports', { recursive: true });
writeFileSync('reports/firmware.json', `${JSON.stringify(measured, null, 2)}\n`);
if (process.argv.includes('--write')) {
  if (sets.length < INSTRUCTION_SETS.length) {
    process.stderr.write('nothing written: the table is of all instruction sets\n');
    process.exit(1);
  }
  const [head] = readFileSync('docs/budgets.md', 'utf8').split(MARK);
  writeFileSync('docs/budgets.md', `${head}${MARK}\n\n${text}`);
  writeFileSync(LIMITS_FILE, `${JSON.stringify(measured, null, 2)}\n`);
}
