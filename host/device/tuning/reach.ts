/** Third step: what no causal filter of that length can beat on these paths, for the sound that was recorded. */
import {
  type Band,
  boundFor,
  coherenceBounds,
  convolve,
  type LoopGain,
  loopGain,
  welch,
} from '@anc/dsp-reference';
import { BANDS, byBand, levelsOf } from './levels.ts';

export interface ReachQuestion {
  readonly sampleRateHz: number;
  readonly reference: Float64Array;
  /** at the error microphone without cancelling */
  readonly disturbance: Float64Array;
  /** as identified, latency included */
  readonly secondary: Float64Array;
  /** empty: the loudspeaker is not heard there */
  readonly feedback: Float64Array;
  readonly taps: number;
  readonly outputLimitDb: number;
}

export interface BandReach extends Band {
  /** without cancelling, dBFS */
  readonly offDb: number;
  /** dB, positive is quieter */
  readonly boundDb: number;
  /** what the coherence of both microphones would allow, causal or not; null: too little sound to say */
  readonly coherenceDb: number | null;
}

export interface Reach {
  readonly octaves: readonly BandReach[];
  readonly thirdOctaves: readonly BandReach[];
  readonly band50To1000: BandReach;
  /** of the drive that the best filter asks for, dBFS */
  readonly outputPeakDb: number;
  /** of the best filter with the feedback path */
  readonly loop: LoopGain | null;
}

/** The filter of the bound is held to what the headset's own is: no octave audibly louder, the same limiter. */
export function reachOf(question: ReachQuestion): Reach {
  const { sampleRateHz, reference, disturbance, secondary, taps, outputLimitDb } = question;
  const off = welch(disturbance, sampleRateHz);
  const bound = boundFor(
    {
      reference,
      disturbance,
      filtered: convolve(reference, secondary),
      secondary,
      off,
      sampleRateHz,
    },
    { taps, outputLimitDb, weighting: 'heard' },
  );
  const boundsDb = [
    bound.band50To1000Db,
    ...[...bound.octaves, ...bound.thirdOctaves].map(({ attenuationDb }) => attenuationDb),
  ];
  const coherencesDb = coherenceBounds(reference, disturbance, sampleRateHz, BANDS);
  const offDb = levelsOf({ signals: [disturbance], sampleRateHz })[0]!;
  return {
    ...byBand(
      BANDS.map((band, i) => ({
        ...band,
        offDb: offDb[i]!,
        boundDb: boundsDb[i]!,
        coherenceDb: coherencesDb[i]!,
      })),
    ),
    outputPeakDb: 20 * Math.log10(bound.outputPeak),
    loop: loopGain(bound.weights, question.feedback, sampleRateHz),
  };
}
