import { resolve } from 'node:path';
import { AncError } from '@anc/link';
import { Command } from 'commander';
import { oneOf } from '../offline.ts';
import { endProgress, note, progress, result } from '../output.ts';
import { wholeNumber } from '../session.ts';

interface Options {
  primary: string;
  reference?: string;
  lineEnhancer?: true;
  delay?: string;
  engine: string;
  taps: string;
  step?: string;
  leak?: string;
  epsilon?: string;
  out?: string;
  outPeriodic?: string;
}

/** Of the filter behind the coherence: that of a short canceller would call the rest of the path incoherent. */
const alignTaps = 1024;
/** Before that there is nothing to wait for. */
const progressAfterMs = 1000;
/** 10 ms at 48 kHz: speech and most noise forget within that, tones do not. */
const defaultDelay = 480;

/** A line enhancer's primary is nearly all wanted sound to its filter: small steps. FDAF takes one a block. */
function defaultStep(engine: string, delay: number | null): string {
  if (delay === null) return '0.5';
  return engine === 'fdaf' ? '0.1' : '0.005';
}

function numberIn(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new AncError('USAGE', `--${name} takes a number ${min}..${max}, not '${text}'`);
}

function settingsOf<E extends string>(options: Options, engineNames: readonly E[]) {
  const engine = oneOf('engine', options.engine, engineNames);
  const taps = wholeNumber('taps', options.taps, 1, 4096);
  const delay = options.lineEnhancer
    ? wholeNumber('delay', options.delay ?? String(defaultDelay), 1, 48000)
    : null;
  const stepSize = numberIn('step', options.step ?? defaultStep(engine, delay), 0, 2);
  const { leak, epsilon } = options;
  return {
    engine,
    taps,
    delay,
    stepSize,
    ...(leak === undefined ? {} : { leak: numberIn('leak', leak, 0, 0.999999) }),
    ...(epsilon === undefined ? {} : { epsilon: numberIn('epsilon', epsilon, 0, 1e9) }),
  };
}

function checkUse({ reference, lineEnhancer, delay, outPeriodic }: Options): void {
  if (lineEnhancer && reference !== undefined)
    throw new AncError('USAGE', '--line-enhancer has no --reference: it is the primary itself.', {
      hint: 'Leave one of the two out.',
    });
  if (!lineEnhancer && reference === undefined)
    throw new AncError('USAGE', 'There is neither --reference nor --line-enhancer.', {
      hint: 'Give the recording of the noise; with one microphone, --line-enhancer takes periodic noise out.',
    });
  for (const [name, value] of Object.entries({ delay, 'out-periodic': outPeriodic }))
    if (!lineEnhancer && value !== undefined)
      throw new AncError('USAGE', `--${name} is of the line enhancer.`, {
        hint: `Leave it out, or give --line-enhancer instead of --reference.`,
      });
}

/** No result over a recording or over the other result. */
function checkOut({ primary, reference, out, outPeriodic }: Options): void {
  const taken = [primary, ...(reference === undefined ? [] : [reference])].map((f) => resolve(f));
  for (const file of [out, outPeriodic]) {
    if (file === undefined) continue;
    if (taken.includes(resolve(file)))
      throw new AncError('USAGE', `${file} would overwrite a recording or the other result.`, {
        hint: 'Take another name for the result.',
      });
    taken.push(resolve(file));
  }
}

async function run(options: Options): Promise<void> {
  const cancel = await import('../../cancel/index.ts');
  const { coherenceBound, encodeWav, rms } = await import('@anc/dsp-reference');
  checkUse(options);
  const { delay, ...settings } = settingsOf(options, cancel.engineNames);
  const { engine, taps } = settings;
  checkOut(options);
  const { sampleRateHz, x, d, format, notes } =
    options.reference === undefined
      ? await cancel.readPrimary(options.primary)
      : await cancel.readInputs(options.reference, options.primary);
  notes.forEach(note);
  const outFormat = cancel.outputFormat(engine, format);
  const ioBits = cancel.bitsOf[outFormat];

  const interrupt = new AbortController();
  process.once('SIGINT', () =>
    interrupt.abort(new AncError('INTERRUPTED', 'interrupted; nothing was written')),
  );
  const asked = { ...settings, ioBits: ioBits === 64 ? 32 : ioBits } as const;
  const canceller =
    delay === null
      ? await cancel.createCanceller(asked)
      : await cancel.createEnhancer({ ...asked, delay });
  const start = performance.now();
  const { e, elapsedMs } = await cancel.runCanceller(canceller, x, d, {
    sampleRateHz,
    signal: interrupt.signal,
    onProgress: (done) => {
      if (performance.now() - start > progressAfterMs)
        progress(`cancelling ${(100 * done).toFixed(0)} %`);
    },
  });
  endProgress();
  const periodic = d.map((v, n) => v - e[n]!);
  const bound =
    delay === null ? coherenceBound(x, d, sampleRateHz, { taps: Math.max(taps, alignTaps) }) : null;
  const encoded = (
    [
      [options.out, e],
      [options.outPeriodic, periodic],
    ] as const
  ).flatMap(([file, sound]) =>
    file === undefined
      ? []
      : [{ file, bytes: encodeWav({ sampleRateHz, channels: [sound] }, outFormat) }],
  );
  interrupt.signal.throwIfAborted();
  for (const { file, bytes } of encoded) await cancel.writeWhole(file, bytes);
  report({
    engine,
    delaySamples: delay,
    taps,
    stepSize: settings.stepSize,
    leak: settings.leak ?? 0,
    samples: d.length,
    sampleRateHz,
    ioBits,
    ...cancel.measure(d, e, outFormat),
    periodicDb: delay === null ? null : cancel.ratioDb(rms(periodic), rms(d)),
    coherenceBoundDb: bound?.boundDb ?? null,
    coherenceMethod: bound
      ? `Welch, Hann, ${bound.segments} segments of ${bound.segmentSamples} samples, reference aligned by least squares, weighted by the primary’s power`
      : null,
    xRealTime: (1000 * d.length) / sampleRateHz / elapsedMs,
    out: options.out ?? null,
    outPeriodic: options.outPeriodic ?? null,
    outFormat,
  });
}

