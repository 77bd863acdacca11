// Builds the core's audio and control as WebAssembly into firmware/build/wasm/anc-core.wasm. No C library, so no CMake toolchain file:
// one call of clang compiles and links, in about two seconds, and only when a source is newer than the module.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, root, run, say } from './steps.mjs';

const firmware = join(root, 'firmware');
const core = join(firmware, 'core');
const parts = ['dsp', 'control', 'controllers'].map((part) => join(core, part));
const port = join(firmware, 'ports', 'wasm');
const output = join(firmware, 'build', 'wasm', 'anc-core.wasm');

const flags = [
  '--target=wasm32',
  '-std=c11',
  '-O3',
  '-msimd128',
  '-mbulk-memory',
  '-ffreestanding',
  '-fvisibility=hidden',
  // f32 kernels give the same bits as every other build only without contraction.
  '-ffp-contract=off',
  ...['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow', '-Wstrict-prototypes'],
  '-Werror',
  `-I${core}`,
  `-I${port}`,
  `-isystem${join(port, 'include')}`,
];
// The stack lies below the data, so that an overflow traps instead of writing over it. One page less than 4 GiB, so that no
// pointer wraps to zero.
const linkFlags = [
  '-nostdlib',
  '-Wl,--no-entry,--stack-first,-z,stack-size=65536,--strip-debug',
  '-Wl,--max-memory=4294901760',
];

function filesOf(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

function isFresh() {
  if (!existsSync(output)) return false;
  const inputs = [...parts, port].flatMap((folder) => [
    ...filesOf(folder, '.c'),
    ...filesOf(folder, '.h'),
  ]);
  const built = statSync(output).mtimeMs;
  return [...inputs, fileURLToPath(import.meta.url)].every(
    (file) => statSync(file).mtimeMs <= built,
  );
}

function compiler() {
  const found = ['clang-14', 'clang'].find(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  return found ?? fail('clang was not found. Install clang and lld (Debian: clang-14 lld-14).');
}

export function buildWasm() {
  if (isFresh()) return;
  const start = Date.now();
  // What a folder in ports/wasm holds is built in place of the file of that name in that folder of the core.
  const own = filesOf(port, '.c');
  const replaced = own.map((file) => relative(port, file));
  const shared = parts
    .flatMap((part) => filesOf(part, '.c'))
    .filter((file) => !replaced.includes(relative(core, file)));
  const sources = [...shared, ...own];
  mkdirSync(dirname(output), { recursive: true });
  // Under another name first: whoever loads the module meanwhile finds a whole one.
  const unfinished = `${output}.${process.pid}`;
  try {
    run(compiler(), [...flags, ...linkFlags, ...sources, '-o', unfinished], { quiet: true });
    renameSync(unfinished, output);
  } finally {
    rmSync(unfinished, { force: true });
  }
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  say(
    `core for WebAssembly built in ${seconds} s, ${(statSync(output).size / 1024).toFixed(0)} KiB`,
  );
}
