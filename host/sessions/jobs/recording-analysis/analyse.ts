import {
  bandPower,
  coherence,
  coherenceBound,
  coherenceBounds,
  levelDb,
  OCTAVES,
  THIRD_OCTAVES,
  type WavFile,
  welch,
} from '@anc/dsp-reference';
import type { Core } from '@anc/wasm';
import { measure } from '../../../cancel/measure.ts';
import { dbOf, rounded } from '../decibel.ts';
import { noiseOf, type NoiseEstimate } from './noise-of.ts';

export interface RecordingAnalysis {
  readonly sampleRateHz: number;
  readonly durationSeconds: number;
  /** from the start; the rest is not looked at */
  readonly analysedSeconds: number;
  readonly channels: readonly ChannelFigures[];
  /** of the first two channels: primary and reference; null of one channel, or of too little sound */
  readonly pair: PairFigures | null;
  readonly methods: Readonly<Record<'levels' | 'noise' | 'pair', string>>;
}

export interface ChannelFigures {
  /** RMS; null of silence */
  readonly levelDbfs: number | null;
  readonly peakDbfs: number | null;
  /** peak over RMS, dB */
  readonly crestDb: number | null;
  /** at or beyond the largest value of the file's format */
  readonly clippedSamples: number;
  readonly mean: number;
  readonly thirdOctaves: readonly { readonly centreHz: number; readonly dbfs: number | null }[];
  readonly noise: NoiseEstimate;
}

export interface PairFigures {
  /** the most that a linear canceller takes away of the primary, full band, dB */
  readonly boundDb: number;
  readonly octaves: readonly {
    readonly centreHz: number;
    /** 0..1 */
    readonly coherence: number | null;
    readonly boundDb: number | null;
  }[];
  readonly seconds: number;
}

const methods = {
  levels:
    'levels in dBFS re full-scale square wave, full-scale sine = −3.01; one-third octaves of IEC 61260-1, Welch, Hann windows of up to 16384 samples, half overlap; crest: peak over RMS',
  noise: 'the classifier of live sessions, one decision a second: the kind of most seconds',
  pair: 'electrical, second channel as the reference of the first: γ² by Welch, weighted with the power of the primary; bound −10·log10 of the incoherent share of the primary’s power behind the least-squares filter of 512 taps (Widrow et al. 1975; Carter 1987); no canceller reaches more, a real one less',
};

/** What takes more than seconds of a core is left out. */
const secondsMost = 600;
const pairSecondsMost = 60;

export function analyseRecording(core: Core, wav: WavFile): RecordingAnalysis {
  const { channels, sampleRateHz, format } = wav;
  const samples = channels[0]?.length ?? 0;
  const used = channels.map((channel) => channel.subarray(0, secondsMost * sampleRateHz));
  return {
    sampleRateHz,
    durationSeconds: samples / sampleRateHz,
    analysedSeconds: (used[0]?.length ?? 0) / sampleRateHz,
    channels: used.map((channel) => figuresOf(core, channel, sampleRateHz, format)),
    pair: used.length < 2 ? null : pairOf(used[0]!, used[1]!, sampleRateHz),
    methods,
  };
}

function figuresOf(
  core: Core,
  signal: Float64Array,
  sampleRateHz: number,
  format: WavFile['format'],
): ChannelFigures {
  const { outputPeakDb, clippedSamples } = measure(signal, signal, format);
  const level = levelDb(signal);
  const levelDbfs = Number.isFinite(level) ? level : null;
  const spectrum = welch(signal, sampleRateHz);
  return {
    levelDbfs: rounded(levelDbfs),
    peakDbfs: rounded(outputPeakDb),
    crestDb: levelDbfs === null || outputPeakDb === null ? null : rounded(outputPeakDb - levelDbfs),
    clippedSamples,
    mean: signal.length === 0 ? 0 : signal.reduce((sum, v) => sum + v, 0) / signal.length,
    thirdOctaves: THIRD_OCTAVES.filter(({ highHz }) => highHz < sampleRateHz / 2).map(
      ({ centreHz, lowHz, highHz }) => ({
        centreHz,
        dbfs: rounded(dbOf(bandPower(spectrum, lowHz, highHz))),
      }),
    ),
    noise: noiseOf(core, signal, sampleRateHz),
  };
}

function pairOf(
  primary: Float64Array,
  reference: Float64Array,
  sampleRateHz: number,
): PairFigures | null {
  const most = pairSecondsMost * sampleRateHz;
  const [d, x] = [primary.subarray(0, most), reference.subarray(0, most)];
  const bound = coherenceBound(x, d, sampleRateHz);
  if (bound === null) return null;
  const bands = OCTAVES.filter(({ highHz }) => highHz < sampleRateHz / 2);
  const bounds = coherenceBounds(x, d, sampleRateHz, bands);
  const { gammaSquared, yPower, stepHz } = coherence(x, d, sampleRateHz, bound.segmentSamples);
  return {
    boundDb: rounded(bound.boundDb)!,
    octaves: bands.map(({ centreHz, lowHz, highHz }, i) => {
      let [coherent, all] = [0, 0];
      for (let k = Math.ceil(lowHz / stepHz); k * stepHz <= highHz; k++) {
        coherent += gammaSquared[k]! * yPower[k]!;
        all += yPower[k]!;
      }
      return {
        centreHz,
        coherence: all === 0 ? null : coherent / all,
        boundDb: rounded(bounds[i]!),
      };
    }),
    seconds: d.length / sampleRateHz,
  };
}
