// npm run bench -- speed [--write]: microseconds for 512 samples of every kernel in every home, beside what a user would install from Debian
// instead and what the machine's first-level cache allows; instructions by callgrind. --write puts the table into docs/performance.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fdaf, Nlms } from '@anc/dsp-reference';
import { loadCore } from '@anc/wasm';

const CHUNK = 512;
const RATE = 48000;
const TAPS = [128, 512];
const ROUNDS = 15;
/** Native runs are processes: this many chunks each. */
const CHUNKS = 400;

interface Row {
  readonly name: string;
  readonly home: string;
  readonly taps: number;
  readonly microseconds: number;
  readonly instructionsPerTapSample: number | null;
  readonly bytes: number | null;
}

const folder = mkdtempSync(join(tmpdir(), 'anc-speed-'));
const path = (name: string) => join(folder, name);
const nlmsRun = 'firmware/build/native/nlms_run';

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

function random(length: number): Float64Array {
  let state = 1;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.5;
  });
}

const source = random(CHUNK * CHUNKS);
const wanted = source.map((v, n) => 0.5 * v - 0.2 * (source[n - 3] ?? 0));

function writeSignals(suffix: string, chunks: number): void {
  const count = chunks * CHUNK;
  const bytes = (name: string, samples: Int32Array | Float32Array) =>
    writeFileSync(path(`${name}${suffix}`), new Uint8Array(samples.buffer));
  const q31 = (s: Float64Array) => Int32Array.from(s.subarray(0, count), (v) => v * 2 ** 31);
  bytes('x.int', q31(source));
  bytes('d.int', q31(wanted));
  bytes('x.float', Float32Array.from(source.subarray(0, count)));
  bytes('d.float', Float32Array.from(wanted.subarray(0, count)));
}

const kernels = ['f32', 'fdaf', 'q15', 'q31'] as const;
type Kernel = (typeof kernels)[number];

function nativeArguments(kernel: Kernel, taps: number, suffix: string): string[] {
  const kind = kernel === 'f32' || kernel === 'fdaf' ? 'float' : 'int';
  const last = kernel === 'f32' ? 0 : kernel === 'fdaf' ? Math.min(taps, CHUNK) : 24;
  const files = [path(`x.${kind}${suffix}`), path(`d.${kind}${suffix}`), path('out')];
  return [kernel, ...files, taps, 5e8, last].map(String);
}

function nativeMicroseconds(kernel: Kernel, taps: number): number {
  const once = () =>
    Number(execFileSync(nlmsRun, nativeArguments(kernel, taps, ''), { encoding: 'utf8' }));
  return (median(Array.from({ length: ROUNDS }, once)) * CHUNK) / 1000;
}

const hasValgrind = spawnSync('valgrind', ['--version']).status === 0;

/** Two lengths, so that reading and setting up cancel out. Without the AVX2 clones: valgrind shows its own processor. */
function instructions(kernel: Kernel, taps: number): number | null {
  if (!hasValgrind) return null;
  const count = (suffix: string) => {
    const args = ['--tool=callgrind', '--callgrind-out-file=/dev/null', nlmsRun];
    const run = spawnSync('valgrind', [...args, ...nativeArguments(kernel, taps, suffix)], {
      encoding: 'utf8',
    });
    return Number(/Collected : (\d+)/.exec(run.stderr)?.[1]);
  };
  return (count('.20') - count('.10')) / (10 * CHUNK * taps);
}

/** Median over rounds of the time of one call, after a warm-up. */
function timed(call: () => void, calls: number): number {
  for (let i = 0; i < calls; i++) call();
  return median(
    Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      for (let i = 0; i < calls; i++) call();
      return (1000 * (performance.now() - start)) / calls;
    }),
  );
}

const core = await loadCore();

function wasmRow(kernel: Kernel, taps: number): Row {
  const name = kernel === 'fdaf' ? 'FDAF f32' : `NLMS ${kernel}`;
  const settings = { taps, stepSize: 0.5, blockSamples: CHUNK };
  const session =
    kernel === 'f32'
      ? core.createNlmsF32(settings)
      : kernel === 'fdaf'
        ? core.createFdaf({ ...settings, blockSamples: Math.min(taps, CHUNK) })
        : core.createNlms({ ...settings, format: kernel, ioBits: 24 });
  const isFloat = kernel === 'f32' || kernel === 'fdaf';
  const scale = isFloat ? 1 : 2 ** 31;
  const size = session.reference.length;
  for (let i = 0; i < size; i++) {
    session.reference[i] = scale * source[i]!;
    session.primary[i] = scale * wanted[i]!;
  }
  const perChunk = CHUNK / size;
  const microseconds = timed(() => session.process(), 300 * perChunk) * perChunk;
  const { bytes } = session;
  session.dispose();
  return { name, home: 'WebAssembly', taps, microseconds, instructionsPerTapSample: null, bytes };
}

function referenceRow(kind: 'NLMS' | 'FDAF', taps: number): Row {
  const nlms = new Nlms({ taps, stepSize: 0.5 });
  const block = Math.min(taps, CHUNK);
  const fdaf = new Fdaf({ taps, block, stepSize: 0.5 });
  const call =
    kind === 'NLMS'
      ? () => {
          for (let i = 0; i < CHUNK; i++) nlms.step(source[i]!, wanted[i]!);
        }
      : () => {
          for (let at = 0; at < CHUNK; at += block)
            fdaf.process(source.subarray(at, at + block), wanted.subarray(at, at + block));
        };
  return {
    name: `${kind} float64`,
    home: 'JavaScript',
    taps,
    microseconds: timed(call, 10),
    instructionsPerTapSample: null,
    bytes: null,
  };
}

