import { resolve } from 'node:path';
import { AncError } from '@anc/link';
import { Command } from 'commander';
import { oneOf } from '../offline.ts';
import { endProgress, note, progress, result } from '../output.ts';
import { wholeNumber } from '../session.ts';

interface Options {
  primary: string;
  reference: string;
  engine: string;
  taps: string;
  step: string;
  leak?: string;
  epsilon?: string;
  out?: string;
}

/** Of the filter behind the coherence: that of a short canceller would call the rest of the path incoherent. */
const alignTaps = 1024;
/** Before that there is nothing to wait for. */
const progressAfterMs = 1000;

function numberIn(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new AncError('USAGE', `--${name} takes a number ${min}..${max}, not '${text}'`);
}

function checkOut({ primary, reference, out }: Options): void {
  if (out === undefined || ![primary, reference].some((file) => resolve(file) === resolve(out)))
    return;
  throw new AncError('USAGE', `--out ${out} would overwrite one of the recordings.`, {
    hint: 'Take another name for the result.',
  });
}

async function run(options: Options): Promise<void> {
  const cancel = await import('../../cancel/index.ts');
  const { coherenceBound, encodeWav } = await import('@anc/dsp-reference');
  const engine = oneOf('engine', options.engine, cancel.engineNames);
  const taps = wholeNumber('taps', options.taps, 1, 4096);
  const stepSize = numberIn('step', options.step, 0, 2);
  const leak = options.leak === undefined ? undefined : numberIn('leak', options.leak, 0, 0.999999);
  const epsilon =
    options.epsilon === undefined ? undefined : numberIn('epsilon', options.epsilon, 0, 1e9);
  checkOut(options);
  const { sampleRateHz, x, d, format, notes } = await cancel.readInputs(
    options.reference,
    options.primary,
  );
  notes.forEach(note);
  const outFormat = cancel.outputFormat(engine, format);
  const ioBits = cancel.bitsOf[outFormat];

  const interrupt = new AbortController();
  process.once('SIGINT', () =>
    interrupt.abort(new AncError('INTERRUPTED', 'interrupted; nothing was written')),
  );
  const canceller = await cancel.createCanceller({
    engine,
    taps,
    stepSize,
    ...(leak === undefined ? {} : { leak }),
    ...(epsilon === undefined ? {} : { epsilon }),
    ioBits: ioBits === 64 ? 32 : ioBits,
  });
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
  const measures = cancel.measure(d, e, outFormat);
  const bound = coherenceBound(x, d, sampleRateHz, { taps: Math.max(taps, alignTaps) });
  if (options.out) {
    const bytes = encodeWav({ sampleRateHz, channels: [e] }, outFormat);
    interrupt.signal.throwIfAborted();
    await cancel.writeWhole(options.out, bytes);
  }
  report({
    engine,
    taps,
    stepSize,
    leak: leak ?? 0,
    samples: d.length,
    sampleRateHz,
    ioBits,
    ...measures,
    coherenceBoundDb: bound?.boundDb ?? null,
    coherenceMethod: bound
      ? `Welch, Hann, ${bound.segments} segments of ${bound.segmentSamples} samples, reference aligned by least squares, weighted by the primary’s power`
      : null,
    xRealTime: (1000 * d.length) / sampleRateHz / elapsedMs,
    out: options.out ?? null,
    outFormat,
  });
}

interface Report {
  readonly engine: string;
  readonly taps: number;
  readonly stepSize: number;
  readonly leak: number;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly ioBits: number;
  readonly reductionDb: number | null;
  readonly reductionLastHalfDb: number | null;
  readonly coherenceBoundDb: number | null;
  readonly coherenceMethod: string | null;
  readonly outputPeakDb: number | null;
  readonly clippedSamples: number;
  readonly xRealTime: number;
  readonly out: string | null;
  readonly outFormat: string;
}

function report(r: Report): void {
  const db = (value: number | null) => (value === null ? '–' : `${value.toFixed(2)} dB`);
  const seconds = (r.samples / r.sampleRateHz).toFixed(2);
  result(r, () =>
    [
      `${r.engine}, ${r.taps} taps, step ${r.stepSize}, ${r.ioBits}-bit samples: ${r.samples} samples, ${seconds} s at ${r.sampleRateHz} Hz`,
      `noise reduction, RMS of primary over error   ${db(r.reductionDb)} whole run, ${db(r.reductionLastHalfDb)} last half`,
      `coherence bound, −10 log10(1 − γ²)           ${db(r.coherenceBoundDb)}`,
      ...(r.coherenceMethod ? [`  ${r.coherenceMethod}`] : ['  too little sound to estimate it']),
      `output peak                                  ${r.outputPeakDb === null ? 'silent' : `${r.outputPeakDb.toFixed(2)} dBFS`}, ${r.clippedSamples} samples clipped`,
      `speed                                        ${r.xRealTime.toFixed(1)} × real time`,
      ...(r.out ? [`written                                      ${r.out} (${r.outFormat})`] : []),
    ].join('\n'),
  );
}

export function cancel(): Command {
  return new Command('cancel')
    .description(
      'take what a reference recording explains out of a primary recording: e = primary − w ∗ reference',
    )
    .requiredOption('--primary <file>', 'WAV: the wanted sound with the noise')
    .requiredOption('--reference <file>', 'WAV: the noise, recorded at the same time')
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
    .option('--step <µ>', 'of NLMS, 0..2: large is fast, small is exact', '0.5')
    .option(
      '--leak <share>',
      'of each weight that is forgotten a sample (float64, f32; fdaf: a block; default 0)',
    )
    .option(
      '--epsilon <ε>',
      'beside the energy of the reference (float64, f32, fdaf; default 1e-12)',
    )
    .option('--out <file>', 'write the error, in the format of the primary; float64: 64-bit float')
    .action((options: Options) => run(options));
}
