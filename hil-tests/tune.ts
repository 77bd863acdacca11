/** One ear of the pack, tuned unattended from factory state as a user does it, and what the recordings say of it. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  bandPower,
  boundFor,
  convolve,
  misalignmentDb,
  OCTAVES,
  readPaths,
  readWav,
  welch,
} from '@anc/dsp-reference';
import { dataFile, ROOT } from '../dsp-reference/src/testing.ts';
import { Device } from '../host/device/index.ts';
import { readTuning, responseOf } from '../host/device/tuning/index.ts';
import { VirtualHeadset } from '../host/testing/virtual-headset.ts';

export interface TunedEar {
  /** below paths/ in the data */
  readonly ear: string;
  readonly recording: string;
}

export interface TunedResult extends TunedEar {
  /** null: accepted; else why the identification was refused, or anything before it */
  readonly refused: string | null;
  /** as the data has it, and as the tuning says */
  readonly measuredFit: string;
  readonly saidFit: string;
  /** of the identified path to the measured one, all frequencies, dB */
  readonly misalignmentDb: number;
  readonly erleDb: number;
  /** after a restart every stored parameter is what the tuning set */
  readonly isStored: boolean;
  /** dB, positive is quieter: error-off over error-on of the same seconds, and the best causal filter for them */
  readonly octaves: readonly {
    readonly centreHz: number;
    readonly attenuationDb: number;
    readonly boundDb: number;
  }[];
}

const OCTAVES_UP_TO_HZ = 1000;
const LATENCY_SAMPLES = 5;
const TURNS = 2;

interface Printed {
  readonly path: { readonly fit: string; readonly identified: { readonly erleDb: number } };
  readonly verification: { readonly onStartSamples: readonly number[] };
  readonly kept: { readonly file: string };
}

const anc = join(ROOT, 'host', 'bin', 'anc.mjs');

async function runTune(
  headset: VirtualHeadset,
  turnSeconds: number,
): Promise<Printed | { refused: string }> {
  const args = ['tune', '--yes', '--json', '--device', headset.tcpUri];
  const rest = ['--turns', String(TURNS), '--turn-seconds', String(turnSeconds)];
  const file = join(headset.folder, 'tuning.json');
  try {
    const run = promisify(execFile)(process.execPath, [anc, ...args, ...rest, '--file', file]);
    return JSON.parse((await run).stdout) as Printed;
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    const last = stderr.trim().split('\n').at(-1) ?? '';
    const { error } = JSON.parse(last) as { error: { code: string } };
    return { refused: error.code };
  }
}

/** What was asked of the store is what a restarted headset has. */
async function isStored(headset: VirtualHeadset, file: string): Promise<boolean> {
  const device = await Device.connect(headset.tcpUri, { cacheDir: headset.folder });
  try {
    const { parameters } = await readTuning(file);
    const states = await device.listParameters();
    return states.every(
      ({ name, value, stored }) =>
        !(name in parameters) || (value === parameters[name] && stored === parameters[name]),
    );
  } finally {
    await device.close();
  }
}

/** The last turn with cancelling on, from the recordings: what the microphones of the plant had, not what the headset says. */
async function achieved(
  folder: string,
  [fromSample, toSample]: readonly [number, number],
  secondary: Float64Array,
) {
  const part = async (name: string) => {
    const { channels } = await readWav(join(folder, `${name}.wav`));
    return Float64Array.from(channels[0]!.subarray(fromSample, toSample));
  };
  const [reference, off, on] = [
    await part('reference'),
    await part('error-off'),
    await part('error-on'),
  ];
  const [offSpectrum, onSpectrum] = [welch(off, 48000), welch(on, 48000)];
  const bound = boundFor(
    {
      ...{ reference, secondary, disturbance: off, off: offSpectrum, sampleRateHz: 48000 },
      filtered: convolve(reference, secondary),
    },
    { latencySamples: LATENCY_SAMPLES, weighting: 'heard', outputLimitDb: -1 },
  );
  return OCTAVES.flatMap(({ centreHz, lowHz, highHz }, i) =>
    centreHz > OCTAVES_UP_TO_HZ
      ? []
      : [
          {
            centreHz,
            attenuationDb:
              10 *
              Math.log10(
                bandPower(offSpectrum, lowHz, highHz) / bandPower(onSpectrum, lowHz, highHz),
              ),
            boundDb: bound.octaves[i]!.attenuationDb,
          },
        ],
  );
}

