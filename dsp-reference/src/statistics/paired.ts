import { DspError } from '../errors.ts';
import { studentQuantile, studentTail } from './student-t.ts';

/** The mean of differences measured in pairs, with the interval that holds the true one with probability 1 − `error`. */
export interface PairedDifference {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Probability of a mean so far from zero when there is no difference. */
  readonly p: number;
  /** Whether the interval excludes zero. */
  readonly isDifferent: boolean;
}

/**
 * Paired t: of differences that are about normal, whatever their spread. At least three of them.
 * @throws DspError STATISTICS_INVALID
 */
export function pairedDifference(differences: readonly number[], error: number): PairedDifference {
  const n = differences.length;
  if (n < 3 || !differences.every(Number.isFinite))
    throw new DspError('STATISTICS_INVALID', `${n} differences, three finite ones are needed`);
  if (!(error > 0 && error < 1))
    throw new DspError('STATISTICS_INVALID', `the error is ${error}, not between 0 and 1`);
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (n - 1);
  const standardError = Math.sqrt(variance / n);
  const half = studentQuantile(error, n - 1) * standardError;
  const p =
    standardError > 0 ? studentTail(Math.abs(mean) / standardError, n - 1) : mean === 0 ? 1 : 0;
  const [low, high] = [mean - half, mean + half];
  return { mean, low, high, p, isDifferent: low > 0 || high < 0 };
}
