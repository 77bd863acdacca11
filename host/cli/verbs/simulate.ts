import { dirname, join } from 'node:path';
import { getBoard } from '@anc/boards';
import type { ControllerFactory } from '@anc/dsp-reference';
import { AncError, type ParameterScalar } from '@anc/link';
import { Command } from 'commander';
import { decibels, oneOf, soundOf, writeReport } from '../offline.ts';
import { endProgress, isJson, note, progress, result } from '../output.ts';
import { positiveNumber, wholeNumber } from '../session.ts';

interface Options {
  noise?: string;
  paths?: string;
  ear?: string;
  secondary?: string;
  board: string;
  latency?: string;
  seconds: string;
  levelDb: string;
  micNoiseDb: string;
  seed: string;
  set?: string[];
  secondaryModel: string;
  algorithm?: string;
  identify?: string;
  engine?: string;
  bounds?: string;
  wav?: string;
  html?: string;
}

/** `stepSize=0.002` as what it says: a number, true or false, or a word. */
function settingsOf(list: readonly string[]): Record<string, ParameterScalar> {
  return Object.fromEntries(
    list.map((entry) => {
      const [name = '', text] = entry.split(/=(.*)/s);
      if (text === undefined) throw new AncError('USAGE', `--set takes NAME=VALUE, not '${entry}'`);
      if (text === 'true' || text === 'false') return [name, text === 'true'];
      return [name, text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)];
    }),
  );
}

/** The Wiener bounds beside measured paths: bounds.json in their folder or the one above. */
async function findBound(options: Options, pathId: string, latencySamples: number) {
  const { readBounds } = await import('@anc/dsp-reference');
  const beside = options.paths?.includes('/') || options.paths?.endsWith('.json');
  const folder = dirname(options.paths ?? '.');
  const files = options.bounds
    ? [options.bounds]
    : beside
      ? [join(folder, 'bounds.json'), join(folder, '..', 'bounds.json')]
      : [];
  for (const file of files) {
    const bound = (await readBounds(file))?.boundFor(pathId, latencySamples);
    if (bound) return bound;
  }
  return null;
}

async function run(options: Options): Promise<void> {
  const reference = await import('@anc/dsp-reference');
  const { ALGORITHMS } = reference;
  if (options.algorithm === 'help') return listAlgorithms(ALGORITHMS);
  const engine = options.engine && oneOf('engine', options.engine, ['integer', 'float64', 'f32']);
  const board = getBoard(options.board);
  const latencySamples =
    options.latency === undefined
      ? board.latency.addedSamples
      : wholeNumber('latency', options.latency, 0, 4800);
  const ear = options.ear === undefined ? undefined : oneOf('ear', options.ear, ['L', 'R']);
  const paths = await reference.readPaths(options.paths ?? board.acoustics.paths, {
    ...(ear ? { ear } : {}),
    ...(options.secondary ? { secondaryFile: options.secondary } : {}),
  });
  const interrupt = new AbortController();
  process.once('SIGINT', () =>
    interrupt.abort(new AncError('INTERRUPTED', 'interrupted; nothing was written')),
  );
  const simulation = await reference.simulate({
    paths,
    ...(await soundOf(options.noise ?? board.acoustics.noise)),
    seconds: positiveNumber('seconds', options.seconds),
    levelDb: decibels('level-db', options.levelDb),
    micNoiseDb: decibels('mic-noise-db', options.micNoiseDb),
    seed: wholeNumber('seed', options.seed, 0, 0xffffffff),
    latencySamples,
    settings: settingsOf(options.set ?? []),
    secondaryModel: oneOf('secondary-model', options.secondaryModel, ['exact', 'none']),
    algorithm: options.algorithm ?? defaultAlgorithm(ALGORITHMS, engine),
    ...(engine ? { arithmetic: engine } : {}),
    ...(engine === 'f32' ? { f32: await coreControllers() } : {}),
    ...(options.identify ? { identify: reference.excitationNamed(options.identify) } : {}),
    bound: await findBound(options, paths.label, latencySamples),
    onProgress: (done) => progress(`simulating ${(100 * done).toFixed(0)} %`),
    signal: interrupt.signal,
  });
  endProgress();
  if (options.wav) await writeSounds(options.wav, simulation);
  if (options.html) {
    await writeReport(options.html, reference.reportHtml(simulation));
    note(`report: ${options.html}`);
  }
  result(isJson() ? reference.reportJson(simulation) : null, () =>
    reference.reportText(simulation),
  );
}

