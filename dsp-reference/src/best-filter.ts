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
  /** of the loudspeaker to the ear, latency included */
  readonly secondary: Float64Array;
  readonly sampleRateHz: number;
  readonly taps: number;
  readonly regularisation: number;
  /** largest magnitude of the drive, which a limiter cuts there; Infinity: none */
  readonly outputLimit: number;
}

/** A filter for a weight of the effort, dB relative to the power at the ear; null: none. */
type Solve = (effortDb: number | null) => Float64Array | null;

/** Where the limiter acts, weights of the effort are tried at these steps, then around the best. */
const COARSE_DB = { from: -60, to: 20, step: 10 } as const;
const FINER_DB = [5, 2.5] as const;

/**
 * The filter that leaves the least at the ear, 30 Hz and higher; where the loudspeaker is too weak for it the best of
 * those with less drive, each behind the limiter.
 */
export function bestFilter(
  problem: FilterProblem,
  weighting: 'none' | Constraint,
): Float64Array | null {
  const solve =
    weighting === 'none' ? leastSquares(problem) : constrained(problem, weighting as Constraint);
  const free = solve(null);
  if (!free || drivePeak(problem.reference, free) <= problem.outputLimit) return free;
  let best = { effortDb: COARSE_DB.from as number, filter: free, left: leftBy(problem, free) };
  const tryOut = (effortDb: number) => {
    const filter = solve(effortDb);
    const left = filter ? leftBy(problem, filter) : Infinity;
    if (filter && left < best.left) best = { effortDb, filter, left };
  };
  for (let db = COARSE_DB.from; db <= COARSE_DB.to; db += COARSE_DB.step) tryOut(db);
  for (const stepDb of FINER_DB) {
    const { effortDb } = best;
    tryOut(effortDb - stepDb);
    tryOut(effortDb + stepDb);
  }
  return best.filter;
}

/** What a filter plays, at the ear. */
export function antiNoiseOf(
  {
    reference,
    filtered,
    secondary,
    outputLimit,
  }: Pick<FilterProblem, 'reference' | 'filtered' | 'secondary' | 'outputLimit'>,
  filter: Float64Array,
): Float64Array {
  if (outputLimit === Infinity) return convolve(filtered, filter);
  const drive = convolve(reference, filter);
  return convolve(
    drive.map((y) => Math.max(-outputLimit, Math.min(outputLimit, y))),
    secondary,
  );
}

function leftBy(problem: FilterProblem, filter: Float64Array): number {
  const anti = antiNoiseOf(problem, filter);
  const error = problem.disturbance.map((d, n) => d + anti[n]!);
  return new HighPass(CUTOFF_HZ, problem.sampleRateHz)
    .process(error)
    .reduce((sum, e) => sum + e * e, 0);
}

/** On the signals themselves. */
function leastSquares(problem: FilterProblem): Solve {
  const { reference, filtered, disturbance, taps, regularisation } = problem;
  const auto = correlate(filtered, filtered, taps);
  const right = correlate(disturbance, filtered, taps).map((v) => -v);
  const power = auto[0]!;
  auto[0]! *= 1 + regularisation;
  return (effortDb) => {
    if (effortDb === null) return solveToeplitz(auto, right);
    const drive = correlate(reference, reference, taps);
    const beta = (10 ** (effortDb / 10) * power) / drive[0]!;
    return solveToeplitz(
      auto.map((v, lag) => v + beta * drive[lag]!),
      right,
    );
  };
}

/** How exactly a constraint is to hold, dB. */
const SETTLED_DB = 0.05;
/** Dual ascent stops here at the latest. */
const STEPS_MAX = 200;

/** The online controller's own design on the statistics of all of the signal, until it has settled. */
function constrained(problem: FilterProblem, constraint: Constraint): Solve {
  const { sampleRateHz, taps, regularisation } = problem;
  const layout = layoutFor(taps);
  const statistics = statisticsOf(problem, layout);
  return (effortDb) => {
    const effort = effortDb === null ? {} : { effortDb };
    const design = new Design(layout, sampleRateHz, { constraint, ...effort });
    for (let step = 1; ; step++) {
      const filter = design.solve(statistics, regularisation);
      if (!filter || step === STEPS_MAX || design.isSettled(SETTLED_DB)) return filter;
    }
  };
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
  return convolve(reference, filter).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}
