/** Builds programs for an emulated instruction set and runs them. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { InstructionSet } from './instruction-sets.ts';

/** Tests and benches run in the project's root. */
const root = process.cwd();
const emulated = 'firmware/ports/emulated';
const run = promisify(execFile);

const COMMON = ['-std=c11', '-O3', '-ffp-contract=off', '-Ifirmware/core', '-Ifirmware/tests'];
const STRICT = ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror'];

function has(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** The commands that are missing for an instruction set, as a reason to skip; false when all are there. */
export function missingFor(set: InstructionSet): string | false {
  const absent = [`${set.prefix}gcc`, set.qemu].filter((command) => !has(command));
  return absent.length > 0 && `${absent.join(' and ')} not found`;
}

export function compilerOf(set: InstructionSet): string {
  const { stdout } = spawnSync(`${set.prefix}gcc`, ['-dumpfullversion'], { encoding: 'utf8' });
  return `gcc ${stdout.trim()}`;
}

function sourcesIn(folder: string, keep: (name: string) => boolean): string[] {
  const names = readdirSync(join(root, folder)).sort();
  return names.filter((name) => /\.[cS]$/.test(name) && keep(name)).map((n) => join(folder, n));
}

/** The integer core. Its single-precision kernels are no part of a small chip's audio path. */
export function coreSources(): string[] {
  return sourcesIn('firmware/core/dsp', (name) => !name.includes('_f32'));
}

export interface Built {
  readonly set: InstructionSet;
  /** objects of the core, by source */
  readonly objects: ReadonlyMap<string, string>;
  /** links a program of the given sources, whose `main` the first one has */
  program(name: string, sources: readonly string[]): Promise<string>;
}

/** Compiles the core for an instruction set, into firmware/build/emulated. */
export async function buildCore(
  set: InstructionSet,
  sources: readonly string[] = coreSources(),
): Promise<Built> {
  const folder = join('firmware/build/emulated', set.name);
  mkdirSync(join(root, folder), { recursive: true });
  const compiler = `${set.prefix}gcc`;
  const compile = async (source: string, extra: readonly string[] = []) => {
    const object = join(folder, `${source.replaceAll('/', '-')}.o`);
    const args = [...set.compile, ...COMMON, ...STRICT, ...extra, '-c', source, '-o', object];
    await run(compiler, args, { cwd: root });
    return object;
  };
  const objects = new Map<string, string>();
  for (const source of sources) {
    objects.set(source, await compile(source, ['-ffunction-sections', '-fstack-usage']));
  }
  const support: string[] = [];
  const own = set.library === null ? [] : sourcesIn(join(emulated, set.library), () => true);
  for (const source of [...sourcesIn(emulated, () => true), ...own]) {
    support.push(await compile(source));
  }
  return {
    set,
    objects,
    async program(name, programSources) {
      const parts: string[] = [];
      for (const source of programSources) {
        parts.push(await compile(source, ['-Dmain=program_main']));
      }
      const image = join(folder, `${name}.elf`);
      const all = [...support, ...parts, ...objects.values()];
      const args = [...set.compile, '-Wl,--gc-sections', ...all, ...set.link, '-o', image];
      await run(compiler, args, { cwd: root });
      return join(root, image);
    },
  };
}

export interface Finished {
  readonly status: number | null;
  readonly output: string;
}

/** Runs an image in `folder` with the arguments; the emulator ends with the program, or after the time. */
export function runImage(
  set: InstructionSet,
  image: string,
  folder: string,
  args: readonly string[],
  { timeoutMs = 110_000, counted = false } = {},
): Promise<Finished> {
  writeFileSync(join(folder, 'arguments'), args.map((arg) => `${arg}\n`).join(''));
  const quiet = ['-display', 'none', '-monitor', 'none', '-serial', 'none'];
  const semihosting = set.library === null ? ['enable=on,target=native'] : ['enable=on'];
  const options = [...set.machine, ...quiet, '-semihosting-config', ...semihosting];
  // One instruction a nanosecond of virtual time: minstret then counts instructions exactly.
  const count = counted ? ['-icount', 'shift=0'] : [];
  return new Promise((resolve, reject) => {
    const child = spawn(set.qemu, [...options, ...count, '-kernel', image], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.on('error', reject).on('close', (status) => resolve({ status, output }));
  });
}