/** As the headset does by default; its FxNLMS is in every arithmetic. */
function defaultAlgorithm(
  algorithms: Readonly<Record<string, { arithmetics: readonly string[] }>>,
  engine = 'float64',
): string {
  const preferred = 'normal-equations';
  return algorithms[preferred]?.arithmetics.includes(engine) ? preferred : 'fxnlms';
}

/** @throws CoreError CORE_MISSING; the controllers: CORE_OPTION_INVALID, CORE_OUT_OF_MEMORY */
async function coreControllers(): Promise<ControllerFactory> {
  const { loadCore } = await import('@anc/wasm');
  const core = await loadCore();
  return (algorithm, options) => {
    const session = core.createController(algorithm, options);
    return { output: (x) => session.step(x), adapt: (e) => session.adapt(e) };
  };
}

function listAlgorithms(
  algorithms: Readonly<
    Record<string, { title: string; source: string; arithmetics: readonly string[] }>
  >,
): void {
  const rows = Object.entries(algorithms).map(([name, { title, source, arithmetics }]) => ({
    name,
    title,
    source,
    arithmetics,
  }));
  result(rows, () =>
    rows
      .map(
        ({ name, title, source, arithmetics }) =>
          `${name.padEnd(24)} ${title} (${arithmetics.join(', ')})\n${' '.repeat(25)}${source}`,
      )
      .join('\n'),
  );
}

async function writeSounds(
  folder: string,
  {
    signals,
    setup,
  }: {
    signals: Record<'reference' | 'error' | 'disturbance' | 'output', Float64Array>;
    setup: { sampleRateHz: number };
  },
): Promise<void> {
  const { encodeWav } = await import('@anc/dsp-reference');
  const files = {
    reference: signals.reference,
    'error-on': signals.error,
    'error-off': signals.disturbance,
    'anti-noise': signals.output,
  };
  const { sampleRateHz } = setup;
  for (const [name, channel] of Object.entries(files))
    await writeReport(
      join(folder, `${name}.wav`),
      encodeWav({ sampleRateHz, channels: [channel] }),
    );
  note(
    `sounds: ${Object.keys(files)
      .map((name) => join(folder, `${name}.wav`))
      .join(' ')}`,
  );
}

export function simulate(): Command {
  return new Command('simulate')
    .description('run the canceller offline on noise and paths: attenuation table, sounds, report')
    .option(
      '--noise <name>',
      'cabin, engine, train, pink, white, sine:HZ or a WAV file (default: the board’s)',
    )
    .option(
      '--paths <file>',
      'builtin[:normal|loose], or a path file, with #ear=R for the other ear of a dummy head',
    )
    .option('--ear <ear>', 'L or R of a dummy head')
    .option('--secondary <file>', 'secondary and feedback path for a dummy-head file')
    .option('--board <id>', 'whose latency and defaults to take', 'virtual-lowlatency')
    .option('--latency <samples>', 'from microphone to loudspeaker, instead of the board’s')
    .option(
      '--seconds <s>',
      'length of the run; the tables cover its second half, at most 10 s',
      '20',
    )
    .option('--level-db <db>', 'RMS at the reference microphone, dBFS', '-23')
    .option('--mic-noise-db <db>', 'RMS of each microphone’s noise, dBFS', '-90')
    .option('--seed <n>', 'of everything random', '1')
    .option(
      '--set <name=value>',
      'a parameter, may be given again',
      (entry: string, all: string[] = []) => [...all, entry],
    )
    .option(
      '--secondary-model <model>',
      'what the engine knows of the secondary path: exact or none',
      'exact',
    )
    .option(
      '--identify <sound>',
      'measure the secondary path before the run instead: white, mls or sweep',
    )
    .option(
      '--algorithm <name>',
      'normal-equations (default, as the headset), fxnlms, …: help lists them with their papers',
    )
    .option(
      '--engine <arithmetic>',
      'integer (only fxnlms: the firmware’s, sample for sample; its default), float64, or f32: the C core in WebAssembly',
    )
    .option('--bounds <file>', 'bounds.json of the paths (default: looked for beside them)')
    .option('--wav <folder>', 'write reference, error-on, error-off, anti-noise')
    .option('--html <file>', 'write a report with plots')
    .action((options: Options) => run(options));
}
