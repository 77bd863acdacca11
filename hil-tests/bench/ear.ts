// npm run bench -- ear [--cases N] [--all] [--algorithms a,b] [--arithmetic float64|f32] [--latencies 5,24] [--seed N]: how near each algorithm comes to the bound at measured ears, with a
// path that it measured itself and default settings. Takes N cases at random, every ear in turn; --all takes every one.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { DATA_MISSING, dataFile } from '../../dsp-reference/src/testing.ts';
import { type EarArithmetic, type EarCase, type EarResult, measureEar, SECONDS } from '../ear.ts';

const ARITHMETICS = {
  own: 'float64, FxNLMS in integers',
  float64: 'float64',
  f32: 'the C core in single precision',
} as const;
const GAP_OCTAVES = [63, 125, 250, 500, 1000];

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
}

const LATENCIES = option('latencies', '0,5,10,24').split(',').map(Number);

function files(folder: string, ending: string): string[] {
  return readdirSync(dataFile(folder))
    .filter((name) => name.endsWith(ending))
    .sort();
}

function allCases(): EarCase[] {
  const dummies = files('paths/dummy', '.json').filter((name) => name.startsWith('az'));
  const ears = [
    ...files('paths/booth', '.json').map((name) => `booth/${name}`),
    ...dummies.flatMap((name) => [`dummy/${name}#ear=L`, `dummy/${name}#ear=R`]),
  ];
  const recordings = files('noises', '.wav').map((name) => name.replace('.wav', ''));
  return ears.flatMap((ear) =>
    recordings.flatMap((recording) =>
      LATENCIES.map((latencySamples) => ({ ear, recording, latencySamples })),
    ),
  );
}

/** The same for a seed: Fisher and Yates with a linear congruence, then one case an ear before the second of any. */
function sample(cases: EarCase[], count: number, seed: number): EarCase[] {
  let state = seed >>> 0;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let i = cases.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [cases[i], cases[j]] = [cases[j]!, cases[i]!];
  }
  const seen = new Map<string, number>();
  return cases
    .map((which) => {
      const round = seen.get(which.ear) ?? 0;
      seen.set(which.ear, round + 1);
      return { which, round };
    })
    .sort((a, b) => a.round - b.round)
    .slice(0, count)
    .map(({ which }) => which);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

const cell = (v: number, width = 7) => (Number.isFinite(v) ? v.toFixed(1) : '–').padStart(width);

function gapTable(results: readonly EarResult[], algorithms: readonly string[]): string {
  const rows = algorithms.flatMap((algorithm) =>
    [null, ...LATENCIES].map((latency) => {
      const some = results.filter(
        (r) => r.algorithm === algorithm && (latency === null || r.latencySamples === latency),
      );
      const gaps = GAP_OCTAVES.map((hz) =>
        some.map((r) => {
          const o = r.octaves.find(({ centreHz }) => centreHz === hz)!;
          return o.boundDb - o.attenuationDb;
        }),
      );
      const settled = some.map(({ settledSeconds }) => settledSeconds ?? Infinity);
      const name = latency === null ? algorithm : `  latency ${latency}`;
      return `| ${name.padEnd(18)} | ${String(some.length).padStart(5)} |${gaps
        .map((g) => ` ${cell(quantile(g, 0.5), 4)} / ${cell(quantile(g, 0.95), 4)} |`)
        .join(
          '',
        )} ${cell(quantile(settled, 0.5), 5)} / ${cell(quantile(settled, 0.95), 4)} | ${cell(
        quantile(
          some.map(({ band50To1000Db }) => band50To1000Db),
          0.5,
        ),
        6,
      )} |`;
    }),
  );
  return [
    `| algorithm          | cases |${GAP_OCTAVES.map((hz) => ` ${`${hz} Hz`.padStart(11)} |`).join('')} settled, s  | 50–1000 |`,
    `|---|---|${GAP_OCTAVES.map(() => '---|').join('')}---|---|`,
    ...rows,
  ].join('\n');
}

/** What the others attenuate less than the first algorithm, case by case: median and worst in each octave, dB. */
function lossTable(results: readonly EarResult[], algorithms: readonly string[]): string {
  const [first, ...others] = algorithms;
  const keyOf = (r: EarResult) => `${r.ear} ${r.recording} ${r.latencySamples}`;
  const best = new Map(results.filter((r) => r.algorithm === first).map((r) => [keyOf(r), r]));
  const rows = others.map((algorithm) => {
    const pairs = results.filter((r) => r.algorithm === algorithm && best.has(keyOf(r)));
    const losses = pairs[0]?.octaves.map((_, i) => {
      return pairs.map((r) => {
        return best.get(keyOf(r))!.octaves[i]!.attenuationDb - r.octaves[i]!.attenuationDb;
      });
    });
    const cells = losses?.map(
      (l) => ` ${cell(quantile(l, 0.5), 4)} / ${cell(Math.max(...l), 4)} |`,
    );
    return `| ${algorithm} |${cells?.join('')}`;
  });
  const heads = results[0]?.octaves.map(({ centreHz }) => ` ${`${centreHz} Hz`.padStart(11)} |`);
  return [`| against ${first} |${heads?.join('')}`, ...rows].join('\n');
}

