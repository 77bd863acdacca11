// What a fresh machine needs before anything else runs: npm packages, system packages, the builds. Plain JavaScript
// without dependencies, because none is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** System packages (Debian names) by what they are for. */
const systemPackages = {
  build: [
    'gcc',
    'libc6-dev',
    'cmake',
    'ninja-build',
    'pkg-config',
    'libsndfile1-dev',
    'libsamplerate0-dev',
    'libcjson-dev',
    'clang-14',
    'lld-14',
  ],
  test: [
    'libclang-rt-14-dev',
    'chromium',
    'fonts-dejavu-core',
    'postgresql-15',
    'prometheus',
    'nginx-light',
    'redis-server',
    'openssl',
    'shellcheck',
    'qemu-system-misc',
    'gcc-riscv64-unknown-elf',
    'picolibc-riscv64-unknown-elf',
    'gcc-xtensa-lx106',
  ],
  /** of the firmware on emulated chips */
  emulated: ['qemu-system-misc', 'gcc-riscv64-unknown-elf', 'picolibc-riscv64-unknown-elf'],
  /** of several session servers on one machine */
  cluster: ['postgresql-15', 'redis-server', 'nginx-light', 'util-linux', 'libjemalloc2'],
  format: ['clang-format-14'],
  /** the check of the ESP-IDF app: Kconfig, and the headers of newlib */
  espIdf: ['python3-kconfiglib', 'libnewlib-dev', 'gcc-riscv64-unknown-elf', 'gcc-xtensa-lx106'],
  bench: ['libspeexdsp-dev', 'libliquid-dev', 'valgrind', 'ffmpeg', 'libjemalloc2'],
};

export function say(text) {
  process.stderr.write(`· ${text}\n`);
}

/** Ends the set-up with a message that says what to do; never a stack trace. */
export function fail(text, status = 1) {
  process.stderr.write(`\nset-up stopped: ${text}\n`);
  process.exit(status);
}

/** Runs a command in the project's root. With `quiet` its output appears only when it fails. */
export function run(command, args, { quiet = false, env = {}, cwd = root } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0 && quiet) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    fail(
      `'${command} ${args.join(' ')}' failed with ${result.signal ?? `status ${result.status}`}`,
    );
  }
  return result.status ?? 1;
}

function seconds(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`;
}

export function ensureNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) fail(`Node ${process.versions.node} is too old: version 20 or newer is needed.`);
}

/** npm ci, when node_modules is absent or was made from another lock file. */
export function ensureNpmPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.versions.modules)
    .digest('hex');
  const stamp = join(root, 'node_modules', '.anc-lock-sha256');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const start = Date.now();
  say('installing npm packages from the lock file (npm ci), about half a minute …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true });
  writeFileSync(stamp, lock);
  say(`npm packages installed in ${seconds(start)}`);
}

function isInstalled(name) {
  const query = spawnSync('dpkg-query', ['-W', '-f', '${Status}', name], { encoding: 'utf8' });
  return query.status === 0 && query.stdout.includes('install ok installed');
}

function hasCommand(name) {
  return spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;
}

/** Installs what is missing through apt when root; else prints the one line to run. */
export function ensureSystemPackages(...groups) {
  const wanted = groups.flatMap((group) => systemPackages[group]);
  if (!hasCommand('dpkg-query')) {
    const tools = ['cc', 'cmake', 'ninja', 'pkg-config'].filter((tool) => !hasCommand(tool));
    if (tools.length > 0) {
      fail(
        `${tools.join(', ')} not found, and this is no Debian system. Install them, with the development files of libsndfile, libsamplerate and cJSON.`,
      );
    }
    return;
  }
  const missing = wanted.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const line = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) {
    fail(
      `system packages are missing. Run this one line, then try again:\n\n  sudo sh -c '${line}'`,
    );
  }
  const start = Date.now();
  say(`installing system packages: ${missing.join(' ')} …`);
  run('sh', ['-c', line], { quiet: true, env: { DEBIAN_FRONTEND: 'noninteractive' } });
  say(`system packages installed in ${seconds(start)}`);
}

/** Configures (once) and builds one CMake preset of firmware/; incremental. */
export function buildFirmware(preset) {
  const firmware = join(root, 'firmware');
  const start = Date.now();
  const fresh = !existsSync(join(firmware, 'build', preset, 'build.ninja'));
  if (fresh) {
    say(`configuring firmware (${preset}) …`);
    run('cmake', ['--preset', preset], { quiet: true, cwd: firmware });
  }
  if (fresh) say(`building firmware (${preset}) …`);
  run('cmake', ['--build', join('build', preset)], { quiet: true, cwd: firmware });
  if (fresh) say(`firmware (${preset}) built in ${seconds(start)}`);
}

/** The firmware's images for emulated chips, where there is a compiler for them. */
export function buildEmulated() {
  if (!hasCommand('riscv64-unknown-elf-gcc')) return;
  for (const isa of ['rv32imc', 'rv32imac', 'rv32imafc']) buildFirmware(isa);
}

/** Bundles the host tool and the panel. */
export function buildBundles() {
  const start = Date.now();
  run(process.execPath, [join(root, 'host', 'setup', 'bundle.mjs')], { quiet: true });
  say(`host tool and panel bundled in ${seconds(start)}`);
}
