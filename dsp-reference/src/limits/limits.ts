/** What a headset can reach by band, and what keeps it from more. */
import { DspError } from '../errors.ts';
import { coherenceBounds } from '../measures/coherence-bound.ts';
import {
  BAND_50_TO_1000,
  type Band,
  bandPower,
  OCTAVES,
  THIRD_OCTAVES,
  welch,
} from '../simulate/bands.ts';
import { antiNoiseOf } from '../best-filter.ts';
import { wienerBound } from '../wiener.ts';
import { latenessOf, predictionError } from './lateness.ts';
import { withoutRollOff } from './roll-off.ts';
import { attenuationIn, filteredReference, hear, type Situation } from './signals.ts';

export interface LimitsOptions extends Situation {
  /** of the filter, 1..4096 */
  readonly taps: number;
  /** largest magnitude of the loudspeaker's drive, dBFS */
  readonly outputLimitDb: number;
  /** before each of the filters that are computed */
  readonly onProgress?: (what: string) => void;
}

/** dB, positive is quieter; null where the noise has no energy. */
export interface BandLimits extends Band {
  /** reference microphone over error microphone */
  readonly passiveDb: number | null;
  /** causal filter, loudspeaker of any strength */
  readonly attenuationDb: number | null;
  /** causal filter behind the limiter of the loudspeaker's drive */
  readonly withinDriveDb: number | null;
  /** what of the sound is coherent with the reference microphone, its noise included; causal or not */
  readonly coherenceDb: number | null;
  /** best prediction of the sound over the lateness of the loop, paths without shape; null also when it is in time */
  readonly latenessDb: number | null;
}

export const CAUSES = [
  'latency',
  'microphone noise',
  'low-frequency gain',
  'driver headroom',
] as const;
export type CauseName = (typeof CAUSES)[number];

/** What taking one cause away would bring. */
export interface Cause {
  readonly name: CauseName;
  /** 50–1000 Hz */
  readonly gainDb: number;
  /** the octave from 63 Hz to 1 kHz where it brings most */
  readonly octaveHz: number;
  readonly octaveGainDb: number;
  readonly octaveWithoutDb: number;
}

export interface Limits {
  readonly octaves: readonly BandLimits[];
  readonly thirdOctaves: readonly BandLimits[];
  readonly band50To1000: BandLimits;
  /** of the filter that knows no limit, 1 is full scale */
  readonly outputPeak: number;
  /** of the anti-noise behind the noise at the ear; 0 or less is in time */
  readonly latenessSamples: number;
  /** the one that brings most in one octave first */
  readonly causes: readonly Cause[];
}

/** What a cause has to bring in some octave to be called the limit. */
const WORTH_DB = 3;
/** Causes that bring as much as the best to within this: the first of CAUSES is meant, the others follow from it. */
const TIE_DB = 1;

/** What limits most; null where none of the causes is worth it: the acoustics do. */
export function limitingCause({ causes }: Pick<Limits, 'causes'>): Cause | null {
  const most = causes.reduce((best, c) => Math.max(best, c.octaveGainDb), 0);
  if (most < WORTH_DB) return null;
  const tied = causes.filter((c) => c.octaveGainDb >= most - TIE_DB);
  return CAUSES.map((name) => tied.find((c) => c.name === name)).find((c) => c) ?? null;
}

const NO_MIC_NOISE_DB = -200;
/** Coherence is free of what arrives first: the reference may hear the sound so much later. */
const AHEAD_SAMPLES = 512;
const ALIGN_TAPS = 2048;
const SEGMENT_SAMPLES = 16384;
const CAUSE_OCTAVES = OCTAVES.filter(({ centreHz }) => centreHz <= 1000);
const BANDS = [BAND_50_TO_1000, ...OCTAVES, ...THIRD_OCTAVES];

interface Reachable {
  readonly outputPeak: number;
  /** in each of BANDS */
  readonly anyDrive: readonly (number | null)[];
  readonly withinDrive: readonly (number | null)[];
}