/** Octaves 63 Hz to 8 kHz that got louder by more than 1 dB, and by more than the bound's filter makes them. */
function harm(results: readonly EarResult[], algorithm: string): string {
  const octaves = results
    .filter((r) => r.algorithm === algorithm)
    .flatMap(({ octaves: o, boundPeak }) => o.map((v) => ({ ...v, boundPeak })));
  const louder = octaves.filter(({ attenuationDb }) => attenuationDb < -1);
  const beyond = octaves.filter(
    ({ attenuationDb, boundDb }) => attenuationDb < Math.min(0, boundDb) - 1,
  );
  const share = (n: number) => `${((100 * n) / octaves.length).toFixed(1)} %`;
  const low = louder.filter(({ centreHz }) => centreHz <= 1000);
  return `${algorithm}: louder than off by more than 1 dB in ${share(louder.length)} of the octaves from 63 Hz to 8 kHz (${share(low.length)} up to 1 kHz); by more than 1 dB beyond the bound's filter in ${share(beyond.length)}.`;
}

async function main(): Promise<void> {
  const everything = allCases();
  const cases = process.argv.includes('--all')
    ? everything
    : sample(everything, Number(option('cases', '84')), Number(option('seed', '1')));
  const algorithms = option('algorithms', 'fxnlms,normal-equations').split(',');
  const arithmetic = option('arithmetic', 'own') as EarArithmetic;
  if (!Object.hasOwn(ARITHMETICS, arithmetic)) {
    process.stderr.write(`--arithmetic ${arithmetic}: float64 or f32\n`);
    process.exit(2);
  }
  const started = performance.now();
  const queue = [...cases];
  const results: EarResult[] = [];
  const failures: string[] = [];
  const file = fileURLToPath(import.meta.url);
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(file, { workerData: { algorithms, arithmetic } });
      const next = () => worker.postMessage(queue.shift() ?? null);
      worker.on('message', (done: EarResult[] | string) => {
        if (typeof done === 'string') failures.push(done);
        else results.push(...done);
        process.stderr.write(
          `\r${results.length / algorithms.length + failures.length} of ${cases.length}`,
        );
        next();
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
      next();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), cases.length) }, work));
  process.stderr.write('\n');

  const reachable = results.filter(({ boundPeak }) => boundPeak < 0.89);
  process.stdout.write(
    `Gap to the bound, dB (median / 95 %), positive is short of it. Plant: measured paths of in-ear headsets, ${cases.length} of ${everything.length} combinations of ear, recording and
loop latency (${LATENCIES.join(', ')} samples at 48 kHz); noise: recordings at −23 dBFS, microphone noise −90 dBFS. Secondary path identified with white noise
in the same noise 40 dB down; default settings; ${ARITHMETICS[arithmetic]}; ${SECONDS} s, Welch over the last 10 s. Bound: causal 1024-tap filter for the same 10 s and the same
constraint (no octave from 63 Hz audibly louder), behind the same limiter at −1 dBFS. Settled: first second within 2 dB of the end. 50–1000: attenuation in that band, dB, median.

${gapTable(results, algorithms)}

Where the loudspeaker is strong enough for the best filter, limit or not:

${gapTable(reachable, algorithms)}

${algorithms.length > 1 ? `Attenuation less than that of the first, dB (median / worst):\n\n${lossTable(results, algorithms)}\n` : ''}
${algorithms.map((algorithm) => harm(results, algorithm)).join('\n')}
${((performance.now() - started) / 1000 / cases.length).toFixed(2)} s a case. Stopped or not finite: ${results.filter(({ isRunning }) => !isRunning).length}. Identification: ERLE ${cell(
      quantile(
        results.map(({ erleDb }) => erleDb),
        0.5,
      ),
      0,
    )} dB median, ${cell(Math.min(...results.map(({ erleDb }) => erleDb)), 0)} dB worst.${failures.map((f) => `\n${f}`).join('')}
`,
  );
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/ear.json', `${JSON.stringify(results, null, 2)}\n`);
}

if (DATA_MISSING) {
  process.stderr.write(`This needs recordings and measured paths: ${DATA_MISSING}\n`);
  process.exit(1);
}
if (isMainThread) await main();
else {
  parentPort!.on('message', (which: EarCase | null) => {
    if (!which) return process.exit(0);
    const { algorithms, arithmetic } = workerData as {
      algorithms: string[];
      arithmetic: EarArithmetic;
    };
    measureEar(which, algorithms, arithmetic).then(
      (done) => parentPort!.postMessage(done),
      (error: unknown) =>
        parentPort!.postMessage(
          `${which.ear} ${which.recording} ${which.latencySamples}: ${(error as Error).message}`,
        ),
    );
  });
}
