import { getBoard } from '@anc/boards';
import { Command } from 'commander';
import { decibels, oneOf, soundOf } from '../offline.ts';
import { endProgress, progress, result } from '../output.ts';
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
}

const silentDb = -200;
/** What has to be gained by taking a cause away for it to be called the limit. */
const worthDb = 3;

interface Limits {
  readonly boundDb: number;
  readonly withoutLatencyDb: number;
  readonly withoutMicNoiseDb: number;
  readonly outputPeak: number;
}

/** One sentence: what keeps this headset from more. */
export function limitOf({
  boundDb,
  withoutLatencyDb,
  withoutMicNoiseDb,
  outputPeak,
}: Limits): string {
  if (outputPeak > 1) {
    const missing = (20 * Math.log10(outputPeak)).toFixed(1);
    return `Driver headroom limits it: the best filter needs ${missing} dB more output than there is.`;
  }
  if (withoutLatencyDb - boundDb >= worthDb)
    return `Latency limits it: without any it would be ${withoutLatencyDb.toFixed(1)} dB.`;
  if (withoutMicNoiseDb - boundDb >= worthDb)
    return `The microphones' noise limits it: without any it would be ${withoutMicNoiseDb.toFixed(1)} dB.`;
  return 'The acoustics limit it: how early and how coherently the reference microphone hears what reaches the ear.';
}

async function run(options: Options): Promise<void> {
  const reference = await import('@anc/dsp-reference');
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
  const { noise: sound, noiseName } = await soundOf(options.noise ?? board.acoustics.noise);
  const count = Math.round(48000 * positiveNumber('seconds', options.seconds));
  const levelDb = decibels('level-db', options.levelDb);
  const made =
    typeof sound === 'string'
      ? reference.makeNoise(sound, count, { levelDb })
      : scaled(sound.subarray(0, count), levelDb, reference.rms);
  const micNoiseDb = decibels('mic-noise-db', options.micNoiseDb);
  const taps = wholeNumber('taps', options.taps, 1, 4096);
  const at = (latency: number, noiseDb: number) => {
    progress('computing the best causal filter …');
    return reference.wienerBound({
      paths,
      noise: made,
      latencySamples: latency,
      taps,
      micNoiseDb: noiseDb,
    });
  };
  const bound = at(latencySamples, micNoiseDb);
  const limit = limitOf({
    boundDb: bound.band50To1000Db,
    withoutLatencyDb: at(0, micNoiseDb).band50To1000Db,
    withoutMicNoiseDb: at(latencySamples, silentDb).band50To1000Db,
    outputPeak: bound.outputPeak,
  });
  endProgress();
  const { octaves, thirdOctaves, band50To1000Db, outputPeak } = bound;
  const setup = { paths: paths.label, noise: noiseName, latencySamples, taps, levelDb, micNoiseDb };
  result(
    {
      setup,
      octaves,
      thirdOctaves,
      band50To1000Db,
      outputPeakDb: 20 * Math.log10(outputPeak),
      limit,
    },
    () =>
      [
        `What a causal feed-forward filter of ${taps} taps can take away at best: ${paths.label}, ${noiseName} at ${levelDb} dBFS, latency ${latencySamples} samples,`,
        `microphone noise ${micNoiseDb} dBFS, exact secondary path. Least squares at the error microphone; dB, positive is quieter.`,
        '',
        `octave, Hz ${octaves.map(({ centreHz }) => String(centreHz).padStart(7)).join('')}   50-1000 Hz`,
        `dB         ${octaves.map(({ attenuationDb }) => attenuationDb.toFixed(1).padStart(7)).join('')}   ${band50To1000Db.toFixed(1).padStart(10)}`,
        '',
        limit,
      ].join('\n'),
  );
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
    .action((options: Options) => run(options));
}