interface Report {
  readonly engine: string;
  /** of the line enhancer, else null */
  readonly delaySamples: number | null;
  readonly taps: number;
  readonly stepSize: number;
  readonly leak: number;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly ioBits: number;
  readonly reductionDb: number | null;
  readonly reductionLastHalfDb: number | null;
  /** level of what the line enhancer took out over the primary's */
  readonly periodicDb: number | null;
  readonly coherenceBoundDb: number | null;
  readonly coherenceMethod: string | null;
  readonly outputPeakDb: number | null;
  readonly clippedSamples: number;
  readonly xRealTime: number;
  readonly out: string | null;
  readonly outPeriodic: string | null;
  readonly outFormat: string;
}

function report(r: Report): void {
  const db = (value: number | null) => (value === null ? '–' : `${value.toFixed(2)} dB`);
  const seconds = (r.samples / r.sampleRateHz).toFixed(2);
  const what = r.delaySamples === null ? '' : ` line enhancer, delay ${r.delaySamples} samples,`;
  const written = [r.out, r.outPeriodic].filter((file) => file !== null);
  result(r, () =>
    [
      `${r.engine},${what} ${r.taps} taps, step ${r.stepSize}, ${r.ioBits}-bit samples: ${r.samples} samples, ${seconds} s at ${r.sampleRateHz} Hz`,
      `noise reduction, RMS of primary over error   ${db(r.reductionDb)} whole run, ${db(r.reductionLastHalfDb)} last half`,
      ...(r.delaySamples === null
        ? [
            `coherence bound, −10 log10(1 − γ²)           ${db(r.coherenceBoundDb)}`,
            `  ${r.coherenceMethod ?? 'too little sound to estimate it'}`,
          ]
        : [`periodic part over the primary               ${db(r.periodicDb)}`]),
      `output peak                                  ${r.outputPeakDb === null ? 'silent' : `${r.outputPeakDb.toFixed(2)} dBFS`}, ${r.clippedSamples} samples clipped`,
      `speed                                        ${r.xRealTime.toFixed(1)} × real time`,
      ...written.map((f) => `written                                      ${f} (${r.outFormat})`),
    ].join('\n'),
  );
}

export function cancel(): Command {
  return new Command('cancel')
    .description(
      'take what a reference recording explains out of a primary recording: e = primary − w ∗ reference; or, with one microphone, what is periodic',
    )
    .requiredOption('--primary <file>', 'WAV: the wanted sound with the noise')
    .option('--reference <file>', 'WAV: the noise, recorded at the same time')
    .option('--line-enhancer', 'no reference: take out what the primary itself foretells')
    .option(
      '--delay <samples>',
      'of the line enhancer, 1..48000: longer than the wanted sound is like itself (default 480)',
    )
    .option(
      '--engine <name>',
      'float64, f32, fdaf (frequency domain, f32), q31 (27-bit data), q15 (16-bit data)',
      'float64',
    )
    .option(
      '--taps <n>',
      'of the filter; all but float64: a multiple of 16, fdaf of 32; integer engines at most 1024',
      '512',
    )
    .option(
      '--step <µ>',
      'of NLMS, 0..2: large is fast, small is exact (default 0.5; line enhancer 0.005, with fdaf 0.1)',
    )
    .option(
      '--leak <share>',
      'of each weight that is forgotten a sample (float64, f32; fdaf: a block; default 0)',
    )
    .option(
      '--epsilon <ε>',
      'beside the energy of the reference (float64, f32, fdaf; default 1e-12)',
    )
    .option('--out <file>', 'write the error, in the format of the primary; float64: 64-bit float')
    .option('--out-periodic <file>', 'write what the line enhancer took out, likewise')
    .action((options: Options) => run(options));
}