/** @throws DspError BOUND_INVALID */
export function headsetLimits(options: LimitsOptions): Limits {
  if (options.noise.every((v) => v === 0)) {
    throw new DspError(
      'BOUND_INVALID',
      `The noise is silent: ${options.noise.length} samples of 0.`,
      {
        hint: 'Take another recording, or one of the generated noises.',
      },
    );
  }
  const now = reachable(options, 'the best causal filter');
  const { x, d } = hear(options);
  const rate = options.paths.sampleRateHz;
  const [outside, off] = [welch(x, rate), welch(d, rate)];
  options.onProgress?.('the coherence');
  const coherence = coherenceBounds(
    x.subarray(AHEAD_SAMPLES),
    d.subarray(0, d.length - AHEAD_SAMPLES),
    rate,
    BANDS,
    { taps: ALIGN_TAPS, segmentSamples: SEGMENT_SAMPLES },
  );
  const latenessSamples = latenessOf(options.paths, options.latencySamples);
  options.onProgress?.('the prediction over the lateness');
  const unpredicted =
    latenessSamples > 0
      ? welch(predictionError(d, latenessSamples, options.micNoiseDb), rate)
      : null;
  const bands = BANDS.map((band, i): BandLimits => {
    const isSilent = now.anyDrive[i] === null;
    return {
      ...band,
      passiveDb: isSilent
        ? null
        : 10 *
          Math.log10(
            bandPower(outside, band.lowHz, band.highHz) / bandPower(off, band.lowHz, band.highHz),
          ),
      attenuationDb: now.anyDrive[i]!,
      withinDriveDb: now.withinDrive[i]!,
      coherenceDb: isSilent ? null : coherence[i]!,
      latenessDb: unpredicted && attenuationIn(band, off, unpredicted),
    };
  });
  return {
    band50To1000: bands[0]!,
    octaves: bands.slice(1, 1 + OCTAVES.length),
    thirdOctaves: bands.slice(1 + OCTAVES.length),
    outputPeak: now.outputPeak,
    latenessSamples,
    causes: causesOf(options, now),
  };
}

/** The best filter without limit, and behind the limiter where that one needs more. */
function reachable(options: LimitsOptions, what: string): Reachable {
  const { paths } = options;
  options.onProgress?.(what);
  const { x, d } = hear(options);
  const off = welch(d, paths.sampleRateHz);
  const filtered = filteredReference(x, options);
  const secondary = new Float64Array(paths.secondary.length + options.latencySamples);
  secondary.set(paths.secondary, options.latencySamples);
  const levels = (weights: Float64Array, outputLimit: number) => {
    const anti = antiNoiseOf({ reference: x, filtered, secondary, outputLimit }, weights);
    const on = welch(
      d.map((v, n) => v + anti[n]!),
      paths.sampleRateHz,
    );
    return BANDS.map((band) => attenuationIn(band, off, on));
  };
  const { weights, outputPeak } = wienerBound({ ...options, outputLimitDb: Infinity });
  const anyDrive = levels(weights, Infinity);
  const drivePeak = 10 ** (options.outputLimitDb / 20);
  if (outputPeak <= drivePeak) return { outputPeak, anyDrive, withinDrive: anyDrive };
  options.onProgress?.(`${what}, within the drive`);
  return { outputPeak, anyDrive, withinDrive: levels(wienerBound(options).weights, drivePeak) };
}

function causesOf(options: LimitsOptions, now: Reachable): Cause[] {
  const without: Record<CauseName, () => readonly (number | null)[]> = {
    latency: () => reachable({ ...options, latencySamples: 0 }, 'no latency').withinDrive,
    'microphone noise': () =>
      reachable({ ...options, micNoiseDb: NO_MIC_NOISE_DB }, 'no microphone noise').withinDrive,
    'low-frequency gain': () =>
      reachable({ ...options, paths: withoutRollOff(options.paths) }, 'more low frequencies')
        .withinDrive,
    'driver headroom': () => now.anyDrive,
  };
  return CAUSES.map((name) => causeOf(name, now.withinDrive, without[name]())).sort(
    (a, b) => b.octaveGainDb - a.octaveGainDb,
  );
}

function causeOf(
  name: CauseName,
  withIt: readonly (number | null)[],
  without: readonly (number | null)[],
): Cause {
  const gain = (i: number) => (without[i] ?? 0) - (withIt[i] ?? 0);
  const octaves = CAUSE_OCTAVES.map(({ centreHz }, k) => ({ centreHz, i: 1 + k }));
  // an octave that stays louder than off has gained nothing that anybody wants
  const isWorth = ({ i }: { i: number }) => (without[i] ?? 0) > 0;
  const most = octaves.reduce((best, o) =>
    isWorth(o) && (!isWorth(best) || gain(o.i) > gain(best.i)) ? o : best,
  );
  return {
    name,
    gainDb: gain(0),
    octaveHz: most.centreHz,
    octaveGainDb: isWorth(most) ? gain(most.i) : 0,
    octaveWithoutDb: without[most.i] ?? 0,
  };
}
