/** Whether one of two settings leaves less sound than the other: by band, and in one sentence. */
import { aWeightedPower } from '../measures/a-weighting.ts';
import { bandPower, type PowerSpectrum, THIRD_OCTAVES } from '../simulate/bands.ts';
import { pairedDifference, type PairedDifference } from './paired.ts';

/**
 * Probability of any difference being found where there is none: half of it for the A-weighted level, half shared equally by
 * the bands (Bonferroni), so it holds however bands go together. At 2 % one such finding in a hundred runs is usual, six
 * have a probability below 2 %.
 */
export const FAMILY_ERROR = 0.02;

/** 50 Hz to 8 kHz. */
export const COMPARED_BANDS = THIRD_OCTAVES.filter(({ centreHz }) => centreHz >= 50);

const SILENCE_DB = -120;

/** Levels of some seconds of one setting, in dBFS; `bands` as COMPARED_BANDS. */
export interface ResidualLevels {
  readonly aWeightedDb: number;
  readonly bandsDb: readonly number[];
  /** As far as the noise itself was louder or quieter in those seconds: levels of the reference microphone. */
  readonly reference: { readonly aWeightedDb: number; readonly bandsDb: readonly number[] };
}

export interface ComparedLevel extends PairedDifference {
  readonly aDb: number;
  readonly bDb: number;
}

export interface ComparedBand extends ComparedLevel {
  readonly centreHz: number;
}

/** Differences are B − A in dB: negative = B leaves less. */
export interface Comparison {
  readonly pairs: number;
  readonly familyError: number;
  readonly aWeighted: ComparedLevel;
  /** Without bands in which there is no sound. */
  readonly bands: readonly ComparedBand[];
  readonly verdict: 'no difference' | 'A is quieter' | 'B is quieter' | 'mixed';
  readonly sentence: string;
}

function levels(spectrum: PowerSpectrum) {
  const db = (power: number) => 10 * Math.log10(Math.max(1e-20, power));
  return {
    aWeightedDb: db(aWeightedPower(spectrum)),
    bandsDb: COMPARED_BANDS.map(({ lowHz, highHz }) => db(bandPower(spectrum, lowHz, highHz))),
  };
}

export function residualLevels(error: PowerSpectrum, reference: PowerSpectrum): ResidualLevels {
  return { ...levels(error), reference: levels(reference) };
}

type Pair = readonly [a: ResidualLevels, b: ResidualLevels];
type LevelOf = (levels: Omit<ResidualLevels, 'reference'>) => number;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Residual over reference, so that a noise that swells between two halves of a pair is no difference. */
function compareLevel(pairs: readonly Pair[], levelOf: LevelOf, error: number): ComparedLevel {
  const relative = (one: ResidualLevels) => levelOf(one) - levelOf(one.reference);
  const differences = pairs.map(([a, b]) => relative(b) - relative(a));
  return {
    aDb: mean(pairs.map(([a]) => levelOf(a))),
    bDb: mean(pairs.map(([, b]) => levelOf(b))),
    ...pairedDifference(differences, error),
  };
}

function hasSound(pairs: readonly Pair[], band: number): boolean {
  return pairs.every((pair) =>
    pair.every(
      ({ bandsDb, reference }) =>
        bandsDb[band]! > SILENCE_DB && reference.bandsDb[band]! > SILENCE_DB,
    ),
  );
}

/** @throws DspError STATISTICS_INVALID with fewer than three pairs */
export function compareResiduals(pairs: readonly Pair[]): Comparison {
  const aWeighted = compareLevel(pairs, (one) => one.aWeightedDb, FAMILY_ERROR / 2);
  const heard = COMPARED_BANDS.map((band, i) => ({ ...band, i })).filter(({ i }) =>
    hasSound(pairs, i),
  );
  const bands = heard.map(({ centreHz, i }) => ({
    centreHz,
    ...compareLevel(pairs, (one) => one.bandsDb[i]!, FAMILY_ERROR / 2 / heard.length),
  }));
  const found = { pairs: pairs.length, familyError: FAMILY_ERROR, aWeighted, bands };
  const verdict = verdictOf(aWeighted, bands);
  return { ...found, verdict, sentence: sentenceOf(verdict, aWeighted, bands) };
}

function verdictOf(
  aWeighted: ComparedLevel,
  bands: readonly ComparedBand[],
): Comparison['verdict'] {
  if (aWeighted.isDifferent) return aWeighted.mean < 0 ? 'B is quieter' : 'A is quieter';
  const signs = new Set(bands.filter((b) => b.isDifferent).map((b) => Math.sign(b.mean)));
  if (signs.size === 0) return 'no difference';
  if (signs.size > 1) return 'mixed';
  return signs.has(-1) ? 'B is quieter' : 'A is quieter';
}

const dB = (value: number) => Math.abs(value).toFixed(1);

function range({ low, high }: PairedDifference): string {
  const [near, far] = [low, high].sort((a, b) => Math.abs(a) - Math.abs(b)) as [number, number];
  return `${dB(near)} to ${dB(far)} dB`;
}

function names(bands: readonly ComparedBand[]): string {
  return `${bands.map(({ centreHz }) => centreHz).join(', ')} Hz`;
}

function sentenceOf(
  verdict: Comparison['verdict'],
  aWeighted: ComparedLevel,
  bands: readonly ComparedBand[],
): string {
  const different = bands.filter((band) => band.isDifferent);
  if (verdict === 'no difference') {
    const most = Math.max(Math.abs(aWeighted.low), Math.abs(aWeighted.high));
    return `No difference was found: A-weighted it is at most ${dB(most)} dB, if there is one.`;
  }
  const quieterB = different.filter((band) => band.mean < 0);
  const quieterA = different.filter((band) => band.mean > 0);
  if (verdict === 'mixed')
    return `B is quieter at ${names(quieterB)}, A at ${names(quieterA)}; A-weighted no difference was found.`;
  const winner = verdict === 'B is quieter' ? 'B' : 'A';
  const [where, against] = winner === 'B' ? [quieterB, quieterA] : [quieterA, quieterB];
  if (!aWeighted.isDifferent)
    return `${winner} is quieter at ${names(where)}; A-weighted no difference was found.`;
  const largest = [...where].sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean))[0];
  return [
    `${winner} is quieter by ${dB(aWeighted.mean)} dB A-weighted (${range(aWeighted)})`,
    ...(largest
      ? [`most at ${largest.centreHz} Hz: ${dB(largest.mean)} dB (${range(largest)})`]
      : []),
    ...(against.length > 0 ? [`and louder at ${names(against)}`] : []),
  ]
    .join(', ')
    .concat('.');
}