function latePath(secondary: Float64Array): Float64Array {
  const late = new Float64Array(secondary.length + LATENCY_SAMPLES);
  late.set(secondary, LATENCY_SAMPLES);
  return late;
}

/** Errors: those of anc-virtual, readPaths and readWav. */
export async function tuneEar(
  which: TunedEar,
  { speed, turnSeconds }: { speed: number; turnSeconds: number },
): Promise<TunedResult> {
  const paths = await readPaths(dataFile('paths', which.ear));
  const headset = new VirtualHeadset([
    `--paths=${dataFile('paths', which.ear)}`,
    `--noise=${dataFile('noises', `${which.recording}.wav`)}`,
    `--latency=${LATENCY_SAMPLES}`,
    '--secondary-model=none',
  ]);
  const sound = join(headset.folder, 'sound');
  try {
    await headset.start([`--record=${sound}`, `--speed=${speed}`]);
    const printed = await runTune(headset, turnSeconds);
    await headset.kill('SIGTERM'); // the recordings are whole then
    const common = { ...which, measuredFit: paths.fit };
    if ('refused' in printed)
      return {
        ...{ ...common, refused: printed.refused, saidFit: '', misalignmentDb: NaN, erleDb: NaN },
        ...{ isStored: false, octaves: [] },
      };
    const { file } = printed.kept;
    const { blocks } = await readTuning(file);
    const model = responseOf(Buffer.from(blocks.secondaryModel, 'base64'))!;
    const start = printed.verification.onStartSamples.at(-1)!;
    const end = start + turnSeconds * paths.sampleRateHz;
    const octaves = await achieved(sound, [start, end], paths.secondary);
    await headset.start();
    return {
      ...common,
      refused: null,
      saidFit: printed.path.fit,
      misalignmentDb: misalignmentDb(model, latePath(paths.secondary)),
      erleDb: printed.path.identified.erleDb,
      isStored: await isStored(headset, file),
      octaves,
    };
  } finally {
    await headset.remove();
  }
}

/** That stand still for a minute: with others, turns of off and on would be turns of the noise. */
const RECORDINGS = [
  'car_engine_idle',
  'engine_idle_loop',
  'helicopter_cabin_flight',
  'helicopter_small_idle',
  'train_inside_buenos_aires',
  'vacuum_cleaner',
  'washing_machine_spin',
];
/** Of the ears, at least one. */
const LOOSE_SHARE = 1 / 6;

/** Measured ears and a recording for each, the same for a seed; loose ones are always among them. */
export function earsFor(seed: number, count: number): TunedEar[] {
  const files = readdirSync(dataFile('paths/booth')).filter((name) => name.endsWith('.json'));
  const isLoose = (name: string) => {
    const { fit } = JSON.parse(readFileSync(dataFile('paths/booth', name), 'utf8')) as {
      fit: string;
    };
    return fit.includes('loose');
  };
  let state = seed >>> 0;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const draw = (from: readonly string[], n: number) => {
    const left = [...from].sort();
    return Array.from({ length: n }, () => left.splice(random(left.length), 1)[0]!);
  };
  const loose = draw(files.filter(isLoose), Math.max(1, Math.round(LOOSE_SHARE * count)));
  const others = draw(
    files.filter((name) => !isLoose(name)),
    count - loose.length,
  );
  return [...loose, ...others].map((name) => ({
    ear: `booth/${name}`,
    recording: RECORDINGS[random(RECORDINGS.length)]!,
  }));
}
