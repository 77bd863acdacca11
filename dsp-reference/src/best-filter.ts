/** The best causal filter for signals that are known: unconstrained, or with the constraints of the online controller. */
import { HighPass } from './controllers/high-pass.ts';
import { CUTOFF_HZ, Design } from './controllers/normal-equations/design.ts';
import type { Constraint } from './controllers/normal-equations/design.ts';
import { complex, layoutFor, Statistics } from './controllers/normal-equations/statistics.ts';
import type { Layout } from './controllers/normal-equations/statistics.ts';
import { correlate } from './correlate.ts';
import { fft } from './fft.ts';
import { convolve } from './plant/convolve.ts';
import { solveToeplitz } from './toeplitz.ts';

export interface FilterProblem {
  /** the reference microphone's signal, the same behind the secondary path, and the disturbance; equally long */
  readonly reference: Float64Array;
  readonly filtered: Float64Array;
  readonly disturbance: Float64Array;
  readonly sampleRateHz: number;
  readonly taps: number;
  readonly regularisation: number;
  /** largest magnitude of the drive; Infinity: none */
  readonly outputLimit: number;
}

/** How exactly a constraint is to hold, dB. */
const SETTLED_DB = 0.05;
const EFFORT_DB = { least: -80, most: 80 } as const;

/** Least squares on the signals themselves; where its drive is too much, the effort that just keeps it. */
export function leastSquaresFilter(problem: FilterProblem): Float64Array | null {
  const { reference, filtered, disturbance, taps, regularisation, outputLimit } = problem;
  const auto = correlate(filtered, filtered, taps);
  const right = correlate(disturbance, filtered, taps).map((v) => -v);
  const plain = auto.slice();
  plain[0]! *= 1 + regularisation;
  const best = solveToeplitz(plain, right);
  if (!best || drivePeak(reference, best) <= outputLimit) return best;

  const drive = correlate(reference, reference, taps);
  const share = auto[0]! / drive[0]!;
  const withEffort = (effortDb: number) =>
    solveToeplitz(
      plain.map((v, lag) => v + 10 ** (effortDb / 10) * share * drive[lag]!),
      right,
    );
  let { least, most } = EFFORT_DB as { least: number; most: number };
  let filter: Float64Array | null = best;
  while (filter && most - least > SETTLED_DB / 2) {
    const middle = (least + most) / 2;
    filter = withEffort(middle);
    if (!filter) break;
    const excessDb = 20 * Math.log10(drivePeak(reference, filter) / outputLimit);
    if (excessDb <= 0 && excessDb > -SETTLED_DB) break;
    if (excessDb > 0) least = middle;
    else most = middle;
  }
  return filter;
}

/** Dual ascent stops here at the latest. */
const STEPS_MAX = 200;
/** So many steps apart at most the peak of the drive is measured, not predicted. */
const MEASURE_EVERY = 8;

/** The online controller's own design on the statistics of all of the signal, until it has settled. */
export function constrainedFilter(
  problem: FilterProblem,
  constraint: Constraint,
): Float64Array | null {
  const { reference, sampleRateHz, taps, regularisation, outputLimit } = problem;
  const layout = layoutFor(taps);
  const statistics = statisticsOf(problem, layout);
  const design = new Design(layout, sampleRateHz, { constraint, outputLimit });
  design.effort.hear(peakOf(reference) ** 2, 0);
  for (let step = 1; ; step++) {
    const filter = design.solve(statistics, regularisation);
    if (!filter || step === STEPS_MAX) return filter;
    const isSettled = design.isSettled(SETTLED_DB);
    if (!isSettled && step % MEASURE_EVERY !== 0) continue;
    if (Number.isFinite(outputLimit)) design.effort.hear(drivePeak(reference, filter) ** 2, 0);
    if (design.isSettled(SETTLED_DB)) return filter;
  }
}

function statisticsOf(problem: FilterProblem, layout: Layout): Statistics {
  const statistics = new Statistics(layout);
  const { size, block } = layout;
  const [f, d] = [problem.filtered, problem.disturbance].map((signal) =>
    new HighPass(CUTOFF_HZ, problem.sampleRateHz).process(signal),
  ) as [Float64Array, Float64Array];
  for (let end = block; end <= d.length; end += block) {
    statistics.add(f.subarray(end - block, end), d.subarray(end - block, end), 1);
    if (problem.outputLimit === Infinity) continue;
    const heard = complex(size);
    const recent = problem.reference.subarray(Math.max(0, end - size), end);
    heard.re.set(recent, size - recent.length);
    fft(heard.re, heard.im);
    statistics.addReference(heard, 1);
  }
  return statistics;
}

export function drivePeak(reference: Float64Array, filter: Float64Array): number {
  return peakOf(convolve(reference, filter));
}

function peakOf(signal: Float64Array): number {
  return signal.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}
