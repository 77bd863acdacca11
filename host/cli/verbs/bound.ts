import { extname } from 'node:path';
import { getBoard } from '@anc/boards';
import { AncError } from '@anc/link';
import { Command } from 'commander';
import { decibels, oneOf, soundOf, writeReport } from '../offline.ts';
import { endProgress, note, progress, result } from '../output.ts';
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
  taps: string;
  plot?: string;
}

async function run(options: Options): Promise<void> {
  const reference = await import('@anc/dsp-reference');
  const plot = options.plot === undefined ? undefined : plotFile(options.plot);
  const board = getBoard(options.board);
  const latencySamples =
    options.latency === undefined
      ? board.latency.addedSamples
      : wholeNumber('latency', options.latency, 0, 4800);
  const ear = options.ear === undefined ? undefined : oneOf('ear', options.ear, ['L', 'R']);
  const taps = wholeNumber('taps', options.taps, 1, 4096);
  const levelDb = decibels('level-db', options.levelDb);
  const micNoiseDb = decibels('mic-noise-db', options.micNoiseDb);
  const count = Math.round(48000 * positiveNumber('seconds', options.seconds));
  const paths = await reference.readPaths(options.paths ?? board.acoustics.paths, {
    ...(ear ? { ear } : {}),
    ...(options.secondary ? { secondaryFile: options.secondary } : {}),
  });
  const { noise: sound, noiseName } = await soundOf(options.noise ?? board.acoustics.noise);
  const noise =
    typeof sound === 'string'
      ? reference.makeNoise(sound, count, { levelDb })
      : scaled(sound.subarray(0, count), levelDb, reference.rms);
  const { outputLimitDb } = board.limits;
  const asked = { latencySamples, taps, micNoiseDb, outputLimitDb };
  const limits = reference.headsetLimits({
    ...asked,
    paths,
    noise,
    onProgress: (what) => progress(`computing ${what} …`),
  });
  endProgress();
  const { sampleRateHz, label } = paths;
  const setup = { paths: label, noise: noiseName, sampleRateHz, levelDb, ...asked };
  if (plot) {
    const draw = plot.isPage ? reference.limitsHtml : reference.limitsSvg;
    await writeReport(plot.file, draw(limits, setup));
    note(`plot: ${plot.file}`);
  }
  const { outputPeak, band50To1000, ...bands } = limits;
  result(
    {
      setup,
      ...bands,
      band50To1000,
      band50To1000Db: band50To1000.attenuationDb,
      outputPeakDb: 20 * Math.log10(outputPeak),
      limit: reference.limitSentence(limits, setup),
    },
    () => reference.limitsText(limits, setup),
  );
}

function plotFile(file: string): { file: string; isPage: boolean } {
  const ending = extname(file).toLowerCase();
  if (ending === '.svg' || ending === '.html') return { file, isPage: ending === '.html' };
  throw new AncError('USAGE', `--plot takes a file that ends in .svg or .html, not '${file}'`, {
    hint: 'An .svg is the plot alone, an .html has the tables and the sentence, too.',
  });
}

function scaled(
  sound: Float64Array,
  levelDb: number,
  rms: (signal: Float64Array) => number,
): Float64Array {
  const gain = 10 ** (levelDb / 20) / (rms(sound) || 1);
  return sound.map((v) => v * gain);
}

export function bound(): Command {
  return new Command('bound')
    .description(
      'what no controller can beat on these paths, latency and noise, and what limits it',
    )
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
    .option('--seconds <s>', 'of noise that the filter is fitted to', '10')
    .option('--level-db <db>', 'RMS of the noise, dBFS', '-23')
    .option('--mic-noise-db <db>', 'RMS of each microphone’s noise, dBFS', '-90')
    .option('--taps <n>', 'of the filter', '1024')
    .option('--plot <file>', 'by third octave, into an .svg or a whole .html page')
    .action((options: Options) => run(options));
}
