/** What the audio path takes on the chips' instruction sets: counted in QEMU, held against firmware/budgets.json. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstructionSet } from './instruction-sets.ts';
import { buildCore, compilerOf, runImage } from './programs.ts';
import type { Built } from './programs.ts';

export interface AudioCase {
  readonly name: string;
  readonly kind: 'fxnlms' | 'fir' | 'multirate' | 'q15' | 'q31';
  readonly taps: number;
  /** of the secondary path; 0 for an electrical canceller */
  readonly modelTaps: number;
}

function engine(kind: AudioCase['kind'], name: string, taps: number, modelTaps: number): AudioCase {
  return { name: `${name}, ${taps} + ${modelTaps}`, kind, taps, modelTaps };
}

export const AUDIO_CASES: readonly AudioCase[] = [
  ...[128, 256, 512].map((taps) => engine('fxnlms', 'FxNLMS', taps, 128)),
  engine('fxnlms', 'FxNLMS', 512, 256),
  ...[256, 512, 1024].map((taps) => engine('fir', 'one FIR, solved elsewhere', taps, 128)),
  engine('multirate', 'multirate, solved elsewhere', 1024, 128),
  { name: 'electrical NLMS q15, 512', kind: 'q15', taps: 512, modelTaps: 0 },
  { name: 'electrical NLMS q31, 512', kind: 'q31', taps: 512, modelTaps: 0 },
];

export interface CaseBudget {
  readonly instructions: number;
  readonly stackBytes: number;
}

export interface SizeBudget {
  readonly text: number;
  readonly data: number;
  readonly bss: number;
}

/** Figures of one instruction set, as they are written to the limits. */
export interface Budgets {
  readonly compiler: string;
  /** by the case's name; empty where instructions cannot be counted */
  readonly cases: Readonly<Record<string, CaseBudget>>;
  /** objects of the core by name, and `image`: a program that has all of the engine */
  readonly sizes: Readonly<Record<string, SizeBudget>>;
}

/** By how much a figure may grow before its limit has to change. */
export const TOLERANCE = 0.03;

function sizesOf(set: InstructionSet, path: string): SizeBudget {
  const run = spawnSync(`${set.prefix}size`, ['-B', path], { encoding: 'utf8' });
  const [text, data, bss] = (run.stdout.split('\n')[1] ?? '').trim().split(/\s+/).map(Number);
  if (run.status !== 0 || text === undefined) throw new Error(`size ${path}: ${run.stderr}`);
  return { text, data: data!, bss: bss! };
}

async function counted(built: Built, image: string, one: AudioCase): Promise<CaseBudget> {
  const folder = mkdtempSync(join(tmpdir(), 'anc-count-'));
  try {
    const args = [one.kind, one.taps, one.modelTaps].map(String);
    const { status, output } = await runImage(built.set, image, folder, args, { counted: true });
    const [instructions, stackBytes] = output.trim().split(' ').map(Number);
    if (status !== 0 || !(instructions! > 0)) {
      throw new Error(`${built.set.name}, ${one.name}: status ${status}, ${output}`);
    }
    return { instructions: instructions!, stackBytes: stackBytes! };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Builds and measures. Instructions are counted on RISC-V only: for Xtensa QEMU would need a plug-in. */
export async function measureBudgets(
  set: InstructionSet,
  onCase: (name: string) => void = () => {},
): Promise<Budgets> {
  const built = await buildCore(set);
  const sizes: Record<string, SizeBudget> = {};
  for (const [source, object] of built.objects) {
    const name = /([^/]+)\.c$/.exec(source)![1]!;
    sizes[name] = sizesOf(set, object);
  }
  const program = await built.program('engine_run', ['firmware/tests/engine_run.c']);
  sizes['image'] = sizesOf(set, program);
  const cases: Record<string, CaseBudget> = {};
  if (set.qemu === 'qemu-system-riscv32') {
    const image = await built.program('count', ['firmware/ports/emulated/bench/count.c']);
    for (const one of AUDIO_CASES) {
      onCase(`${set.name}, ${one.name}`);
      cases[one.name] = await counted(built, image, one);
    }
  }
  return { compiler: compilerOf(set), cases, sizes };
}

export type Limits = Readonly<Record<string, Budgets>>;

export const LIMITS_FILE = 'firmware/budgets.json';

export function readLimits(): Limits {
  return JSON.parse(readFileSync(LIMITS_FILE, 'utf8')) as Limits;
}

/** Each figure that is missing in the limits or more than 3 % above its limit, in words. */
export function exceeded(measured: Budgets, limits: Budgets): string[] {
  const lines: string[] = [];
  const compare = (what: string, is: number, limit: number | undefined) => {
    if (limit === undefined) lines.push(`${what}: ${is}, no limit`);
    else if (is > limit * (1 + TOLERANCE)) lines.push(`${what}: ${is}, limit ${limit}`);
  };
  for (const [name, { instructions, stackBytes }] of Object.entries(measured.cases)) {
    compare(`${name}, instructions a sample`, instructions, limits.cases[name]?.instructions);
    compare(`${name}, stack`, stackBytes, limits.cases[name]?.stackBytes);
  }
  for (const [name, { text, data, bss }] of Object.entries(measured.sizes)) {
    compare(`${name}, text`, text, limits.sizes[name]?.text);
    compare(`${name}, data`, data, limits.sizes[name]?.data);
    compare(`${name}, bss`, bss, limits.sizes[name]?.bss);
  }
  return lines;
}