function peerRows(taps: number): Row[] {
  const program = path('peers');
  const flags = ['-O3', 'hil-tests/bench/peers.c', '-o', program, '-lliquid', '-lspeexdsp', '-lm'];
  if (spawnSync('cc', flags, { stdio: 'inherit' }).status !== 0) return [];
  const rows = [
    ['liquid-dsp eqlms', 'Debian', 'liquid'],
    ['SpeexDSP MDF, 16 bits', 'Debian', 'speex'],
    ['loads and stores alone, 128 bits', 'floor', 'floor128'],
    ['loads and stores alone, 256 bits', 'floor', 'floor256'],
  ] as const;
  return rows.flatMap(([name, home, key]) => {
    const run = spawnSync(program, [key, String(taps)], { encoding: 'utf8' });
    if (run.status !== 0) return [];
    const microseconds = Number(run.stdout);
    return [{ name, home, taps, microseconds, instructionsPerTapSample: null, bytes: null }];
  });
}

/** Its time in the process, less that of a run which only reads the samples. */
function ffmpegRow(taps: number): Row[] {
  const seconds = 20;
  const from = `aevalsrc=random(0)|random(1):s=${RATE}:d=${seconds}`;
  const split = 'channelsplit=channel_layout=stereo[a][b]';
  const run = (filter: string) => {
    const options = ['-v', 'error', '-benchmark', '-threads', '1', '-filter_complex_threads', '1'];
    const args = ['-f', 'lavfi', '-i', from, '-filter_complex', filter, '-f', 'null', '-'];
    const result = spawnSync('ffmpeg', ['-v', 'info', ...options.slice(2), ...args], {
      encoding: 'utf8',
    });
    return Number(/bench: utime=([\d.]+)s/.exec(result.stderr ?? '')?.[1]);
  };
  if (spawnSync('ffmpeg', ['-version']).status !== 0) return [];
  const times = Array.from(
    { length: 5 },
    () =>
      run(`[0]${split};[a][b]anlms=order=${taps}:mu=0.5`) - run(`[0]${split};[a][b]amix=inputs=2`),
  );
  const microseconds = (1e6 * median(times) * CHUNK) / (RATE * seconds);
  if (!(microseconds > 0)) return [];
  return [
    {
      name: 'FFmpeg anlms',
      home: 'Debian',
      taps,
      microseconds,
      instructionsPerTapSample: null,
      bytes: null,
    },
  ];
}

writeSignals('', CHUNKS);
writeSignals('.10', 10);
writeSignals('.20', 20);
const rows: Row[] = [];
try {
  for (const taps of TAPS) {
    for (const kernel of kernels) {
      process.stderr.write(`\r${taps} taps, ${kernel}      `);
      rows.push({
        name: kernel === 'fdaf' ? 'FDAF f32' : `NLMS ${kernel}`,
        home: 'native',
        taps,
        microseconds: nativeMicroseconds(kernel, taps),
        instructionsPerTapSample: instructions(kernel, taps),
        bytes: null,
      });
      rows.push(wasmRow(kernel, taps));
    }
    rows.push(referenceRow('NLMS', taps), referenceRow('FDAF', taps));
    rows.push(...peerRows(taps), ...ffmpegRow(taps));
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.stderr.write('\n');

const sessions = (us: number) => Math.floor((1e6 * CHUNK) / RATE / us);
const table = TAPS.flatMap((taps) => [
  '',
  `${taps} taps:`,
  '',
  '| what | where | µs per 512 samples | streams a core at 48 kHz | instructions a tap and sample | KiB a session |',
  '|---|---|---|---|---|---|',
  ...rows
    .filter((row) => row.taps === taps)
    .sort((a, b) => a.microseconds - b.microseconds)
    .map((row) => {
      const count = row.instructionsPerTapSample?.toFixed(2) ?? '';
      const kib = row.bytes === null ? '' : (row.bytes / 1024).toFixed(0);
      return `| ${row.name} | ${row.home} | ${row.microseconds.toFixed(1)} | ${sessions(row.microseconds)} | ${count} | ${kib} |`;
    }),
]).join('\n');
process.stdout.write(`${table}\n`);

const of = (name: string, home: string) =>
  rows.find((row) => row.name === name && row.home === home && row.taps === 512)?.microseconds;
const speex = of('SpeexDSP MDF, 16 bits', 'Debian');
const floor = of('loads and stores alone, 256 bits', 'floor');
const ratios = [
  speex &&
    `WebAssembly FDAF is ${(speex / of('FDAF f32', 'WebAssembly')!).toFixed(1)} times as fast as SpeexDSP`,
  floor &&
    `native NLMS f32 takes ${(of('NLMS f32', 'native')! / floor).toFixed(2)} times the 256-bit floor`,
].filter(Boolean);
process.stdout.write(`\n512 taps: ${ratios.join('; ')}.\n`);
mkdirSync('reports', { recursive: true });
writeFileSync('reports/speed.json', `${JSON.stringify(rows, null, 2)}\n`);
if (process.argv.includes('--write')) {
  const text = readFileSync('docs/performance.md', 'utf8');
  const [head] = text.split('<!-- table: npm run bench -- speed --write -->');
  writeFileSync(
    'docs/performance.md',
    `${head}<!-- table: npm run bench -- speed --write -->\n\n${cpus()[0]!.model}, one core, medians.\n${table}\n\n512 taps: ${ratios.join('; ')}.\n`,
  );
}
